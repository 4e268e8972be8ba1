/**
 * Findings -> sentences. The one place where numbers become words.
 *
 * A message names the object it is about, its namespace and clusterwide objects, and nothing else; counts of identities that
 * may be those of others are rounded to one digit.
 */
import type { Facts, Finding } from '../checks/check.ts';
import { quotedList } from '../checks/facts/quoted-list.ts';
import { describeRef, type RuleRef } from '../cilium/objects.ts';
import { oneLine } from '../plain-text.ts';
import { count, roundedToOneDigit } from './wording.ts';

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
      return `${allowOf(finding)} allows less than it says: ${text(finding.details, 'part')} is denied by ${namesOf(finding)}`;
    case 'policy-map-overflow':
      return policyMapOverflow(finding);
    case 'reserved-labels':
      return reservedLabel(finding);
  }
}

function labelChurn({ subject, facts, details = {} }: Finding): string {
  const labels = labelWord(facts, number(details, 'labels'));
  const churning = churningPart(list(details, 'churning'), number(details, 'labels'));
  const start = `${subject.name} would be one more Cilium identity of namespace ${subject.namespace ?? ''}`;
  const inUse = number(facts, 'inUse') > 0 ? ` and ${text(facts, 'inUse')} in use` : '';
  const unused = number(facts, 'unused');
  if (number(details, 'mergedUnused') === unused && number(details, 'mergedInUse') === number(facts, 'inUse')) {
    return `${start}: ${unused} unused ones${inUse} differ only in ${labels}${churning}`;
  }
  return `${start}, which has ${unused} unused ones${inUse}: ${text(details, 'mergedUnused')} of the unused differ from it only in ${labels}${churning}`;
}

/** Of the labels in which identities differ, those that keep changing, where they are not all of them. */
function churningPart(churning: readonly string[], labels: number): string {
  if (churning.length === 0 || churning.length >= labels) return '';
  return `, of which ${quotedList(churning)} ${churning.length === 1 ? 'keeps' : 'keep'} changing`;
}

function labelWord(facts: Facts, total: number): string {
  const labels = list(facts, 'labels');
  return `${labels.length === 1 ? 'label' : 'labels'} ${quotedList(labels, Math.max(total, labels.length))}`;
}

function relabelPod({ subject, facts }: Finding): string {
  return `the labels give pod ${subject.name} a Cilium identity that does not exist yet (identity before: ${text(facts, 'identityBefore')})`;
}

function relabelNamespace({ subject, facts }: Finding): string {
  const minted = number(facts, 'identitiesMinted');
  const worst = number(facts, 'identitiesMintedWorst');
  const upTo = worst > minted ? ` (up to ${worst} while nodes allocate at once)` : '';
  return (
    `the labels of namespace ${subject.name} are part of the identities of its pods: ` +
    `${count(number(facts, 'podsReidentified'), 'pod')} would change identity, ` +
    `${count(minted, 'identity', 'identities')} would be minted${upTo} ` +
    `and ${text(facts, 'identitiesOrphaned')} left unused; ` +
    `the policy map that grows most gains ${count(number(facts, 'entriesGainedWorst'), 'entry', 'entries')}`
  );
}

function deadAllow(finding: Finding): string {
  const open = number(finding.details, 'unpoliced');
  const stays = open === 1 ? 'stays' : 'stay';
  const unpoliced =
    open > 0 ? `; until the policy is stored, ${count(open, 'pod')} that it would isolate ${stays} open` : '';
  return `${allowOf(finding)} allows nothing: ${deniersOf(finding)} every peer that it can match${unpoliced}`;
}

function deadToday(finding: Finding): string {
  const matching = roundedToOneDigit(number(finding.details, 'matching'));
  return `${allowOf(finding)} allows nothing today: ${deniersOf(finding)} all of the about ${count(matching, 'identity', 'identities')} that it matches now`;
}

/** `CiliumNetworkPolicy team-a/web spec.egress[0].toCIDR[1] (egress, TCP/443)` */
function allowOf({ subject, field, facts }: Finding): string {
  return `${describeRef(subject)} ${field ?? 'spec'} (${text(facts, 'direction')}, ${portOf(facts)})`;
}

function portOf(facts: Facts): string {
  const [protocol, port] = [text(facts, 'protocol'), text(facts, 'port')];
  if (port !== '0') return `${protocol}/${port}`;
  return protocol === 'ANY' ? 'every port' : `every port of ${protocol}`;
}

function deniersOf(finding: Finding): string {
  return `${namesOf(finding)} ${finding.causes.length > 1 ? 'together deny' : 'denies'}`;
}

function namesOf({ causes }: Finding): string {
  const names = causes.slice(0, NAMED_CAUSES).map(causeText);
  const rest = causes.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${count(rest, 'more rule')}` : ''}`;
}

function causeText({ object, field }: RuleRef): string {
  return `${describeRef(object)} ${field}`;
}

function policyMapOverflow({ facts, details, causes }: Finding): string {
  const shares = list(details, 'shares');
  const rules = causes.map((cause, index) => `${causeText(cause)} (${shares[index] ?? '0'} %)`);
  const hasGrown = facts['entriesBefore'] !== facts['entriesAfter'];
  const before = hasGrown ? `${text(facts, 'entriesBefore')} before, ` : '';
  const most = rules.length === 0 ? '' : `; most come from ${rules.join(', ')}`;
  return (
    `the policy map of ${facts['identity'] === 'new' ? 'a new identity' : `identity ${text(facts, 'identity')}`} (${count(number(facts, 'endpoints'), 'endpoint')}) ` +
    `needs ${text(facts, 'entriesAfter')} entries, limit ${text(facts, 'limit')} ` +
    `(${before}${text(facts, 'entriesSettled')} once unused identities are collected)${most}`
  );
}

function reservedLabel({ facts }: Finding): string {
  return `the pod label "${text(facts, 'label')}" ${RESERVED_EFFECTS.get(text(facts, 'reason')) ?? 'is reserved'}`;
}

const RESERVED_EFFECTS: ReadonlyMap<string, string> = new Map([
  ['cilium-owned', 'belongs to Cilium, which drops or overwrites it'],
  ['source-prefix', 'loses its "reserved." in this version of Cilium, and may replace another label of the pod'],
  ['no-identity', 'makes Cilium take the pod for a node: it gets no identity of its own'],
  ['policy-off', 'makes Cilium take the pod for the host: no policy is enforced on it'],
  ['default-deny', 'makes Cilium deny everything to and from the pod that no policy allows'],
  ['reserved-name', 'has the name of a reserved identity of Cilium and is easily taken for it'],
]);

function number(facts: Facts | undefined, name: string): number {
  const value = facts?.[name];
  return typeof value === 'number' ? value : 0;
}

function text(facts: Facts | undefined, name: string): string {
  const value = facts?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function list(facts: Facts | undefined, name: string): readonly string[] {
  const value = facts?.[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
