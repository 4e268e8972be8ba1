/**
 * When the watch of each kind last gave a sign of life: an object, a list, a bookmark.
 *
 * A source that watches says so for each kind (`watched`) and tells each sign; what comes in by an event is one, too. What was
 * read from files has no watch: it is what it is, and never stale.
 * Cost: O(1) for a sign, O(watched kinds) to ask.
 */
import type { Kind } from '../cilium/objects.ts';
import type { Clock } from '../cluster/clock.ts';

export class Freshness {
  readonly #clock: Clock;
  readonly #signs = new Map<Kind, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A source watches this kind from now on, and gave a sign of life. */
  watched(kind: Kind): void {
    this.#signs.set(kind, this.#clock());
  }

  /** The cluster does not serve the kind any more: there is nothing that could be stale. */
  unwatched(kind: Kind): void {
    this.#signs.delete(kind);
  }

  /** Counts for kinds that are watched only. */
  sign(kind: Kind): void {
    if (this.#signs.has(kind)) this.#signs.set(kind, this.#clock());
  }

  /** Kinds without a sign of life for longer than this, in the order in which they were watched. */
  staleKinds(afterMs: number): readonly Kind[] {
    const since = this.#clock() - afterMs;
    return [...this.#signs].flatMap(([kind, sign]) => (sign < since ? [kind] : []));
  }

  /** How long ago the last sign of each kind was; empty without a watch. */
  agesMs(): ReadonlyMap<Kind, number> {
    const now = this.#clock();
    return new Map([...this.#signs].map(([kind, sign]) => [kind, now - sign]));
  }
}
