/**
 * Findings of policy-map-overflow -> sentences.
 */
import type { FindingOf } from '../../checks/check.ts';
import { count, listed } from '../../checks/facts/wording.ts';
import { describeRef } from '../../cilium/objects.ts';
import { AMOUNTS } from './amount.ts';
import { causeText } from './cause-text.ts';

/** Numbers before names: a warning is cut at its end. */
export function policyMapOverflowMessage(finding: FindingOf<'policy-map-overflow'>): string {
  const { facts, details, causes, certainty } = finding;
  const { identity, entriesAfter, limit } = facts;
  const map = identity === 'new' ? 'a policy map' : `the policy map of identity ${identity}`;
  const users = usersText(facts.endpoints, details);
  const rules = causes.map((cause, index) => `${shareText(details.shares[index])} from ${causeText(cause)}`);
  const most =
    rules.length === 0 ? '' : `; ${listed(rules)}${isShared(details.shares) ? ', some from more than one rule' : ''}`;
  const needed = `${AMOUNTS[certainty]}${entriesAfter} entries`;
  return `${map} needs ${needed}, limit ${limit}${otherSizes(finding)}, for ${users}${most}${foreignPart(details.foreign)}`;
}

function usersText(
  endpoints: number,
  { pod, node }: Pick<FindingOf<'policy-map-overflow'>['details'], 'pod' | 'node'>,
): string {
  if (pod === undefined && node === undefined) return count(endpoints, 'endpoint');
  const one = pod === undefined ? `the host endpoint of node ${node ?? ''}` : `pod ${pod}`;
  return endpoints > 1 ? `${endpoints} endpoints such as ${one}` : one;
}

/** What the map has at other times, where that is another number and there was a map; of two bounds above the limit one says all. */
function otherSizes({ facts, certainty }: FindingOf<'policy-map-overflow'>): string {
  const { entriesBefore, entriesAfter, entriesSettled, limit } = facts;
  const isToldAlready = entriesSettled === entriesAfter || (certainty === 'lower-bound' && entriesSettled > limit);
  const sizes = [
    ...(entriesBefore === entriesAfter || entriesBefore === 0 ? [] : [`${entriesBefore} before`]),
    ...(isToldAlready ? [] : [`${AMOUNTS[certainty]}${entriesSettled} once unused identities are collected`]),
  ];
  return sizes.length === 0 ? '' : ` (${sizes.join(', and ')})`;
}

/** Only in what the platform team reads. */
function foreignPart(foreign: FindingOf<'policy-map-overflow'>['details']['foreign']): string {
  if (foreign === undefined) return '';
  const named = foreign.namers.map(({ policy, prefixes }) => `${describeRef(policy)} (${prefixes})`);
  const prefixes = `${count(foreign.prefixes, 'prefix', 'prefixes')} in it`;
  const others = listed(named, { total: foreign.policies });
  return `; ${prefixes} ${foreign.prefixes === 1 ? 'is' : 'are'} named only by other tenants: ${others}`;
}

/** Rules may have a part in the same entries. Rounding alone adds no more than half a percent each. */
function isShared(shares: readonly number[]): boolean {
  return shares.reduce((sum, share) => sum + share, 0) > 100 + shares.length / 2;
}

function shareText(percent = 0): string {
  return percent === 0 ? 'less than 1 %' : `${percent} %`;
}
