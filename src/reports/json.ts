/**
 * Results as JSON, one document with a stable key order: schemas/*.schema.json.
 *
 * What cannot be seen of object names is escaped; the document means the same. Cost: linear in the result.
 */
import { escapeInvisible, utcText } from '../plain-text.ts';
import type {
  Capacity,
  CheckResult,
  ObjectDecision,
  Report,
  SelfCheckReport,
  SkippedThings,
} from '../review/results.ts';
import { flowJson, mapJson, podJson } from './json/explanation.ts';
import { findingJson, mismatchJson, unknownJson } from './json/finding.ts';
import type { Rendered } from './renderer.ts';

export function renderJson(result: Rendered): string {
  const document = { apiVersion: 'cilium-bulkhead/v1', kind: result.kind, ...body(result) };
  return `${escapeInvisible(JSON.stringify(document, null, 2))}\n`;
}

function body(result: Rendered): object {
  switch (result.kind) {
    case 'CheckResult':
      return checkJson(result);
    case 'Report':
      return reportJson(result);
    case 'PodExplanation':
      return podJson(result);
    case 'MapExplanation':
      return mapJson(result);
    case 'FlowExplanation':
      return flowJson(result);
    case 'DecisionRecord':
      return result.document;
  }
}

function checkJson(result: CheckResult): object {
  const { modelRevision, decisions, skipped } = result;
  return { modelRevision, decisions: decisions.map(decisionJson), skipped: skipped && skippedJson(skipped) };
}

function skippedJson({ total, places }: SkippedThings): object {
  return { total, places: places.map(({ file, line, reason, count }) => ({ file, line, reason, count })) };
}

function decisionJson({ object, operation, notJudged, decision }: ObjectDecision): object {
  return {
    object: { apiVersion: object.apiVersion, kind: object.kind, namespace: object.namespace, name: object.name },
    operation,
    verdict: decision.verdict,
    notJudged,
    findings: decision.findings.map(findingJson),
    warnings: decision.warnings,
    // Only where there is something to say: an object that could not be judged must not look as if it had been.
    unknowns: unlessEmpty(decision.unknowns.map(unknownJson)),
    replayMismatches: unlessEmpty(decision.replayMismatches.map(mismatchJson)),
  };
}

function reportJson(report: Report): object {
  return {
    modelRevision: report.modelRevision,
    ciliumVersion: report.ciliumVersion,
    findings: report.findings.map(findingJson),
    unknowns: report.unknowns.map(unknownJson),
    replayMismatches: unlessEmpty(report.replayMismatches.map(mismatchJson)),
    expiredExemptions: unlessEmpty(
      report.expiredExemptions.map(({ name, reason, expires }) => ({ name, reason, expires: utcText(expires) })),
    ),
    selfCheck: report.selfCheck && selfCheckJson(report.selfCheck),
    capacity: capacityJson(report.capacity),
  };
}

function selfCheckJson({ compared, different, isTrusted, labelKeys }: SelfCheckReport): object {
  return { compared, different, isTrusted, labelKeys: labelKeys.map(({ key, pods }) => ({ key, pods })) };
}

function unlessEmpty(items: readonly object[]): readonly object[] | undefined {
  return items.length === 0 ? undefined : items;
}

function capacityJson(capacity: Capacity): object {
  return {
    identitySpace: capacity.identitySpace,
    identitiesInUse: capacity.identitiesInUse,
    identitiesUnused: capacity.identitiesUnused,
    policyMapMax: capacity.policyMapMax,
    policyMapCounts: Object.fromEntries(capacity.policyMapCounts.map(({ certainty, maps }) => [certainty, maps])),
    policyMaps: capacity.policyMaps.map((map) => ({
      identity: map.identity,
      namespace: map.namespace,
      pod: map.pod,
      node: map.node,
      endpoints: map.endpoints,
      entries: map.entries,
      certainty: map.certainty,
      doubts: map.doubts,
    })),
  };
}
