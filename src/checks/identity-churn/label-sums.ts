/**
 * A set of labels as one number, from which a label can be taken out again: the sum of the hashes of its labels.
 *
 * Two hashes of 32 bits, of which 53 bits are told: among 65,280 identities two different sets are taken for one once in four
 * million clusters.
 * Cost: linear in the text of the labels.
 */
import { formatLabel, type Label } from '../../cilium/identity/label.ts';

export interface LabelSum {
  readonly high: number;
  readonly low: number;
}

export const NO_LABELS: LabelSum = { high: 0, low: 0 };

const PRIME = 0x01000193;
const SEEDS = { high: 0x811c9dc5, low: 0x9747b28c };

export function sumOfLabel(label: Label): LabelSum {
  const text = formatLabel(label);
  return { high: hash(text, SEEDS.high), low: hash(text, SEEDS.low) };
}

export function added(a: LabelSum, b: LabelSum): LabelSum {
  return { high: (a.high + b.high) >>> 0, low: (a.low + b.low) >>> 0 };
}

export function without(a: LabelSum, b: LabelSum): LabelSum {
  return { high: (a.high - b.high) >>> 0, low: (a.low - b.low) >>> 0 };
}

/** For sets and maps. */
export function told({ high, low }: LabelSum): number {
  return high * 2 ** 21 + (low >>> 11);
}

/** FNV-1a over UTF-16 units, with a last mix, as sums would keep what similar texts have in common. */
function hash(text: string, seed: number): number {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), PRIME);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
