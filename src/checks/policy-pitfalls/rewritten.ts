/**
 * A policy of Cilium's own kinds with other traffic rules in the place of some.
 */
import type { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy } from '../../cilium/objects.ts';
import type { CiliumRuleSpec, TrafficRuleSpec } from '../../cilium/policy-spec.ts';

type CiliumPolicy = CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy;
type Rewrite = (traffic: TrafficRuleSpec) => TrafficRuleSpec;

export function rewritten(policy: CiliumPolicy, rewrite: Rewrite): CiliumPolicy {
  return { ...policy, rules: policy.rules.map((rule) => ({ ...rule, ...listsOf(rule, rewrite) })) };
}

function listsOf(
  { ingress, ingressDeny, egress, egressDeny }: CiliumRuleSpec,
  rewrite: Rewrite,
): Partial<CiliumRuleSpec> {
  return {
    ...(ingress === undefined ? {} : { ingress: ingress.map(rewrite) }),
    ...(ingressDeny === undefined ? {} : { ingressDeny: ingressDeny.map(rewrite) }),
    ...(egress === undefined ? {} : { egress: egress.map(rewrite) }),
    ...(egressDeny === undefined ? {} : { egressDeny: egressDeny.map(rewrite) }),
  };
}

/** A traffic rule without one of its lists of peers. */
export function withoutList(traffic: TrafficRuleSpec, kind: 'endpoints' | 'cidr'): TrafficRuleSpec {
  // Names of fields are ours, and `path` is never left out.
  return Object.fromEntries(Object.entries(traffic).filter(([field]) => field !== kind)) as unknown as TrafficRuleSpec;
}
