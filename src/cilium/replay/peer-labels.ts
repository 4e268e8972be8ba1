/**
 * The labels by which a peer is matched: those of its identity, but for the cidr label of an address.
 */
import type { LabelArray } from '../identity/label.ts';
import type { ReplayOptions, ReplayPeer } from './flow.ts';

export const WORLD_KEYS: readonly string[] = ['world', 'world-ipv4', 'world-ipv6'];

/** The labels of the peer's identity, but for the cidr label of an address. */
export function peerLabels(peer: ReplayPeer, options: ReplayOptions): LabelArray {
  if (peer.kind === 'endpoint') return peer.labels;
  const family = peer.address.includes(':') ? 6 : 4;
  return [{ source: 'reserved', key: worldKey(family, options), value: '' }, ...(peer.labels ?? [])];
}

/**
 * The families are told apart where both are on; since 1.19 also where the address is of a family that is off, and so
 * of no traffic.
 */
export function worldKey(family: 4 | 6, { profile, config }: ReplayOptions): string {
  const other = family === 4 ? config.ipv6 : config.ipv4;
  const apart = profile.worldLabelByFamily ? other : config.ipv4 && config.ipv6;
  return apart ? `world-ipv${family}` : 'world';
}

export function hasReserved(labels: LabelArray, key: string): boolean {
  return labels.some((label) => label.source === 'reserved' && label.key === key);
}
