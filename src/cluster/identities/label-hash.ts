/**
 * Hashes of labels, so that a set of them is looked up by one number and none of them by its text.
 *
 * Labels are written by tenants, so that the hash has factors that nobody knows outside this process: nobody can write labels that all
 * meet in one place. Equal hashes say nothing by themselves: who finds something by one compares the labels.
 * Cost: one multiplication for each character, in memory that was read just now anyway.
 */
import type { Label } from '../../cilium/identity/label.ts';

/** 32 bits. Of the same text after the same start it is the same. */
export type TextHash = (text: string, start: number) => number;

export function secretHash(): TextHash {
  const factor = Math.floor(Math.random() * 2 ** 31) * 2 + 1;
  return (text, start) => {
    let hash = start ^ text.length;
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), factor);
      hash ^= hash >>> 15;
    }
    return hash;
  };
}

/** Of a set of labels: in whatever order they come. */
export function hashOfLabels(labels: readonly Label[], hash: TextHash): number {
  return labels.reduce((sum, label) => (sum + hash(label.value, hash(label.key, 0))) | 0, 0);
}
