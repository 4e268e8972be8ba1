/**
 * The traffic rules of one Cilium rule, with where they stand, in the order in which the agent takes them.
 */
import type { CiliumRuleSpec, TrafficRuleSpec } from '../../policy-spec.ts';
import type { Direction } from '../rule.ts';

/** Where a traffic rule stands: what it may hold depends on it. */
export interface RulePlace {
  readonly direction: Direction;
  readonly verdict: 'allow' | 'deny';
  /** The rule applies to the host, by its nodeSelector. */
  readonly host: boolean;
}

export interface PlacedTrafficRule {
  readonly traffic: TrafficRuleSpec;
  readonly place: RulePlace;
}

export function trafficRules(rule: CiliumRuleSpec): readonly PlacedTrafficRule[] {
  const host = rule.nodeSelector !== undefined;
  const placed = (list: readonly TrafficRuleSpec[] | undefined, direction: Direction, verdict: 'allow' | 'deny') =>
    (list ?? []).map((traffic): PlacedTrafficRule => ({ traffic, place: { direction, verdict, host } }));
  return [
    ...placed(rule.ingress, 'ingress', 'allow'),
    ...placed(rule.ingressDeny, 'ingress', 'deny'),
    ...placed(rule.egress, 'egress', 'allow'),
    ...placed(rule.egressDeny, 'egress', 'deny'),
  ];
}
