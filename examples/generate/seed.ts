/**
 * Names, uids and numbers that look random and never change.
 *
 * Everything is a hash of what it stands for, not the next number of a sequence: adding a workload to the description
 * leaves the names of all others as they are, so a change of the demo cluster reads as a small diff.
 */
import { createHash } from 'node:crypto';

const SEED = 'demo-cluster-1';

/** What Kubernetes makes name suffixes from: no vowels, no digits that look like letters. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

function digest(text: string): Buffer {
  return createHash('sha256').update(`${SEED}/${text}`).digest();
}

export function uidOf(text: string): string {
  const hex = digest(`uid/${text}`).toString('hex');
  const variant = ['8', '9', 'a', 'b'][hashed(`variant/${text}`, 4)];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant ?? '8'}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A name suffix such as `x7k2p`. At most 32 characters. */
export function suffixOf(text: string, length: number): string {
  const bytes = digest(`suffix/${text}`);
  let suffix = '';
  for (const byte of bytes.subarray(0, length)) suffix += NAME_ALPHABET.charAt(byte % NAME_ALPHABET.length);
  return suffix;
}

/** A number from 0 up to, not including, `below`. */
export function hashed(text: string, below: number): number {
  return digest(`number/${text}`).readUInt32BE(0) % below;
}
