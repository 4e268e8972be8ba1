/**
 * Which stored policies keep the size of a map from being known: each part is told once in a review, whatever the number of
 * maps. What is submitted is not told here: review/coverage.ts does.
 */
import { formatRef } from '../../cilium/objects.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import { subjectOf } from '../../cluster/change.ts';
import type { Unjudged } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { isOfClass, partKey, uncoveredPart } from '../facts/uncovered-map.ts';

export function* unknownParts(policyClass: PolicyClass, context: ChangeContext): Iterable<Unjudged> {
  const told = context.fact(toldParts);
  const submitted = formatRef(subjectOf(context.submission.change));
  for (const part of policyClass.unsupported) {
    const key = partKey(part);
    if (told.has(key)) continue;
    told.add(key);
    if (isOfClass(policyClass) || formatRef(part.object) !== submitted) yield uncoveredPart(policyClass, part);
  }
}

/** Filled as the review goes on. */
function toldParts(): Set<string> {
  return new Set();
}
