/**
 * A set of identities that is kept up: a sorted set, and what came and went since it was asked for last.
 *
 * Most selectors are asked for far more seldom than identities come and go, and of those that select nearly all identities a
 * second set of them would be most of what is kept.
 * Invariant: what is asked for is what was added and not deleted. Cost: O(1) for an identity that comes, O(log n) for one that may
 * be there and goes; O(n) for the first question after one.
 */
import { difference, holds, identitySet, union, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

export class KeptSet {
  #sorted: IdentitySet;
  /** Those that are not in the sorted set, and are in this one. */
  #came: Set<NumericIdentity> | undefined;
  /** Those that are in the sorted set, and not in this one. */
  #went: Set<NumericIdentity> | undefined;

  constructor(members: IdentitySet) {
    this.#sorted = members;
  }

  get size(): number {
    return this.#sorted.length + (this.#came?.size ?? 0) - (this.#went?.size ?? 0);
  }

  /** For one that is not there. */
  add(identity: NumericIdentity): void {
    if (this.#went?.delete(identity) === true) return;
    this.#came ??= new Set();
    this.#came.add(identity);
  }

  /** Whether it was there. */
  delete(identity: NumericIdentity): boolean {
    if (this.#came?.delete(identity) === true) return true;
    if (!holds(this.#sorted, identity) || this.#went?.has(identity) === true) return false;
    this.#went ??= new Set();
    this.#went.add(identity);
    return true;
  }

  /** The same one as long as nothing comes or goes. */
  members(): IdentitySet {
    if (this.#went !== undefined && this.#went.size > 0)
      this.#sorted = difference(this.#sorted, identitySet(this.#went));
    if (this.#came !== undefined && this.#came.size > 0) this.#sorted = union(this.#sorted, identitySet(this.#came));
    [this.#came, this.#went] = [undefined, undefined];
    return this.#sorted;
  }
}
