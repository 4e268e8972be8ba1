/**
 * The wildcard identities of a policy map, and which of them stands for an identity.
 *
 * Mirrors pkg/policy/aggregate.go (1.20): every wildcard is five keys, and the datapath looks an identity up under its
 * own number and under that of its aggregate. Until 1.19 the only wildcard is 0.
 */
import { identityBits, scopeOf } from '../../identity/numeric-identity.ts';
import type { PolicyContext } from '../context.ts';

export const UNKNOWN_IDENTITY = 0;
const AGGREGATE_CLUSTER = 11;
const AGGREGATE_CLUSTER_MESH = 12;
const AGGREGATE_WORLD = 13;
const AGGREGATE_REMOTE_NODE = 14;

/** Reserved identities below this number belong to no aggregate. */
const FIRST_AGGREGATED = 100;

/** The bits of a global identity that are its cluster and its number in it; the scope is above them. */
const BELOW_SCOPE = 0xffffff;

/** Ascending. */
export function wildcardIdentities({ profile }: Pick<PolicyContext, 'profile'>): readonly number[] {
  if (!profile.aggregateIdentities) return [UNKNOWN_IDENTITY];
  return [UNKNOWN_IDENTITY, AGGREGATE_CLUSTER, AGGREGATE_CLUSTER_MESH, AGGREGATE_WORLD, AGGREGATE_REMOTE_NODE];
}

/** A wildcard identity stands for itself. */
export function wildcardFor(identity: number, context: PolicyContext): number {
  return context.profile.aggregateIdentities ? aggregateFor(identity, context.config) : UNKNOWN_IDENTITY;
}

function aggregateFor(identity: number, config: PolicyContext['config']): number {
  if (identity >= AGGREGATE_CLUSTER && identity <= AGGREGATE_REMOTE_NODE) return identity;
  if (identity < FIRST_AGGREGATED) return UNKNOWN_IDENTITY;
  switch (scopeOf(identity)) {
    case 'remote-node':
      return AGGREGATE_REMOTE_NODE;
    case 'local':
      return AGGREGATE_WORLD;
    case 'global': {
      const { id, shift } = identityBits(config);
      return (identity & BELOW_SCOPE) >>> shift === id ? AGGREGATE_CLUSTER : AGGREGATE_CLUSTER_MESH;
    }
  }
}
