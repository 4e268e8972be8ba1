/**
 * The order in which the agent takes rules: by kind, namespace and name of the object, then as written.
 *
 * Mirrors ruleSlice.sort (pkg/policy/rules.go) and NewResourceID (pkg/ipcache/types). It decides nothing but whether a
 * deny comes before two rules that can't be merged, and the order of origins.
 */
import { compareBytes } from '../identity/label.ts';
import type { ObjectRef } from '../objects.ts';
import type { FieldPath } from '../field-path.ts';
import type { Rule } from './rule.ts';

export function compareRules(a: Rule, b: Rule): number {
  return (
    compareBytes(resourceID(a.ref.object), resourceID(b.ref.object)) ||
    DIRECTIONS.indexOf(a.direction) - DIRECTIONS.indexOf(b.direction) ||
    compareFields(a.ref.field, b.ref.field)
  );
}

const DIRECTIONS = ['ingress', 'egress'];

function resourceID({ kind, namespace, name }: ObjectRef): string {
  switch (kind) {
    case 'CiliumNetworkPolicy':
      return `cnp/${namespace ?? ''}/${name}`;
    case 'CiliumClusterwideNetworkPolicy':
      return `ccnp//${name}`;
    default:
      return `netpol/${namespace ?? ''}/${name}`;
  }
}

/** Indexes compare as numbers, and `ingress[` comes before `ingressDeny[`. */
function compareFields(a: FieldPath, b: FieldPath): number {
  const left = a.replaceAll('[', ' ').split(/(\d+)/);
  const right = b.replaceAll('[', ' ').split(/(\d+)/);
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one = '', other = ''] = [left[index], right[index]];
    const order = index % 2 === 1 ? Number(one) - Number(other) : compareBytes(one, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
