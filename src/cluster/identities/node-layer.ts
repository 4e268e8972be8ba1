/**
 * What a view asks about the identities that every agent knows besides those of the cluster: reserved, well-known, and the
 * node-local ones that policies and CIDR groups call into being by naming prefixes.
 *
 * A node-local identity is one label set, whichever prefixes have it. Its number is made up: an agent numbers its own.
 */
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import { canonicalKey, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import {
  LOCAL_SCOPE_BASE,
  REMOTE_NODE_SCOPE_BASE,
  reservedNumber,
  scopeOf,
  type NumericIdentity,
} from '../../cilium/identity/numeric-identity.ts';
import { isNodeLocal } from '../../cilium/identity/pod-identity.ts';
import { parseAddress } from '../../cilium/policy/prefixes/cidr.ts';
import type { PrefixLabels } from '../../cilium/policy/prefixes/local-identities.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { Settings } from '../settings.ts';

/** Those that a what-if has and the layer below it has not. */
export interface AddedNodes {
  readonly ids: Iterable<NumericIdentity>;
  readonly size: number;
  /** Whether all others are there as they are below, under their numbers. */
  readonly isAll: boolean;
  /** Those of them that the selector selects. */
  matching(selector: EndpointSelector): IdentitySet;
}

export interface NodeLayer {
  readonly settings: Settings;
  /** What is known about prefixes. */
  readonly prefixes: PrefixLabels;
  readonly added: AddedNodes;
  labelsOf(identity: NumericIdentity): LabelArray | undefined;
  /** Ascending. */
  all(): Iterable<NumericIdentity>;
  /** Of the node-local identity with these labels. */
  numberOf(key: CanonicalKey): NumericIdentity | undefined;
  /** How many prefixes have these labels. */
  usesOf(key: CanonicalKey): number;
  matching(selector: EndpointSelector): IdentitySet;
}

/** Numbers of nodes are of a scope of their own. */
export function scopeBaseOf(labels: LabelArray): number {
  return isNodeLocal(labels) ? REMOTE_NODE_SCOPE_BASE : LOCAL_SCOPE_BASE;
}

/** One that an agent knows whatever prefixes there are. */
export function hasFixedNumber(identity: NumericIdentity): boolean {
  return scopeOf(identity) === 'global';
}

/** The identity of the longest prefix around an address, else that of the world; undefined if it is no address. */
export function identityOfAddress(nodes: NodeLayer, address: string): NumericIdentity | undefined {
  const prefix = parseAddress(address);
  if (prefix === undefined) return undefined;
  const nearest = nodes.prefixes.nearest(prefix);
  const local = nearest === undefined ? undefined : nodes.numberOf(canonicalKey(nodes.prefixes.labelsOf(nearest)));
  return local ?? worldIdentity(prefix.family, nodes.settings);
}

/** As the datapath has it (bpf/lib/identity.h): families are told apart in dual stack alone, whatever label a prefix has. */
function worldIdentity(family: 4 | 6, { config, profile }: Settings): NumericIdentity | undefined {
  return reservedNumber(config.ipv4 && config.ipv6 ? `world-ipv${family}` : 'world', profile);
}
