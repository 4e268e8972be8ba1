/**
 * In which labels a new identity and the unused keys of its namespace differ.
 *
 * A label of which the new identity has a value that fewer than half of the keys have is in `always`: it has to be left out for
 * half of them to become one with it, so that who has the same value there makes no difference. In all other labels a group
 * differs as a whole or not at all.
 * Cost: O(labels of the new identity + groups x their deviations).
 */
import { labelOf, type CanonicalKey, type Label, type LabelArray } from '../../cilium/identity/label.ts';
import { valueText, type LabelProfile } from './label-counts.ts';
import type { Deviation, DeviationGroup, UnusedKeys } from './unused-keys.ts';

export interface KeyDifferences {
  /** Label keys. */
  readonly always: readonly string[];
  readonly groups: readonly DifferingGroup[];
}

export const NO_DIFFERENCES: KeyDifferences = { always: [], groups: [] };

export interface DifferingGroup {
  /** Label keys, besides those of `always`. */
  readonly keys: readonly string[];
  readonly members: ReadonlyMap<CanonicalKey, LabelArray>;
}

/** Whether a label is of the kind that may be left out: a group that differs in another one is not among the groups. */
export type MayBeLeftOut = (label: Pick<Label, 'source' | 'key'>) => boolean;

const GROUPS_PER_PAUSE = 64;

/** Yields where the caller may pause. */
export function* differencesSteps(
  labels: LabelArray,
  unused: UnusedKeys,
  mayBeLeftOut: MayBeLeftOut,
): Generator<undefined, KeyDifferences> {
  yield* unused.settleSteps();
  const { profile } = unused;
  const rare = labels.filter((label) => profile.frequent.get(label.key)?.has(valueText(label)) !== true);
  if (!rare.every(mayBeLeftOut)) return NO_DIFFERENCES;
  const question = new Question(labels, profile, mayBeLeftOut, new Set(rare.map(({ key }) => key)));
  const groups: DifferingGroup[] = [];
  let looked = 0;
  for (const group of unused.groups()) {
    if (++looked % GROUPS_PER_PAUSE === 0) yield;
    const keys = question.differingKeys(group);
    if (keys !== undefined) groups.push({ keys, members: group.members });
  }
  return { always: rare.map(({ key }) => key), groups };
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
