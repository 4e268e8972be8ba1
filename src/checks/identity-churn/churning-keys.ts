/**
 * Which label keys keep changing: those that tell at least half of the merged identities apart.
 *
 * A key with one value tells none apart, a build id all of them; keys that change little may still do so together. Keys with
 * the fewest values are taken for harmless first, as long as all of these together tell less than half apart: so what is
 * named is what changes most, and leaving it out ends the churn.
 * Cost: O(keys x identities): each key splits the classes that the former ones have made.
 */
import { compareBytes, labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { PAUSE, type Pause } from '../check.ts';
import { IDENTITIES_PER_PAUSE } from './namespace-use.ts';

export interface KeyQuestion {
  /** Taken for harmless from the start. */
  readonly harmless: readonly string[];
  readonly candidates: readonly string[];
}

/** Sorted; of the candidates, those without which less than half is told apart. None: all of them together do not churn. */
export function* churningKeys(
  identities: readonly LabelArray[],
  { harmless, candidates }: KeyQuestion,
): Generator<Pause, readonly string[]> {
  let classes: Classes = { numbers: identities.map(() => 0), count: 1 };
  for (const key of harmless) classes = yield* split(classes, key, identities);
  const churning: string[] = [];
  for (const key of yield* byFewestValues(candidates, identities)) {
    const finer = yield* split(classes, key, identities);
    if (finer.count > classes.count && finer.count * 2 >= identities.length) churning.push(key);
    else classes = finer;
  }
  return churning.sort(compareBytes);
}

/** Identities with the same number have the same values. */
interface Classes {
  readonly numbers: readonly number[];
  readonly count: number;
}

function* split(classes: Classes, key: string, identities: readonly LabelArray[]): Generator<Pause, Classes> {
  const numberOf = new Map<string, number>();
  const numbers: number[] = [];
  for (const [index, labels] of identities.entries()) {
    if (index % IDENTITIES_PER_PAUSE === IDENTITIES_PER_PAUSE - 1) yield PAUSE;
    const value = labelOf(labels, key)?.value;
    const name = `${classes.numbers[index] ?? 0}${value === undefined ? '' : `=${value}`}`;
    const number = numberOf.get(name) ?? numberOf.size;
    numberOf.set(name, number);
    numbers.push(number);
  }
  return { numbers, count: numberOf.size };
}

function* byFewestValues(
  keys: readonly string[],
  identities: readonly LabelArray[],
): Generator<Pause, readonly string[]> {
  const whole: Classes = { numbers: [], count: 1 };
  const counted: { readonly key: string; readonly values: number }[] = [];
  for (const key of keys) counted.push({ key, values: (yield* split(whole, key, identities)).count });
  return counted.sort((a, b) => a.values - b.values || compareBytes(a.key, b.key)).map(({ key }) => key);
}
