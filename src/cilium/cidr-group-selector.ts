/**
 * Which CIDR groups an element of fromCIDRSet or toCIDRSet selects by their labels.
 *
 * Mirrors CIDRRule (pkg/policy/api/cidr.go): the field is a pointer until 1.18, to which null is nothing; since then it is an
 * EndpointSelector, whose UnmarshalJSON makes `{}` of null. The schema of the CRD lets no null pass.
 */
import type { CIDRRuleSpec, SelectorSpec } from './policy-spec.ts';
import type { Profile } from './profile.ts';

export function groupSelectorOf(
  { cidrGroupSelector }: CIDRRuleSpec,
  { nullSelectsEveryGroup }: Pick<Profile, 'nullSelectsEveryGroup'>,
): SelectorSpec | undefined {
  if (cidrGroupSelector !== null) return cidrGroupSelector;
  return nullSelectsEveryGroup ? EVERY_GROUP : undefined;
}

/** One object: what is read off a selector is kept under it. */
const EVERY_GROUP: SelectorSpec = { matchLabels: new Map(), matchExpressions: [] };
