/**
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy -> their rules as written.
 *
 * Mirrors json.Unmarshal into v2.CiliumNetworkPolicy: unknown fields are ignored, null is absent, nil and empty lists
 * differ. Whether the agent takes the rules is decided in cilium/policy/, not here. Two nulls are refused here:
 * `spec: null`, which the CRD's schema refuses, and a null in `specs`, on which the agent panics.
 */
import type { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy } from '../../cilium/objects.ts';
import type { CiliumRuleSpec } from '../../cilium/policy-spec.ts';
import { defined } from './defined.ts';
import { identified, namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';
import { endpointSelectorField } from './selector.ts';
import { egressRules, ingressRules } from './traffic-rule.ts';
import { expectRuleFields } from './unread-fields.ts';

export function decodeCiliumNetworkPolicy(root: JsonNode): CiliumNetworkPolicy {
  return { kind: 'CiliumNetworkPolicy', ...namespaced(root), ...rulesOf(root) };
}

export function decodeCiliumClusterwideNetworkPolicy(root: JsonNode): CiliumClusterwideNetworkPolicy {
  return { kind: 'CiliumClusterwideNetworkPolicy', ...identified(root), ...rulesOf(root) };
}

/** `spec` first, then `specs`, as the agent puts them together. */
function rulesOf(root: JsonNode): Pick<CiliumNetworkPolicy, 'rules' | 'lacksSpec'> {
  const spec = root.field('spec');
  const specs = root.field('specs').asList();
  if (spec.value === undefined && specs === undefined) return { rules: [], lacksSpec: true };
  const written = spec.value === undefined ? (specs ?? []) : [spec, ...(specs ?? [])];
  return { rules: written.map((rule) => ruleAt(rule.required())) };
}

function ruleAt(rule: JsonNode): CiliumRuleSpec {
  expectRuleFields(rule);
  const defaultDeny = rule.field('enableDefaultDeny');
  const log = rule.field('log').field('value').asString();
  return defined({
    path: rule.path,
    endpointSelector: endpointSelectorField(rule.field('endpointSelector')),
    nodeSelector: endpointSelectorField(rule.field('nodeSelector')),
    ingress: ingressRules(rule.field('ingress'), 'allow'),
    ingressDeny: ingressRules(rule.field('ingressDeny'), 'deny'),
    egress: egressRules(rule.field('egress'), 'allow'),
    egressDeny: egressRules(rule.field('egressDeny'), 'deny'),
    enableDefaultDeny: defined({
      ingress: defaultDeny.field('ingress').asBoolean(),
      egress: defaultDeny.field('egress').asBoolean(),
    }),
    log: log === '' ? undefined : log,
  });
}
