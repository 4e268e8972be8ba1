/**
 * What comes into the model, and what a change to it touched.
 *
 * Every source (files, snapshot, live) emits the same events; the store applies them one at a time.
 */
import type { DNSAnswers } from '../cilium/policy/prefixes/fqdn.ts';
import type { CanonicalKey } from '../cilium/identity/label.ts';
import type { ClusterObject, Kind, ObjectRef } from '../cilium/objects.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';

export type ClusterEvent =
  | { readonly type: 'upsert'; readonly object: ClusterObject }
  | { readonly type: 'delete'; readonly ref: ObjectRef }
  /** All that an agent has learned of DNS names, in place of what was known of it. */
  | { readonly type: 'dns-cache'; readonly agent: string; readonly answers: DNSAnswers }
  /** A source lists a kind again: what is not seen before `synced` is gone. */
  | { readonly type: 'relist'; readonly kind: Kind }
  | { readonly type: 'synced'; readonly kind: Kind };

/** Counts the changes of a store; a larger revision is newer. */
export type Revision = number & { readonly __brand: 'Revision' };

/** What one event changed: what has to be dropped from caches, and nothing else. */
export interface Delta {
  readonly revision: Revision;
  /** The settings epoch moved: everything was derived again. */
  readonly rebuilt: boolean;
  readonly identitiesAdded: readonly NumericIdentity[];
  readonly identitiesRemoved: readonly NumericIdentity[];
  /** Keys of `identitiesAdded`. */
  readonly keysAdded: readonly CanonicalKey[];
  /** Policies that came, went or changed. */
  readonly policies: readonly ObjectRef[];
}
