/**
 * What was found by each of the settings that agents run with -> what holds by all of them.
 *
 * While an upgrade or a change of cilium-config is under way, some agents go by other settings than the rest. A violation by all
 * of them stays one, with the least certainty and the smallest number; one by some of them is advice, and says by which. Checks
 * know nothing of this: each ran over each view. Findings are the same if they have the same id, subject and field, and name the
 * same port or label.
 * Cost: O(findings).
 */
import type { Finding } from '../checks/check.ts';
import { CHECK_OF_FINDING, type FindingId } from '../checks/facts/finding-facts.ts';
import { getOrMake } from '../cilium/get-or-make.ts';
import { formatRef } from '../cilium/objects.ts';
import { settingsName, type Settings } from '../cluster/settings.ts';
import { CERTAINTIES } from '../cluster/view.ts';
import type { Judgement } from './run-checks.ts';
import type { JudgedFinding, Unknown } from './results.ts';
import type { Witnesses } from './witness.ts';

/** By one of the settings. */
export interface JudgedBy {
  readonly settings: Settings;
  readonly judgement: Judgement;
}

/** The first is that of the settings that agents have from their next start on. */
export function agreedJudgement(all: readonly [JudgedBy, ...JudgedBy[]]): Judgement {
  return all.length === 1 ? all[0].judgement : agreement(all).judgement;
}

export interface WitnessedBy extends JudgedBy {
  readonly witnesses: Witnesses;
}

export interface Agreement {
  readonly judgement: Judgement;
  readonly witnesses: Witnesses;
}

/** What one of them does not confirm is not confirmed. */
export function agreedWitnesses(all: readonly [WitnessedBy, ...WitnessedBy[]]): Agreement {
  const [{ judgement, witnesses }] = all;
  if (all.length === 1) return { judgement, witnesses };
  const doubted = new Set(all.flatMap((one) => [...one.witnesses.unconfirmed]));
  const agreed = agreement(all);
  const unconfirmed = [...agreed.sources].flatMap(([finding, found]) =>
    found.some((source) => doubted.has(source)) ? [finding] : [],
  );
  return {
    judgement: agreed.judgement,
    witnesses: {
      unconfirmed: new Set(unconfirmed),
      unknowns: distinct(all.flatMap((one) => one.witnesses.unknowns)),
      replayMismatches: all.flatMap((one) => one.witnesses.replayMismatches),
    },
  };
}

interface Sources {
  readonly judgement: Judgement;
  /** Of each finding what it was made from. */
  readonly sources: ReadonlyMap<Finding, readonly Finding[]>;
}

function agreement(all: readonly [JudgedBy, ...JudgedBy[]]): Sources {
  const sources = new Map<Finding, readonly Finding[]>();
  for (const found of sameFindings(all)) {
    const finding = agreedFinding(found, all.length);
    if (finding !== undefined)
      sources.set(
        finding,
        found.map((one) => one.finding),
      );
  }
  const unknowns = distinct(all.flatMap(({ judgement }) => judgement.unknowns));
  return { judgement: { findings: [...sources.keys()], unknowns }, sources };
}

/** A finding, and by which settings it was found. */
interface Found {
  readonly finding: Finding;
  readonly settings: Settings;
  /** By the settings that agents have from their next start on. */
  readonly isMain: boolean;
}

/** In the order in which they were found. Several that are the same by one of the settings are told apart by their order. */
function sameFindings(all: readonly JudgedBy[]): Iterable<readonly Found[]> {
  const found = new Map<string, Found[]>();
  for (const { settings, judgement } of all) {
    const times = new Map<string, number>();
    for (const finding of judgement.findings) {
      const key = keyOf(finding);
      const time = (times.get(key) ?? 0) + 1;
      times.set(key, time);
      const isMain = settings === all[0]?.settings;
      getOrMake(found, `${time} ${key}`, (): Found[] => []).push({ finding, settings, isMain });
    }
  }
  return found.values();
}

/** What tells findings of one place apart; what else they say, and how much, may differ from version to version. */
const TELLING_FACTS: readonly string[] = ['label', 'direction', 'protocol', 'port'];

export function keyOf({
  id,
  subject,
  field,
  facts,
}: Pick<JudgedFinding, 'id' | 'subject' | 'field' | 'facts'>): string {
  const told = Object.entries(facts).filter(([name]) => TELLING_FACTS.includes(name));
  return JSON.stringify([id, formatRef(subject), field, told]);
}

/** undefined: it says nothing about the cluster as it will be. */
function agreedFinding(found: readonly Found[], settings: number): Finding | undefined {
  const violations = found.filter(({ finding }) => finding.severity === 'violation');
  const main = found.find(({ isMain }) => isMain)?.finding;
  const [first] = found;
  if (first === undefined || isOfPresent(first.finding.id)) return main;
  if (violations.length === 0 || violations.length === settings) {
    const finding = least(found);
    return found.length === settings ? finding : { ...finding, onlyIn: namesOf(found) };
  }
  return { ...least(violations), severity: 'advice', proposals: [], onlyIn: namesOf(violations) };
}

/** What cilium-config says now and how long nothing was collected is what it is, whatever some agents have read. */
function isOfPresent(id: FindingId): boolean {
  return CHECK_OF_FINDING[id] === 'label-filter' || id === 'gc-stalled';
}

function namesOf(found: readonly Found[]): readonly string[] {
  return found.map(({ settings }) => settingsName(settings));
}

/** The least certain, and of these the one with the smallest number; of equals the first. */
function least(found: readonly Found[]): Finding {
  const ranked = found
    .map(({ finding }) => finding)
    .sort((a, b) => doubtOf(b) - doubtOf(a) || numberOf(a) - numberOf(b));
  const [finding] = ranked;
  if (finding === undefined) throw new Error('nothing was found');
  return finding;
}

function doubtOf({ certainty }: Finding): number {
  return CERTAINTIES.indexOf(certainty);
}

/** What the finding is about, where that is a number. */
function numberOf({ facts }: Finding): number {
  if ('entriesAfter' in facts) return facts.entriesAfter;
  if ('identitiesMintedWorst' in facts) return facts.identitiesMintedWorst;
  if ('identitiesInUse' in facts) return facts.identitiesInUse;
  if ('identities' in facts) return facts.identities;
  return 'unused' in facts ? facts.unused : 0;
}

function distinct(unknowns: readonly Unknown[]): readonly Unknown[] {
  const textOf = ({ reason, object, path }: Unknown): string =>
    JSON.stringify([reason, object === undefined ? '' : formatRef(object), path]);
  return [...new Map(unknowns.map((unknown) => [textOf(unknown), unknown])).values()];
}
