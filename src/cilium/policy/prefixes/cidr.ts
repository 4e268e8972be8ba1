/**
 * IP prefixes: reading, canonical text, containment, and the text of their labels.
 *
 * Mirrors net/netip as Cilium uses it, and pkg/labels/cidr.go for label text: IPv6 has dashes for colons, and a zero
 * where the text would start or end with a dash. Invariant: the bytes of a Prefix are masked.
 * Cost: reading about 1 us, containment O(bytes).
 */
import ipaddr from 'ipaddr.js';
import { reservedLabel, type Label } from '../../identity/label.ts';
import type { PolicyContext } from '../context.ts';

export interface Prefix {
  readonly family: 4 | 6;
  readonly bits: number;
  /** 4 or 16 numbers; those beyond `bits` are zero. */
  readonly bytes: readonly number[];
}

/** `10.0.0.0/8`; undefined if it is not a prefix. Host bits are masked, as the agent does. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.lastIndexOf('/');
  if (slash < 0) return undefined;
  const address = parseBytes(text.slice(0, slash));
  const bits = parseBits(text.slice(slash + 1));
  if (address === undefined || bits === undefined || bits > address.length * 8) return undefined;
  return prefixOf(address, bits);
}

/** `10.0.0.1` as a prefix of full length; undefined if it is not an address. */
export function parseAddress(text: string): Prefix | undefined {
  const address = parseBytes(text);
  return address === undefined ? undefined : prefixOf(address, address.length * 8);
}

/** `fe80::1%eth0` without its zone, which is whatever follows the `%`: netip takes it in an address, and in no prefix. */
export function parseZonedAddress(text: string): Prefix | undefined {
  const [address = '', ...zone] = text.split('%');
  return zone.join('%') !== '' && address.includes(':') ? parseAddress(address) : undefined;
}

/** The address itself in canonical form, with its length: `10.0.0.0/8`, `fd00::/8`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatBytes(prefix)}/${prefix.bits}`;
}

/** Every address of `inner` is one of `outer`. */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.bits > inner.bits) return false;
  return inner.bytes.every((byte, index) => (byte & byteMask(outer.bits - index * 8)) === outer.bytes[index]);
}

/** The same address, cut to `bits`. */
export function shortened(prefix: Prefix, bits: number): Prefix {
  return prefixOf(prefix.bytes, bits);
}

/** The IPv4 address that a prefix of IPv4-mapped addresses (::ffff:0:0/96) starts with; undefined for all others. */
export function embeddedAddress({ family, bytes }: Prefix): Prefix | undefined {
  return family === 6 && isIPv4Mapped(bytes) ? prefixOf(bytes.slice(12), 32) : undefined;
}

/** `10.0.0.0/8`, `fd00--0/8`: the key of the label with source `cidr`. Not for /0, which has no such label. */
export function cidrLabelKey(prefix: Prefix): string {
  const dashed = formatBytes(prefix).replaceAll(':', '-');
  const start = dashed.startsWith('-') ? '0' : '';
  const end = dashed.endsWith('-') ? '0' : '';
  return `${start}${dashed}${end}/${prefix.bits}`;
}

/** What `cidrLabelKey` made, read back. A zero put in for the grammar does not change the address. */
export function prefixOfLabelKey(key: string): Prefix | undefined {
  return parsePrefix(key.replaceAll('-', ':'));
}

/**
 * The reserved label for addresses outside the cluster, by family.
 *
 * Until 1.18 only dual stack tells families apart; later an address of a family that is off gets the other label,
 * which no reserved identity of that agent stands for.
 */
export function worldLabel(family: 4 | 6, context: PolicyContext): Label {
  const { ipv4, ipv6 } = context.config;
  const other = family === 4 ? ipv6 : ipv4;
  const qualified = context.profile.worldLabelByFamily ? other : ipv4 && ipv6;
  return reservedLabel(qualified ? `world-ipv${family}` : 'world');
}

function prefixOf(address: readonly number[], bits: number): Prefix {
  const bytes = address.map((byte, index) => byte & byteMask(bits - index * 8));
  return { family: address.length === 4 ? 4 : 6, bits, bytes };
}

/** Of the first `bits`, of which a byte has eight at most. */
export function byteMask(bits: number): number {
  return (0xff << (8 - Math.max(0, Math.min(bits, 8)))) & 0xff;
}

/** ipaddr.js also reads octal and short forms of IPv4, and zones; Go's netip does not. */
function parseBytes(text: string): readonly number[] | undefined {
  if (text.length > 64 || text.includes('%')) return undefined;
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

/** Asking first whether it is valid would read it twice. */
function parseIPv6(text: string): readonly number[] | undefined {
  const plain = withoutDots(text);
  if (plain === undefined) return undefined;
  try {
    return ipaddr.IPv6.parse(plain).toByteArray();
  } catch {
    return undefined;
  }
}

/** The last four bytes may be written as those of IPv4 are. ipaddr.js takes more there, and reads `::10.0.0.1` as IPv4-mapped. */
function withoutDots(text: string): string | undefined {
  if (!text.includes('.')) return text;
  const start = text.lastIndexOf(':') + 1;
  const hex = parseIPv4(text.slice(start))?.map((byte) => byte.toString(16).padStart(2, '0'));
  return hex && `${text.slice(0, start)}${hex.slice(0, 2).join('')}:${hex.slice(2).join('')}`;
}

/** Four decimal numbers without leading zeros. Lists of prefixes are long, and most are of this kind. */
function parseIPv4(text: string): readonly number[] | undefined {
  const parts = text.split('.', 5);
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => (/^(?:0|[1-9]\d{0,2})$/.test(part) ? Number(part) : Number.NaN));
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseBits(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : undefined;
}

/** The address alone: `10.0.0.0`, `fd00::`. */
export function formatBytes(prefix: Pick<Prefix, 'family' | 'bytes'>): string {
  const bytes = [...prefix.bytes];
  if (prefix.family === 4) return bytes.join('.');
  return isIPv4Mapped(bytes) ? `::ffff:${bytes.slice(12).join('.')}` : new ipaddr.IPv6(bytes).toRFC5952String();
}

/** ::ffff:0:0/96, of which net/netip prints the last four bytes with dots (Addr.Is4In6). */
function isIPv4Mapped(bytes: readonly number[]): boolean {
  return bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 0xff));
}
