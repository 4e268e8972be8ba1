/**
 * The list of checks. A new check is one new file and one line here.
 */
import { isCustomWorkloadKind, type Kind } from '../cilium/objects.ts';
import type { Check } from './context.ts';
import { denyContradiction } from './deny-contradiction.ts';
import { identityChurn } from './identity-churn.ts';
import { invalidPolicy } from './invalid-policy.ts';
import { labelFilter } from './label-filter.ts';
import { policyPitfalls } from './policy-pitfalls.ts';
import { policyMapOverflow } from './policy-map-overflow.ts';
import { reservedLabels } from './reserved-labels.ts';

export const CHECKS: readonly Check[] = [
  identityChurn,
  denyContradiction,
  policyMapOverflow,
  invalidPolicy,
  policyPitfalls,
  reservedLabels,
  labelFilter,
];

const BY_KIND: ReadonlyMap<Kind, readonly Check[]> = new Map(
  [...new Set(CHECKS.flatMap(({ kinds }) => kinds))].map((kind) => [
    kind,
    CHECKS.filter(({ kinds }) => kinds.includes(kind)),
  ]),
);

/** A workload of a custom kind is judged as a Deployment is. */
export function checksFor(kind: Kind): readonly Check[] {
  return BY_KIND.get(isCustomWorkloadKind(kind) ? 'Deployment' : kind) ?? [];
}
