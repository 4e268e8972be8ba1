/**
 * Port text -> number or name; protocol text -> numbers; interval -> the blocks that are policy-map keys.
 *
 * Mirrors pkg/policy/api/l4.go, pkg/iana/svcname.go and pkg/policy/portrange.go.
 * A block is aligned and a power of two long: its prefix length is 16 minus the power.
 */
import type { Profile } from '../profile.ts';
import { SCTP, TCP, UDP, type Protocol } from './rule.ts';

export type PortText =
  | { readonly kind: 'number'; readonly port: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'malformed' };

const MAX_PORT = 0xffff;

/** A text that is a service name is a name, even where it reads as a number: `0x50` is a name. */
export function readPort(text: string): PortText {
  if (isServiceName(text)) return { kind: 'name', name: text.toLowerCase() };
  const port = readInteger(text);
  return port === undefined || port > MAX_PORT ? { kind: 'malformed' } : { kind: 'number', port };
}

/** 1 to 15 letters, digits and single inner dashes, with a letter (RFC 6335). */
export function isServiceName(text: string): boolean {
  if (text.length === 0 || text.length > 15) return false;
  if (!/^[A-Za-z0-9-]+$/.test(text) || !/[A-Za-z]/.test(text)) return false;
  return !text.startsWith('-') && !text.endsWith('-') && !text.includes('--');
}

/** Go's base 0: `0x`, `0o`, `0b` or a leading zero choose the base, and underscores may stand between digits. */
function readInteger(text: string): number | undefined {
  if (text.length > 64) return undefined;
  const digits = text.replaceAll('_', '');
  if (/^[1-9](?:_?\d)*$/.test(text)) return Number(digits);
  if (/^0[xX](?:_?[\dA-Fa-f])+$/.test(text)) return Number.parseInt(digits.slice(2), 16);
  if (/^0[oO](?:_?[0-7])+$/.test(text)) return Number.parseInt(digits.slice(2), 8);
  if (/^0[bB](?:_?[01])+$/.test(text)) return Number.parseInt(digits.slice(2), 2);
  return /^0(?:_?[0-7])*$/.test(text) ? Number.parseInt(digits, 8) : undefined;
}

const WITH_PORTS: ReadonlyMap<string, readonly Protocol[]> = new Map([
  ['', [TCP, UDP, SCTP]],
  ['ANY', [TCP, UDP, SCTP]],
  ['TCP', [TCP]],
  ['UDP', [UDP]],
  ['SCTP', [SCTP]],
]);

const WITHOUT_PORTS: ReadonlyMap<string, Protocol> = new Map([
  ['IGMP', 2],
  ['IPIP', 4],
  ['IPV6', 41],
  ['GRE', 47],
  ['ESP', 50],
  ['AH', 51],
  ['VRRP', 112],
]);

/** The protocols that a text stands for, case ignored: three for ANY. Undefined if this version takes it not. */
export function readProtocol(text: string, profile: Profile): readonly Protocol[] | undefined {
  const name = text.toUpperCase();
  const withPorts = WITH_PORTS.get(name);
  if (withPorts !== undefined) return withPorts;
  const protocol = WITHOUT_PORTS.get(name);
  return protocol !== undefined && profile.portlessProtocols.includes(name) ? [protocol] : undefined;
}

export interface PortBlock {
  readonly port: number;
  /** 16 for a single port, 0 for all of them. */
  readonly prefixLength: number;
}

const EVERY_PORT: PortBlock = { port: 0, prefixLength: 0 };

/**
 * The fewest blocks that make up `first` to `last`, at most 30.
 *
 * `first` 0 alone is every port; with `last` above 0 it is an interval from 0, whose first block the datapath reads as
 * every port of the protocol.
 */
export function portBlocks(first: number, last: number): readonly PortBlock[] {
  if (first === 0 && (last === 0 || last === MAX_PORT)) return [EVERY_PORT];
  const blocks: PortBlock[] = [];
  let port = first;
  do {
    const size = largestBlock(port, last);
    blocks.push({ port, prefixLength: 16 - Math.log2(size) });
    port += size;
  } while (port <= last);
  return blocks;
}

function largestBlock(port: number, last: number): number {
  let size = 1;
  while (port % (size * 2) === 0 && port + size * 2 - 1 <= last) size *= 2;
  return size;
}
