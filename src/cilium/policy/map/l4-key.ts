/**
 * Protocol and port block of a policy-map key, packed into one number.
 *
 * 8 bits of protocol, 16 of port, 5 of port prefix length. Packed keys in ascending order stand broad before narrow: a key
 * comes before every key that it covers, and between the two are only keys that it covers.
 */
import type { PortBlock } from '../ports.ts';
import { ANY_PROTOCOL, type Protocol } from '../rule.ts';

export type L4Key = number;

/** Every packet of a peer. */
export const L3_KEY: L4Key = 0;

export function l4Key(protocol: Protocol, { port, prefixLength }: PortBlock): L4Key {
  return protocol * 2 ** 21 + port * 2 ** 5 + prefixLength;
}

export function protocolOf(key: L4Key): Protocol {
  return key >>> 21;
}

export function portOf(key: L4Key): number {
  return (key >>> 5) & 0xffff;
}

export function prefixLengthOf(key: L4Key): number {
  return key & 0x1f;
}

/** `broad` matches all that `narrow` matches; a key covers itself. */
export function coversL4(broad: L4Key, narrow: L4Key): boolean {
  if (protocolOf(broad) === ANY_PROTOCOL) return true;
  if (protocolOf(broad) !== protocolOf(narrow)) return false;
  return prefixLengthOf(broad) <= prefixLengthOf(narrow) && holdsPort(broad, portOf(narrow));
}

/** The port lies in the block of the key. */
function holdsPort(key: L4Key, port: number): boolean {
  const shift = 16 - prefixLengthOf(key);
  return portOf(key) >>> shift === port >>> shift;
}
