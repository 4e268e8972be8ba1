/**
 * Identities by the values of some label keys: those with the same values are of one class.
 *
 * Cost: O(identities) for each key by which they are split.
 */
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { PAUSE, type Pause } from '../check.ts';
import { IDENTITIES_PER_PAUSE } from './namespace-use.ts';

export interface Partition {
  /** The class of each identity. */
  readonly classes: readonly number[];
  readonly count: number;
}

export function whole(identities: readonly LabelArray[]): Partition {
  return { classes: identities.map(() => 0), count: Math.min(1, identities.length) };
}

/** A key that an identity lacks is a value of its own. */
export function* splitBy(
  keys: readonly string[],
  partition: Partition,
  identities: readonly LabelArray[],
): Generator<Pause, Partition> {
  let finer = partition;
  for (const key of keys) {
    yield PAUSE;
    finer = yield* split(key, finer, identities);
  }
  return finer;
}

function* split(key: string, partition: Partition, identities: readonly LabelArray[]): Generator<Pause, Partition> {
  const numberOf = new Map<string, number>();
  const classes: number[] = [];
  for (const [index, labels] of identities.entries()) {
    if (index % IDENTITIES_PER_PAUSE === IDENTITIES_PER_PAUSE - 1) yield PAUSE;
    const value = labelOf(labels, key)?.value;
    const name = `${partition.classes[index] ?? 0}${value === undefined ? '' : `=${value}`}`;
    const number = numberOf.get(name) ?? numberOf.size;
    numberOf.set(name, number);
    classes.push(number);
  }
  return { classes, count: numberOf.size };
}

/** How many identities are in classes that the finer partition splits into more than `most`. */
export function crowded(coarse: Partition, finer: Partition, most: number): number {
  const parts = Array.from({ length: coarse.count }, () => 0);
  const seen = new Set<number>();
  for (const [index, part] of finer.classes.entries()) {
    if (seen.has(part)) continue;
    seen.add(part);
    const number = coarse.classes[index] ?? 0;
    parts[number] = (parts[number] ?? 0) + 1;
  }
  return coarse.classes.filter((number) => (parts[number] ?? 0) > most).length;
}
