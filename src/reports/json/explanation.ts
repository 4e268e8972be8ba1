/**
 * Explanations as JSON: schemas/explanation.schema.json. A policy map has the shape in which Cilium's own answers are
 * recorded (`mapEntries`, `entries` of `dir, id, proto, port, plen, deny`), plus labels and rules.
 */
import type {
  FlowExplanation,
  FlowPlaceText,
  FlowSide,
  MapExplanation,
  PodExplanation,
} from '../../review/explanations.ts';
import { isMadeUp } from '../names.ts';
import { refJson, ruleJson } from './finding.ts';

type MapEntry = MapExplanation['entries'][number];

export function podJson(explanation: PodExplanation): object {
  return {
    pod: refJson(explanation.pod),
    ciliumVersion: explanation.ciliumVersion,
    scope: explanation.scope,
    key: explanation.key,
    identities: explanation.identities,
    certainty: explanation.certainty,
    labels: explanation.labels.map(({ label, kept, rule }) => ({ label, kept, rule })),
  };
}

export function mapJson(explanation: MapExplanation): object {
  return {
    identity: explanation.identity,
    labels: explanation.labels,
    ownPorts: explanation.ownPorts,
    ciliumVersion: explanation.ciliumVersion,
    certainty: explanation.certainty,
    doubts: explanation.doubts.length === 0 ? undefined : explanation.doubts,
    unsupported: explanation.unsupported.map(({ object, field, feature }) => ({
      ...ruleJson({ object, field }),
      feature,
    })),
    ingressEnforced: explanation.ingressEnforced,
    egressEnforced: explanation.egressEnforced,
    limit: explanation.limit,
    mapEntries: explanation.entries.length,
    entries: explanation.entries.map(entryJson),
    localIdentities: localIdentities(explanation.entries),
  };
}

export function flowJson(explanation: FlowExplanation): object {
  return {
    source: placeJson(explanation.source),
    destination: placeJson(explanation.destination),
    protocol: explanation.protocol,
    port: explanation.port,
    ciliumVersion: explanation.ciliumVersion,
    verdict: explanation.verdict,
    certainty: explanation.certainty,
    egress: sideJson(explanation.egress),
    ingress: sideJson(explanation.ingress),
  };
}

function placeJson({ pod, address, identity, labels }: FlowPlaceText): object {
  return { pod, address, identity, labels };
}

function sideJson({ verdict, reason, allows, denies }: FlowSide): object {
  return { verdict, reason, allows: allows.map(ruleJson), denies: denies.map(ruleJson) };
}

function entryJson(entry: MapEntry): object {
  return {
    dir: entry.direction,
    id: entry.identity,
    proto: entry.protocol,
    port: entry.port,
    plen: entry.prefixLength,
    deny: entry.effect === 'deny' ? true : undefined,
    redirect: entry.effect === 'redirect' ? true : undefined,
    labels: entry.labels,
    rules: entry.rules.map(ruleJson),
  };
}

/** Numbers that are made up say nothing: their labels do. */
function localIdentities(entries: readonly MapEntry[]): readonly object[] {
  const labels = new Map<number, readonly string[]>();
  for (const entry of entries) if (isMadeUp(entry.identity)) labels.set(entry.identity, entry.labels);
  return [...labels].sort(([a], [b]) => a - b).map(([id, of]) => ({ id, labels: of }));
}
