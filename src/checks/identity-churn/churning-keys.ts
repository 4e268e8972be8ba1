/**
 * Which label keys keep changing: those of which one and the same application has had many values.
 *
 * What an application is, its other labels tell. So a key keeps changing where, for one setting of the other keys, more
 * values of it are unused than the limits allow for one in use, and where this holds for at least half of the merged
 * identities. A key with one value for each application does not: 60 services in two versions are 60 applications that
 * changed once. Together the keys must tell at least half of the identities apart, else what changes is a label that is not
 * set here. And only a key with a fresh value counts (key-standing.ts says what excuses a value, and up to which bound).
 * A key that the change does not set is no candidate; if it names applications, or its values live side by side, it still
 * tells them apart. Any other is left out: two keys that change in turn must not hide behind each other.
 *
 * Keys with the fewest values are taken for labels of the application first, as long as the rest still keeps changing: so
 * what is named is what changes most, and leaving it out ends the churn. Of very many keys only some are tried: the others are
 * named with what changes.
 * Cost: O(keys) where the same was asked before; else O(keys x identities) for each of a bounded number of keys
 * (src/cluster/usage/merged-keys.ts).
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import type { Pause } from '../check.ts';
import { pausing } from '../facts/pausing.ts';
import { namesApplications, standingsOf, type IdentitiesBefore, type Standing } from './key-standing.ts';
import type { ChurnLimits } from './namespace-use.ts';

/** A namespace may have deleted so many times the unused identities of the limit and still get a new application. */
const EXCUSED = 10;
/** As labels of the application: a pod may have thousands of labels, and each is held against all identities. */
const MOST_TRIED = 30;

export interface KeyQuestion {
  readonly before: IdentitiesBefore;
  readonly limits: ChurnLimits;
  /** Taken for labels of the application from the start. */
  readonly harmless: readonly string[];
  readonly candidates: readonly string[];
}

export interface ChangingQuestion extends KeyQuestion {
  /** Of the smallest set, what this change leaves as it is: taken for labels of the application where its values are that. */
  readonly kept: readonly string[];
}

/** Sorted. None: all of the candidates together do not keep changing. */
export function* churningKeys(question: ChangingQuestion): Generator<Pause, readonly string[]> {
  const { before, limits, candidates } = question;
  const harmless = [...question.harmless, ...(yield* namesOfApplications(question))];
  const standings = yield* standingsOf(candidates, before);
  const keysThat = (...wanted: readonly Standing[]) =>
    candidates.filter((key) => wanted.some((standing) => standing === standings.get(key)));
  const lasting = [...harmless, ...keysThat('lasting')];
  const apart = [...lasting, ...keysThat('excused')];
  const churning = yield* fewestChanging({ ...question, harmless: apart, candidates: keysThat('fresh') });
  if (churning.length > 0 || (yield* sizeOf(before)) < EXCUSED * limits.unused) return churning;
  return yield* fewestChanging({ ...question, harmless: lasting, candidates: keysThat('excused', 'fresh') });
}

function* namesOfApplications({ kept, before }: ChangingQuestion): Generator<Pause, readonly string[]> {
  const standings = yield* standingsOf(kept, before);
  return kept.filter((key) => namesApplications(key) || standings.get(key) === 'lasting');
}

function* fewestChanging({ before, limits, harmless, candidates }: KeyQuestion): Generator<Pause, readonly string[]> {
  const { merged } = before;
  const identities = yield* sizeOf(before);
  const most = Math.max(1, limits.ratio);
  const all = yield* pausing(merged.crowdingSteps({ coarse: harmless, finer: candidates, most }));
  if (all.finer * 2 < identities || all.crowded * 2 < identities) return [];
  const sorted = yield* byFewestValues(candidates, before);
  const churning = sorted.slice(MOST_TRIED);
  let applications = harmless;
  for (const key of sorted.slice(0, MOST_TRIED)) {
    const coarse = [...applications, key];
    const finer = candidates.filter((other) => !coarse.includes(other));
    const { crowded } = yield* pausing(merged.crowdingSteps({ coarse, finer, most }));
    if (crowded * 2 < identities) churning.push(key);
    else applications = coarse;
  }
  return churning.sort(compareBytes);
}

function* sizeOf({ merged }: IdentitiesBefore): Generator<Pause, number> {
  return (yield* pausing(merged.countsSteps())).sets;
}

function* byFewestValues(keys: readonly string[], { merged }: IdentitiesBefore): Generator<Pause, readonly string[]> {
  const counts = yield* pausing(merged.countsSteps());
  const counted = keys.map((key) => ({ key, values: counts.values(key) }));
  return counted.sort((a, b) => a.values - b.values || compareBytes(a.key, b.key)).map(({ key }) => key);
}
