/**
 * The rule elements of a policy: each as agents read it, and of Cilium's own kinds as it is written.
 *
 * Cost: O(rules of the policy).
 */
import { isCiliumPolicy, type PolicyObject } from '../../cilium/objects.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import { trafficRules, type PlacedTrafficRule } from '../../cilium/policy/parse/traffic-rules.ts';
import { rulesOf, unmapped, type Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';

export interface Element {
  readonly rule: Rule;
  /** Of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy. */
  readonly written?: PlacedTrafficRule;
  /** How many elements stand in its list, as in `spec.ingress`. */
  readonly siblings: number;
}

/** Those that the model covers, in their order; the others are told to be unknown. */
export function elementsOf(policy: PolicyObject, rules: readonly Rule[]): readonly Element[] {
  const written = new Map<FieldPath, PlacedTrafficRule>();
  for (const placed of isCiliumPolicy(policy) ? policy.rules.flatMap(trafficRules) : []) {
    written.set(placed.traffic.path, placed);
  }
  const siblings = Map.groupBy(written.keys(), listOf);
  return rules
    .filter(({ unsupported, verdict }) => unmapped(unsupported).length === 0 && verdict !== 'pass')
    .map((rule) => {
      const placed = written.get(rule.ref.field);
      const of = siblings.get(listOf(rule.ref.field))?.length ?? 1;
      return { rule, siblings: of, ...(placed === undefined ? {} : { written: placed }) };
    });
}

/** Of a policy that is stored, or would be. */
export function rulesIn(policy: PolicyObject, view: ClusterView): readonly Rule[] {
  const { kind, name } = policy;
  return rulesOf(view.policy('namespace' in policy ? { kind, namespace: policy.namespace, name } : { kind, name }));
}

/** `spec.ingress[0]` -> `spec.ingress` */
function listOf(field: FieldPath): FieldPath {
  return field.slice(0, field.lastIndexOf('['));
}
