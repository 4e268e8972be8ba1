/**
 * The order in which the agent takes rules: by tier and priority, by kind, namespace and name of the object, then as written.
 *
 * Mirrors ruleSlice.sort (pkg/policy/rules.go), tiers (pkg/policy/types/policyentry.go) and NewResourceID (pkg/ipcache/types).
 * Within one priority it decides nothing but whether a deny comes before two rules that can't be merged, and the order of origins.
 * Until 1.18 agents take the specs of objects in no order: any-order.ts tells what that leaves open.
 */
import { compareBytes } from '../identity/label.ts';
import type { ObjectRef } from '../objects.ts';
import type { FieldPath } from '../field-path.ts';
import type { Rule, TierPlace } from './rule.ts';

export function compareRules(a: Rule, b: Rule): number {
  return (
    comparePlaces(a.tierPlace, b.tierPlace) ||
    compareBytes(resourceID(a.ref.object), resourceID(b.ref.object)) ||
    DIRECTIONS.indexOf(a.direction) - DIRECTIONS.indexOf(b.direction) ||
    compareFields(a.ref.field, b.ref.field)
  );
}

/** Negative: what stands at `a` decides before what stands at `b`. */
export function comparePlaces(a: TierPlace | undefined, b: TierPlace | undefined): number {
  return TIERS.indexOf(a?.tier) - TIERS.indexOf(b?.tier) || (a?.priority ?? 0) - (b?.priority ?? 0);
}

/** undefined: the normal one. */
const TIERS: readonly (TierPlace['tier'] | undefined)[] = ['Admin', undefined, 'Baseline'];

const DIRECTIONS = ['ingress', 'egress'];

function resourceID({ kind, namespace, name }: ObjectRef): string {
  switch (kind) {
    case 'CiliumNetworkPolicy':
      return `cnp/${namespace ?? ''}/${name}`;
    case 'CiliumClusterwideNetworkPolicy':
      return `ccnp//${name}`;
    case 'ClusterNetworkPolicy':
      return `kcnp//${name}`;
    default:
      return `netpol/${namespace ?? ''}/${name}`;
  }
}

/** Indexes compare as numbers, and `ingress[` comes before `ingressDeny[`. */
function compareFields(a: FieldPath, b: FieldPath): number {
  const left = a.replaceAll('[', ' ').split(/(\d+)/);
  const right = b.replaceAll('[', ' ').split(/(\d+)/);
  for (const [index, one] of left.entries()) {
    const other = right[index] ?? '';
    const order = index % 2 === 1 ? Number(one) - Number(other) : compareBytes(one, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
