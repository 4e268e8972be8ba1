/**
 * Numbers of the range of identities: how many are taken, and how many objects with one were made lately.
 *
 * Cost: O(1) for a number that is taken or freed, and for an object; see mint-times.ts for what was made lately.
 */
import { isInRange, type IdentityRange, type NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { isProvisional } from '../identities/identity-layer.ts';
import type { WallClock } from '../clock.ts';
import { MintTimes } from './mint-times.ts';

export class RangeNumbers {
  readonly #range: IdentityRange;
  readonly #mintTimes: MintTimes;
  #inUse = 0;

  constructor(range: IdentityRange, clock: WallClock | undefined) {
    this.#range = range;
    this.#mintTimes = new MintTimes(clock);
  }

  get inUse(): number {
    return this.#inUse;
  }

  get size(): number {
    return this.#range.size;
  }

  get mintedLately(): number | undefined {
    return this.#mintTimes.lately();
  }

  taken(identity: NumericIdentity): void {
    if (this.#isOurs(identity)) this.#inUse += 1;
  }

  freed(identity: NumericIdentity): void {
    if (this.#isOurs(identity)) this.#inUse -= 1;
  }

  /** An object came or changed. */
  objectSeen(identity: NumericIdentity, created: number | undefined): void {
    if (this.#isOurs(identity)) this.#mintTimes.set(identity, created);
  }

  objectGone(identity: NumericIdentity): void {
    this.#mintTimes.delete(identity);
  }

  /** A key without a number of its own will get one of the range. */
  #isOurs(identity: NumericIdentity): boolean {
    return isProvisional(identity) || isInRange(this.#range, identity);
  }
}
