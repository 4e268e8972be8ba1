/**
 * How many CiliumIdentity objects were made lately, by what they say of their creation: so that it is known right after a start.
 *
 * Needs a clock; files have none, and then nothing is kept.
 * Invariant: each object counts under the minute of its creation, and not at all where it does not say.
 * Cost: O(1) for an object; a question O(minutes asked for).
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { changeCount } from '../change-count.ts';
import type { WallClock } from '../clock.ts';
import { LATELY_MINUTES } from './usage-layer.ts';

const MINUTE_MS = 60_000;

export class MintTimes {
  readonly #clock: WallClock | undefined;
  readonly #minuteOf = new Map<NumericIdentity, number>();
  readonly #objects = new Map<number, number>();

  constructor(clock: WallClock | undefined) {
    this.#clock = clock;
  }

  set(identity: NumericIdentity, created: number | undefined): void {
    if (this.#clock === undefined) return;
    this.delete(identity);
    if (created === undefined) return;
    const minute = Math.floor(created / MINUTE_MS);
    this.#minuteOf.set(identity, minute);
    changeCount(this.#objects, minute, 1);
  }

  delete(identity: NumericIdentity): void {
    const minute = this.#minuteOf.get(identity);
    if (minute === undefined) return;
    this.#minuteOf.delete(identity);
    changeCount(this.#objects, minute, -1);
  }

  /** Within the last LATELY_MINUTES, the one that has begun among them; undefined: no clock. */
  lately(): number | undefined {
    if (this.#clock === undefined) return undefined;
    const now = Math.floor(this.#clock() / MINUTE_MS);
    let objects = 0;
    for (let minute = now - LATELY_MINUTES + 1; minute <= now; minute += 1) objects += this.#objects.get(minute) ?? 0;
    return objects;
  }
}
