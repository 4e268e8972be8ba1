/**
 * When the watch of each kind last gave a sign of life: an object, a list, a bookmark.
 *
 * A source that watches says so for each kind (`watched`, or `awaited` where it knows nothing yet) and tells each sign; what comes in
 * by an event is one, too. What was read from files has no watch: it is what it is, and never stale.
 * Invariant: a kind that is being listed gives no sign before the list is whole, for what is not told yet may be anything; one that
 * was never listed is stale, however short the time.
 * Cost: O(1) for a sign, O(watched kinds) to ask.
 */
import type { Kind } from '../cilium/objects.ts';
import type { Clock } from '../cluster/clock.ts';

export class Freshness {
  readonly #clock: Clock;
  readonly #signs = new Map<Kind, number>();
  /** Known in part, or not at all. */
  readonly #listing = new Map<Kind, 'first' | 'again'>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A source watches this kind from now on, and gave a sign of life. */
  watched(kind: Kind): void {
    this.#signs.set(kind, this.#clock());
  }

  /** A source watches this kind from now on, and has not listed it yet. */
  awaited(kind: Kind): void {
    this.watched(kind);
    this.#listing.set(kind, 'first');
  }

  /** Everything of this kind is told from the start. */
  listing(kind: Kind): void {
    if (this.#signs.has(kind) && !this.#listing.has(kind)) this.#listing.set(kind, 'again');
  }

  listed(kind: Kind): void {
    this.#listing.delete(kind);
    this.sign(kind);
  }

  /** The cluster does not serve the kind any more: there is nothing that could be stale. */
  unwatched(kind: Kind): void {
    this.#signs.delete(kind);
    this.#listing.delete(kind);
  }

  /** Counts for kinds that are watched only. */
  sign(kind: Kind): void {
    if (this.#signs.has(kind) && !this.#listing.has(kind)) this.#signs.set(kind, this.#clock());
  }

  /** Kinds that were never listed, or without a sign of life for longer than this, in the order in which they were watched. */
  staleKinds(afterMs: number): readonly Kind[] {
    const since = this.#clock() - afterMs;
    return [...this.#signs].flatMap(([kind, sign]) =>
      sign < since || this.#listing.get(kind) === 'first' ? [kind] : [],
    );
  }

  /** How long ago the last sign of each kind was; empty without a watch. */
  agesMs(): ReadonlyMap<Kind, number> {
    const now = this.#clock();
    return new Map([...this.#signs].map(([kind, sign]) => [kind, now - sign]));
  }
}
