/**
 * The peers of one traffic rule of a CNP or CCNP.
 *
 * Mirrors getEndpointSelector (pkg/k8s/apis/cilium.io/utils) and mergeEndpointSelectors (pkg/policy/utils/parserules.go).
 * A list that is there and empty selects nobody, but for toFQDNs, toGroups and toServices, where it selects everybody.
 */
import { CLUSTER_KEY, NAMESPACE_LABEL_PREFIX, POD_NAMESPACE_KEY } from '../../identity/pod-labels.ts';
import type { ObjectRef } from '../../objects.ts';
import type { SelectorSpec, TrafficRuleSpec } from '../../policy-spec.ts';
import { cidrRuleSelectors, cidrSelectors } from './cidr-peers.ts';
import type { ParseContext } from '../context.ts';
import { entitySelectors } from './entities.ts';
import type { Peer, Peers } from '../rule.ts';
import { peerField, type PeerKind } from './peer-field.ts';
import { endpointSelector, equals, exists, type EndpointSelector } from '../selector.ts';
import type { RulePlace } from './traffic-rules.ts';
import {
  mentions,
  readSelector,
  sealed,
  selectorKeyParts,
  withExpression,
  withLabel,
  type WrittenSelector,
} from './written-selector.ts';

/** What is put into the peer selectors of a rule. */
export interface PeerScope {
  readonly object: ObjectRef;
  /** The rule selects pods that have no labels yet, by a requirement on `reserved:init`. */
  readonly selectsInit: boolean;
}

export function readPeers(traffic: TrafficRuleSpec, place: RulePlace, scope: PeerScope, context: ParseContext): Peers {
  if (isNobody(traffic) || isUnresolved(traffic, context)) return { kind: 'none' };
  const items = peersOf(traffic, place, scope, context);
  if (items.length > 0) return { kind: 'list', items };
  return hasPorts(traffic) ? { kind: 'any' } : { kind: 'none' };
}

/** A peer kind that the model can't turn into selectors. */
function isUnresolved(traffic: TrafficRuleSpec, context: ParseContext): boolean {
  const services = (traffic.services ?? []).length > 0 && context.supplies?.has('no-services') !== true;
  return services || (traffic.nodes ?? []).length > 0 || (traffic.groups ?? 0) > 0;
}

function isNobody({ endpoints, nodes, entities, cidr, cidrSet }: TrafficRuleSpec): boolean {
  return [endpoints, nodes, entities, cidr, cidrSet].some((list) => list?.length === 0);
}

function hasPorts({ toPorts, icmps }: TrafficRuleSpec): boolean {
  return (toPorts ?? []).length > 0 || (icmps ?? []).length > 0;
}

function peersOf(traffic: TrafficRuleSpec, place: RulePlace, scope: PeerScope, context: ParseContext): readonly Peer[] {
  const named = (kind: PeerKind, lists: readonly (readonly EndpointSelector[])[]): readonly Peer[] =>
    lists.map((selectors, index) => {
      const field = `${peerField(traffic, place, kind)}[${index}]`;
      return { selectors, ref: { object: scope.object, field } };
    });
  return [
    ...named(
      'endpoints',
      (traffic.endpoints ?? []).map((spec) => [peerSelector(spec, scope, context)]),
    ),
    ...named(
      'entities',
      (traffic.entities ?? []).map((entity) => entitySelectors(entity, context) ?? []),
    ),
    ...named('cidr', cidrSelectors(traffic.cidr ?? [], context)),
    ...named(
      'cidrSet',
      (traffic.cidrSet ?? []).map((rule) => cidrRuleSelectors(rule, context)),
    ),
    ...named(
      'fqdns',
      (traffic.fqdns ?? []).map((fqdn) => [fqdnSelector(fqdn)]),
    ),
  ];
}

/** Selects the identities of every address that the name was answered with. */
function fqdnSelector(fqdn: { readonly matchName: string; readonly matchPattern: string }): EndpointSelector {
  return endpointSelector([exists('fqdn', fqdn.matchName === '' ? fqdn.matchPattern : fqdn.matchName)]);
}

function peerSelector(spec: SelectorSpec, scope: PeerScope, context: ParseContext): EndpointSelector {
  const written = readSelector(spec, (key) => selectorKeyParts(key, context.profile));
  if (mentions(written, ({ source }) => source === 'reserved')) return sealed(written);
  return sealed(withCluster(withNamespace(written, scope), context));
}

/** A peer without a namespace is in that of the policy; of a clusterwide policy, in any. */
function withNamespace(written: WrittenSelector, { object, selectsInit }: PeerScope): WrittenSelector {
  if (mentionsKey(written, (key) => key === POD_NAMESPACE_KEY)) return written;
  if (object.namespace === undefined) {
    return selectsInit ? written : withExpression(written, exists('k8s', POD_NAMESPACE_KEY));
  }
  if (mentionsKey(written, (key) => key.startsWith(NAMESPACE_LABEL_PREFIX))) return written;
  return withLabel(written, equals('k8s', POD_NAMESPACE_KEY, object.namespace));
}

/** With policy-default-local-cluster a peer without a cluster is in the local one. */
function withCluster(written: WrittenSelector, { config }: ParseContext): WrittenSelector {
  if (!config.policyDefaultLocalCluster || mentionsKey(written, (key) => key === CLUSTER_KEY)) return written;
  return withLabel(written, equals('k8s', CLUSTER_KEY, config.clusterName));
}

function mentionsKey(written: WrittenSelector, test: (key: string) => boolean): boolean {
  return mentions(written, ({ source, key }) => (source === 'k8s' || source === 'any') && test(key));
}
