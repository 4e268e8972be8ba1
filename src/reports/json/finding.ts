/**
 * A finding as JSON: schemas/finding.schema.json.
 *
 * Every object is written out key by key, so that the order of keys is that of this file. Facts are sorted by name.
 */
import type { Fix, Flow, FlowEnd, PolicyEffects } from '../../checks/check.ts';
import type { FactValue } from '../../checks/facts/finding-facts.ts';
import type { ObjectRef, RuleRef } from '../../cilium/objects.ts';
import type { JudgedFinding, ReplayMismatch, Unknown } from '../../review/results.ts';
import { kindText, labelText, objectPath, protocolName } from '../names.ts';

export function findingJson(finding: JudgedFinding): object {
  return {
    check: finding.check,
    id: finding.id,
    severity: finding.severity,
    certainty: finding.certainty,
    subject: refJson(finding.subject),
    field: finding.field,
    facts: factsJson(finding.facts),
    causes: finding.causes.map(ruleJson),
    witness: finding.witness && flowJson(finding.witness),
    effects: finding.effects && effectsJson(finding.effects),
    fix: finding.fix && fixJson(finding.fix),
    message: finding.message,
    onlyIn: finding.onlyIn,
    exemption: finding.exemption,
    mistrust: finding.mistrust,
    eased: finding.eased,
  };
}

export function refJson(ref: ObjectRef): object {
  return { kind: kindText(ref.kind), namespace: ref.namespace, name: ref.name };
}

/** The rule that a finding or a map entry comes from. */
export function ruleJson(rule: RuleRef): object {
  return { policy: objectPath(rule.object), field: rule.field };
}

export function unknownJson({ reason, object, path }: Unknown): object {
  return { reason, object: object === undefined ? undefined : refJson(object), field: path };
}

export function mismatchJson({ finding, detail }: ReplayMismatch): object {
  return { finding, detail };
}

/** Names of facts are ours, never an author's; `Object.fromEntries` defines them as own keys all the same. */
function factsJson(facts: Readonly<Record<string, FactValue>>): object {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function flowJson(flow: Flow): object {
  return {
    direction: flow.direction,
    source: flowEndJson(flow.source),
    destination: flowEndJson(flow.destination),
    protocol: protocolName(flow.protocol),
    port: flow.port,
  };
}

function effectsJson({ rules, rulesInAll, rulesOfOthers, incomplete, flows }: PolicyEffects): object {
  return {
    rules: rules.map(({ rule, change }) => ({ ...ruleJson(rule), change })),
    rulesInAll,
    rulesOfOthers,
    incomplete,
    flows: flows.map(({ change, flow }) => ({ change, ...flowJson(flow) })),
  };
}

function flowEndJson(end: FlowEnd): object {
  return end.kind === 'address' ? { address: end.address } : { labels: end.labels.map(labelText), pod: end.pod };
}

function fixJson(fix: Fix): object {
  if (fix.kind === 'words') return { text: fix.text };
  const patch = fix.patch.map((step) =>
    step.op === 'remove' ? { op: step.op, path: step.path } : { op: step.op, path: step.path, value: step.value },
  );
  return { text: fix.text, patch };
}
