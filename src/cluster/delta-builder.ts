/**
 * Collects what one event touches.
 */
import type { CanonicalKey } from '../cilium/identity/label.ts';
import type { ObjectRef } from '../cilium/objects.ts';
import type { Delta, Revision } from './events.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';

export class DeltaBuilder {
  rebuilt = false;
  identitiesAdded: NumericIdentity[] = [];
  identitiesRemoved: NumericIdentity[] = [];
  keysAdded: CanonicalKey[] = [];
  policies: ObjectRef[] = [];

  /** What was collected since the last call. */
  take(revision: Revision): Delta {
    const { rebuilt, identitiesAdded, identitiesRemoved, keysAdded, policies } = this;
    this.rebuilt = false;
    this.identitiesAdded = [];
    this.identitiesRemoved = [];
    this.keysAdded = [];
    this.policies = [];
    return { revision, rebuilt, identitiesAdded, identitiesRemoved, keysAdded, policies };
  }
}
