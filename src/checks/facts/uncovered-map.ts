/**
 * Why the policy maps of a class are not known: parts of its rules that the model does not cover, rules that exclude each
 * other, rules that ask for more than can be counted.
 */
import { formatRuleRef } from '../../cilium/objects.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { Unjudged } from '../check.ts';

type UncoveredPart = PolicyClass['unsupported'][number];

export function uncoveredPart(policyClass: PolicyClass, { object, field, feature }: UncoveredPart): Unjudged {
  const why = isOfClass(policyClass) ? feature : `the model does not cover ${feature}`;
  // Of a map that is not counted to its end it is known how many entries it has at least.
  const how = policyClass.uncounted === undefined ? 'are not known' : 'are not counted to their end';
  return {
    kind: 'unjudged',
    reason: `the policy maps of what this selects ${how}: ${why}`,
    object,
    path: field,
  };
}

/** Every part of every rule may be covered, and the map is not known all the same. */
export function isOfClass({ conflict, uncounted }: PolicyClass): boolean {
  return conflict !== undefined || uncounted !== undefined;
}

/** One string for each part, whichever class it is met in. */
export function partKey({ object, field, feature }: UncoveredPart): string {
  return `${formatRuleRef({ object, field })} ${feature}`;
}
