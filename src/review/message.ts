/**
 * Findings -> sentences. The one place where numbers become words.
 *
 * A message names the object it is about, others of its tenant and clusterwide ones, and nothing else; counts of identities
 * that may be those of others are rounded to one digit.
 */
import type { Finding, FindingOf } from '../checks/check.ts';
import type { Meaning } from '../checks/facts/finding-facts.ts';
import { count, listed, quotedList, roundedToOneDigit } from '../checks/facts/wording.ts';
import { describeRef, type RuleRef } from '../cilium/objects.ts';
import type { Certainty } from '../cluster/view.ts';
import { oneLine } from '../plain-text.ts';
import { labelFilterMessage } from './label-filter-message.ts';

const LONGEST_MESSAGE = 1_000;
const NAMED_CAUSES = 3;

/** One line: what, why, numbers. */
export function messageOf(finding: Finding): string {
  return oneLine(sentenceFor(finding), LONGEST_MESSAGE);
}

function sentenceFor(finding: Finding): string {
  switch (finding.id) {
    case 'label-churn':
      return labelChurn(finding);
    case 'relabel-pod':
      return relabelPod(finding);
    case 'relabel-namespace':
      return relabelNamespace(finding);
    case 'dead-allow':
      return deadAllow(finding);
    case 'dead-today':
      return deadToday(finding);
    case 'partial-allow':
      return `${allowOf(finding)} allows less than it says: ${finding.details.part} is denied by ${namesOf(finding)}`;
    case 'policy-map-overflow':
      return policyMapOverflow(finding);
    case 'reserved-labels':
      return reservedLabel(finding);
    default:
      return labelFilterMessage(finding);
  }
}

function labelChurn({ subject, facts, details }: FindingOf<'label-churn'>): string {
  const { unused, inUse } = facts;
  const labels = labelWord(facts.labels, details.labels);
  const churning = churningPart(details.churning, details.labels);
  const start = `${subject.name} would be one more Cilium identity of namespace ${subject.namespace ?? ''}`;
  const others = `${count(unused, 'unused one')}${inUse > 0 ? ` and ${inUse} in use` : ''}`;
  if (details.mergedUnused === unused && details.mergedInUse === inUse) {
    return `${start}: ${others} ${unused + inUse === 1 ? 'differs' : 'differ'} only in ${labels}${churning}`;
  }
  return `${start}, which has ${others}: ${details.mergedUnused} of the unused differ from it only in ${labels}${churning}`;
}

/** Of the labels in which identities differ, those that keep changing, where they are not all of them. */
function churningPart(churning: readonly string[], labels: number): string {
  if (churning.length === 0 || churning.length >= labels) return '';
  return `, of which ${quotedList(churning)} ${churning.length === 1 ? 'keeps' : 'keep'} changing`;
}

function labelWord(labels: readonly string[], total: number): string {
  return `${labels.length === 1 ? 'label' : 'labels'} ${quotedList(labels, Math.max(total, labels.length))}`;
}

function relabelPod({ subject, facts }: FindingOf<'relabel-pod'>): string {
  const before = facts.identityBefore === 'new' ? '' : `, instead of ${facts.identityBefore}`;
  return `the labels give pod ${subject.name} a Cilium identity that does not exist yet${before}`;
}

/** Numbers first: a warning is cut at its end. */
function relabelNamespace({ subject, facts }: FindingOf<'relabel-namespace'>): string {
  const { identitiesMinted: minted, identitiesMintedWorst: worst } = facts;
  return (
    `${count(facts.podsReidentified, 'pod')} of namespace ${subject.name} would change identity: ` +
    `${count(minted, 'identity', 'identities')} minted${worst > minted ? ` (at worst ${worst})` : ''}, ` +
    `${facts.identitiesOrphaned} left unused; ` +
    `a policy map gains up to ${roundedEntries(facts.entriesGainedWorst)}`
  );
}

/** The map may be of another tenant, whose policies nobody else reads. */
function roundedEntries(entries: number): string {
  return `${entries < 10 ? '' : 'about '}${count(roundedToOneDigit(entries), 'entry', 'entries')}`;
}

function deadAllow(finding: FindingOf<'dead-allow'>): string {
  const { unpoliced: open } = finding.details;
  const stays = open === 1 ? 'stays' : 'stay';
  const unpoliced =
    open > 0 ? `; until the policy is stored, ${count(open, 'pod')} that it would isolate ${stays} open` : '';
  return `${allowOf(finding)} allows nothing: all that it could allow is denied by ${namesOf(finding)}${unpoliced}`;
}

function deadToday(finding: FindingOf<'dead-today'>): string {
  return `${allowOf(finding)} allows nothing today: ${matchedNow(finding.details.matching)} denied by ${namesOf(finding)}`;
}

/** Exact where rounding leaves it as it is in any case. */
function matchedNow(matching: number): string {
  if (matching === 1) return 'the one identity that it matches now is';
  if (matching === 2) return 'both identities that it matches now are';
  const rounded = roundedToOneDigit(matching);
  return `all ${matching < 10 ? '' : 'of about '}${rounded} identities that it matches now are`;
}

type Allow = FindingOf<'dead-allow' | 'dead-today' | 'partial-allow'>;

/** `CiliumNetworkPolicy team-a/web spec.egress[0].toCIDR[1] (egress, TCP/443)` */
function allowOf({ subject, field, facts }: Allow): string {
  return `${describeRef(subject)} ${field ?? 'spec'} (${facts.direction}, ${portOf(facts)})`;
}

function portOf({ protocol, port }: Allow['facts']): string {
  if (port !== 0) return `${protocol}/${port}`;
  return protocol === 'ANY' ? 'every port' : `every port of ${protocol}`;
}

function namesOf({ causes }: Allow): string {
  return listed(causes.map(causeText), { most: NAMED_CAUSES });
}

function causeText({ object, field }: RuleRef): string {
  return `${describeRef(object)} ${field}`;
}

/** Numbers before names: a warning is cut at its end. */
function policyMapOverflow(finding: FindingOf<'policy-map-overflow'>): string {
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

const AMOUNTS: { readonly [Sure in Certainty]: string } = {
  exact: '',
  'lower-bound': 'at least ',
  'upper-bound': 'at most ',
  estimate: 'about ',
  unknown: 'perhaps ',
};

function usersText(
  endpoints: number,
  { pod, node }: Pick<FindingOf<'policy-map-overflow'>['details'], 'pod' | 'node'>,
): string {
  if (pod === undefined && node === undefined) return count(endpoints, 'endpoint');
  const one = pod === undefined ? `the host endpoint of node ${node ?? ''}` : `pod ${pod}`;
  return endpoints > 1 ? `${endpoints} endpoints such as ${one}` : one;
}

/** What the map has at other times, where that is another number; of two bounds above the limit one says all. */
function otherSizes({ facts, certainty }: FindingOf<'policy-map-overflow'>): string {
  const { entriesBefore, entriesAfter, entriesSettled, limit } = facts;
  const isToldAlready = entriesSettled === entriesAfter || (certainty === 'lower-bound' && entriesSettled > limit);
  const sizes = [
    ...(entriesBefore === entriesAfter ? [] : [`${entriesBefore} before`]),
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

function reservedLabel({ facts }: FindingOf<'reserved-labels'>): string {
  return `the pod label "${facts.label}" ${RESERVED_EFFECTS[facts.reason]}`;
}

const RESERVED_EFFECTS: { readonly [Reason in Meaning]: string } = {
  'cilium-owned': 'belongs to Cilium, which drops or overwrites it',
  'source-prefix': 'loses its "reserved." in this version of Cilium, and may replace another label of the pod',
  'no-identity': 'makes Cilium take the pod for a node: it gets no identity of its own',
  'policy-off': 'makes Cilium take the pod for the host: no policy is enforced on it',
  'default-deny': 'makes Cilium deny everything to and from the pod that no policy allows',
  'reserved-name': 'has the name of a reserved identity of Cilium and is easily taken for it',
};
