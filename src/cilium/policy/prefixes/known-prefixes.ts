/**
 * The prefixes that an agent knows something about, in layers: which are around one, and whose labels depend on one.
 *
 * Mirrors the metadata of pkg/ipcache. A prefix carries labels where it has others than those of its own text.
 * Invariant: what is laid over others changes nothing of theirs. Which prefixes carry labels is settled below, but for addresses.
 * Cost: O(1) for one that comes or goes; those around one O(distinct lengths); nothing is copied of what is below.
 */
import type { Label } from '../../identity/label.ts';
import { embeddedAddress, formatPrefix, shortened, type Prefix } from './cidr.ts';
import { PrefixOrder, stretchOf } from './prefix-order.ts';

export interface KnownPrefix {
  readonly prefix: Prefix;
  /** Of its own text, if a policy names it. */
  readonly cidr: Label | undefined;
  /** By key; what it has besides. */
  readonly carried: ReadonlyMap<string, Label>;
}

type Lengths = Readonly<Record<4 | 6, Set<number>>>;

export class KnownPrefixes {
  readonly #below: KnownPrefixes | undefined;
  /** By canonical text. `undefined`: known below, and no longer here. */
  readonly #known = new Map<string, KnownPrefix | undefined>();
  /** No fewer than there are. */
  readonly #lengths: Lengths = { 4: new Set(), 6: new Set() };
  /** Of prefixes that carry labels: few, and all that a prefix with a cidr label of its own inherits from. */
  readonly #carrierLengths: Lengths;
  /** Canonical texts of these prefixes. */
  readonly #carriers: PrefixOrder<string>;
  /** Canonical texts of prefixes of IPv4-mapped addresses that are known here, by the address that they start with. */
  readonly #mapped = new PrefixOrder<string>();

  constructor(below?: KnownPrefixes) {
    this.#below = below;
    this.#carriers = below === undefined ? new PrefixOrder<string>() : below.#carriers;
    this.#carrierLengths = below === undefined ? { 4: new Set(), 6: new Set() } : below.#carrierLengths;
  }

  find(text: string): KnownPrefix | undefined {
    if (this.#below === undefined || this.#known.has(text)) return this.#known.get(text);
    return this.#below.find(text);
  }

  *all(): Iterable<KnownPrefix> {
    for (const known of this.#known.values()) if (known !== undefined) yield known;
    if (this.#below === undefined) return;
    for (const known of this.#below.all()) if (!this.#known.has(formatPrefix(known.prefix))) yield known;
  }

  /** Not for one that others are laid over. */
  put(text: string, known: KnownPrefix): void {
    const { prefix } = known;
    const embedded = embeddedAddress(prefix);
    if (embedded !== undefined && this.find(text) === undefined) this.#mapped.add(embedded, text);
    this.#known.set(text, known);
    this.#lengths[prefix.family].add(prefix.bits);
  }

  /** The same for a prefix that others may lie in, which inherit what it carries. Not for one that is laid over others. */
  putCarrier(text: string, known: KnownPrefix): void {
    const { prefix } = known;
    if (this.find(text) === undefined) this.#carriers.add(prefix, text);
    this.#carrierLengths[prefix.family].add(prefix.bits);
    this.put(text, known);
  }

  /** Not for one that others are laid over. */
  forget(text: string, prefix: Prefix): void {
    const embedded = embeddedAddress(prefix);
    if (embedded !== undefined) this.#mapped.remove(embedded, text);
    if (this.#below === undefined) this.#known.delete(text);
    else this.#known.set(text, undefined);
  }

  hasCarriers(family: 4 | 6): boolean {
    return this.#carrierLengths[family].size > 0;
  }

  /** Those around a prefix, itself left out, from the longest to the shortest. */
  around(prefix: Prefix): Iterable<KnownPrefix> {
    return this.#ofLengths(this.#lengthsOf(prefix.family), prefix);
  }

  /** Those of them that may carry labels. */
  carriersAround(prefix: Prefix): Iterable<KnownPrefix> {
    return this.#ofLengths(this.#carrierLengths[prefix.family], prefix);
  }

  /**
   * Canonical texts of the prefixes whose labels depend on whether a policy names this one: those inside it that carry labels, as
   * they take the cidr label of the nearest prefix around them if they have none themselves, and those of IPv4-mapped addresses.
   */
  *dependingOn(prefix: Prefix): Iterable<string> {
    yield* this.#carriers.between(stretchOf(prefix));
    yield* this.#mappedIn(prefix);
  }

  *#mappedIn(prefix: Prefix): Iterable<string> {
    yield* this.#mapped.between(stretchOf(prefix));
    if (this.#below !== undefined) yield* this.#below.#mappedIn(prefix);
  }

  *#ofLengths(lengths: ReadonlySet<number>, prefix: Prefix): Iterable<KnownPrefix> {
    for (const bits of [...lengths].filter((length) => length < prefix.bits).sort((a, b) => b - a)) {
      const known = this.find(formatPrefix(shortened(prefix, bits)));
      if (known !== undefined) yield known;
    }
  }

  #lengthsOf(family: 4 | 6): ReadonlySet<number> {
    const own = this.#lengths[family];
    return this.#below === undefined ? own : new Set([...own, ...this.#below.#lengthsOf(family)]);
  }
}
