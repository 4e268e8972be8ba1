/**
 * In which labels a new identity and the unused keys of its namespace differ.
 *
 * A label of which the new identity has a value that fewer than half of the keys have is in `always`: it has to be left out for
 * half of them to become one with it, so that who has the same value there makes no difference. In all other labels a group
 * differs as a whole or not at all.
 * Cost: O(labels of the new identity + groups x their deviations).
 */
import { labelOf, type CanonicalKey, type Label, type LabelArray } from '../../cilium/identity/label.ts';
import type { Deviation } from './deviations.ts';
import { valueText, type LabelProfile } from './label-counts.ts';
import { MergedKeys } from './merged-keys.ts';
import type { DeviationGroup, UnusedKeys } from './unused-keys.ts';

export interface KeyDifferences {
  /** Label keys. */
  readonly always: readonly string[];
  readonly groups: readonly DifferingGroup[];
  /** The keys of some of the groups together. */
  merged(groups: readonly DifferingGroup[]): MergedKeys;
}

export const NO_DIFFERENCES: KeyDifferences = { always: [], groups: [], merged: () => new MergedKeys(() => []) };

export interface DifferingGroup {
  readonly name: string;
  /** Label keys, besides those of `always`. */
  readonly keys: readonly string[];
  readonly members: ReadonlyMap<CanonicalKey, LabelArray>;
}

/** Whether a label is of the kind that may be left out: a group that differs in another one is not among the groups. */
export type MayBeLeftOut = (label: Pick<Label, 'source' | 'key'>) => boolean;

/** A group may deviate in thousands of labels. */
const GROUPS_PER_PAUSE = 8;

/** Yields where the caller may pause. */
export function* differencesSteps(
  labels: LabelArray,
  unused: UnusedKeys,
  mayBeLeftOut: MayBeLeftOut,
): Generator<undefined, KeyDifferences> {
  yield* unused.settleSteps();
  const { profile } = unused;
  const rare = labels.filter((label) => isRare(label, profile));
  if (!rare.every(mayBeLeftOut)) return NO_DIFFERENCES;
  const question = new Question(labels, profile, mayBeLeftOut, new Set(rare.map(({ key }) => key)));
  const groups: DifferingGroup[] = [];
  let looked = 0;
  for (const group of unused.groups()) {
    if (++looked % GROUPS_PER_PAUSE === 0) yield;
    const keys = question.differingKeys(group);
    if (keys !== undefined) groups.push({ name: group.name, keys, members: group.members });
  }
  const merged = (some: readonly DifferingGroup[]) => unused.merged(some.map(({ name }) => name));
  return { always: rare.map(({ key }) => key), groups, merged };
}

/** Keys that deviate alike, and in how many label keys each of them differs at least. */
export interface NearGroup {
  readonly distance: number;
  readonly members: ReadonlyMap<CanonicalKey, LabelArray>;
}

/** All groups, the nearest first. Yields where the caller may pause. */
export function* nearGroupsSteps(labels: LabelArray, unused: UnusedKeys): Generator<undefined, readonly NearGroup[]> {
  yield* unused.settleSteps();
  const { profile, counts } = unused;
  // Of a value that none of the keys has it is certain that they differ.
  const shared = new Set(
    labels.filter((label) => isRare(label, profile) && counts.of(label) > 0).map(({ key }) => key),
  );
  const question = new Question(labels, profile, () => true, shared);
  const groups: NearGroup[] = [];
  let looked = 0;
  for (const group of unused.groups()) {
    if (++looked % GROUPS_PER_PAUSE === 0) yield;
    groups.push({ distance: question.differingKeys(group)?.length ?? 0, members: group.members });
  }
  return groups.sort((a, b) => a.distance - b.distance);
}

function isRare(label: Label, { frequent }: LabelProfile): boolean {
  return frequent.get(label.key)?.has(valueText(label)) !== true;
}

class Question {
  readonly #labels: LabelArray;
  readonly #always: ReadonlySet<string>;
  readonly #mayBeLeftOut: MayBeLeftOut;
  /** Keys in which it differs from what is usual, and whether all of it may be left out. */
  readonly #fromUsual = new Map<string, boolean>();

  constructor(labels: LabelArray, { usual }: LabelProfile, mayBeLeftOut: MayBeLeftOut, always: ReadonlySet<string>) {
    this.#labels = labels;
    this.#always = always;
    this.#mayBeLeftOut = mayBeLeftOut;
    for (const key of new Set([...labels.map((label) => label.key), ...usual.keys()])) {
      const [own, other] = [labelOf(labels, key), usual.get(key)];
      if (own === undefined || other === undefined || valueText(own) !== valueText(other)) {
        this.#fromUsual.set(
          key,
          [own, other].every((label) => label === undefined || mayBeLeftOut(label)),
        );
      }
    }
  }

  /** undefined: in one that may not be left out, too. */
  differingKeys({ deviations }: DeviationGroup): readonly string[] | undefined {
    const keys = new Map(this.#fromUsual);
    for (const deviation of deviations) {
      if (this.#agrees(deviation)) keys.delete(deviation.key);
      else keys.set(deviation.key, this.#isOfKind(deviation));
    }
    const differing: string[] = [];
    for (const [key, isOfKind] of keys) {
      if (!isOfKind) return undefined;
      if (!this.#always.has(key)) differing.push(key);
    }
    return differing;
  }

  /** A masked value is none that the new identity has under a key that is not left out anyway. */
  #agrees({ key, source, value }: Deviation): boolean {
    const own = labelOf(this.#labels, key);
    if (own === undefined || source === undefined) return own === undefined && source === undefined;
    return value === valueText(own);
  }

  #isOfKind({ key, source }: Deviation): boolean {
    const own = labelOf(this.#labels, key);
    if (own !== undefined && !this.#mayBeLeftOut(own)) return false;
    return source === undefined || this.#mayBeLeftOut({ key, source });
  }
}
