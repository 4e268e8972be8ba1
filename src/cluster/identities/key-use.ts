/**
 * Who uses a key, and who is told when identities and their use change.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { RowList } from '../columns/row-lists.ts';
import type { KeyStanding, NamespacedKey, StandingChange } from '../usage/namespaced-key.ts';
import type { IdentityRecord } from './identity-layer.ts';

export interface KeyUse {
  /** The one text of it that is kept. */
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  readonly namespace: string;
  /** As the observer was told last. */
  standing: KeyStanding;
  /** That too: a pod or an endpoint has it. */
  isUsed: boolean;
  /** Numbers of CiliumIdentity objects, ascending. */
  objects: readonly NumericIdentity[];
  provisional: NumericIdentity | undefined;
  readonly pods: RowList;
}

/** Told of every identity that comes or goes, in the order in which it happens. */
export interface IdentityObserver {
  identityAdded(record: IdentityRecord): void;
  identityRemoved(record: IdentityRecord): void;
  /** The identities of a key came into use, or are in use no more: of other clusters of a mesh too, which have no standing. */
  useChanged(identities: readonly NumericIdentity[]): void;
  /** Who uses a key is not what it was. */
  keyChanged(key: NamespacedKey, change: StandingChange): void;
}
