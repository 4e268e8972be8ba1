/**
 * In which labels do two label sets of each pair differ? By key, with how many pairs do.
 *
 * Cost: O(labels).
 */
import { compareBytes, type Label, type LabelArray } from '../../cilium/identity/label.ts';

const MOST_KEYS = 10;

export interface DifferingKey {
  readonly key: string;
  readonly pods: number;
}

/** Most first; of equals by name. */
export function differingKeys(pairs: Iterable<readonly [LabelArray, LabelArray]>): readonly DifferingKey[] {
  const pods = new Map<string, number>();
  for (const [one, other] of pairs) {
    for (const key of keysBetween(one, other)) pods.set(key, (pods.get(key) ?? 0) + 1);
  }
  const keys = [...pods].map(([key, count]) => ({ key, pods: count }));
  return keys.sort((a, b) => b.pods - a.pods || compareBytes(a.key, b.key)).slice(0, MOST_KEYS);
}

function keysBetween(one: LabelArray, other: LabelArray): ReadonlySet<string> {
  const [texts, others] = [new Map(one.map(withText)), new Map(other.map(withText))];
  const only = [...texts].filter(([text]) => !others.has(text));
  const missing = [...others].filter(([text]) => !texts.has(text));
  return new Set([...only, ...missing].map(([, key]) => key));
}

function withText({ source, key, value }: Label): readonly [text: string, key: string] {
  return [JSON.stringify([source, key, value]), key];
}
