/**
 * What the rules of one peer on one port come to where an agent takes the specs of policies in any order.
 *
 * Mirrors computePolicyEnforcementAndRules (pkg/policy/repository.go) of 1.18, which ranges over Go maps of rule keys: the rules
 * of one spec stand in their order, specs in any. It tells only for what can't be merged: a deny that comes first takes all
 * others in, and L7 rules are held against the server names of what comes later alone.
 * Cost: of specs that say the same on many slots once, as many merges as all their orders have, or pairs where they are many;
 * MOST_MERGES in all, beyond which it is left open.
 */
import { getOrMake } from '../get-or-make.ts';
import type { RuleRef } from '../objects.ts';
import { fail, ok, type Result } from '../result.ts';

/** What one rule says of a peer on a port. */
export interface Said {
  readonly origins: readonly RuleRef[];
}

/** How two are merged, and what tells two outcomes apart. */
export interface Merging<Entry extends Said, Conflict> {
  merge(earlier: Entry, later: Entry): Result<Entry, Conflict>;
  formOf(entry: Entry): string;
  /** What nobody has looked at. */
  leftOpen(entries: readonly Entry[]): Conflict;
}

/** A conflict in every order, or in one and not in another. */
export interface Clash<Conflict> {
  readonly conflict: Conflict;
  readonly inEveryOrder: boolean;
}

/** More different specs than this are looked at in pairs. */
const MOST_PERMUTED = 4;
const MOST_MERGES = 100_000;

/** Slots are filters with a selector. Takes the rules of a spec in their order. */
export class AnyOrder<Entry extends Said, Conflict> {
  readonly #merging: Merging<Entry, Conflict>;
  readonly #slots = new Map<string, Map<string, Entry[]>>();
  /** By what the specs say, in their order. */
  readonly #known = new Map<string, Clash<Conflict> | undefined>();
  #mergesLeft: number;

  constructor(merging: Merging<Entry, Conflict>, mostMerges = MOST_MERGES) {
    this.#merging = merging;
    this.#mergesLeft = mostMerges;
  }

  note(slot: string, entry: Entry): void {
    const specs = getOrMake(this.#slots, slot, () => new Map<string, Entry[]>());
    getOrMake(specs, specOf(entry), () => []).push(entry);
  }

  /** The first that no order avoids, else the first that one order has. */
  clash(): Clash<Conflict> | undefined {
    let possible: Clash<Conflict> | undefined;
    for (const specs of this.#slots.values()) {
      const clash = this.#clashOf([...specs.values()]);
      if (clash?.inEveryOrder === true) return clash;
      possible ??= clash;
    }
    return possible;
  }

  #clashOf(specs: readonly (readonly Entry[])[]): Clash<Conflict> | undefined {
    if (specs.flat().length < 2) return undefined;
    const different = new Map(specs.map((entries) => [this.#textOf(entries), entries]));
    const text = [...different.keys()].join('\n\n');
    if (this.#known.has(text)) return this.#known.get(text);
    const clash = this.#clashOfDifferent([...different.values()]);
    this.#known.set(text, clash);
    return clash;
  }

  #clashOfDifferent(specs: readonly (readonly Entry[])[]): Clash<Conflict> | undefined {
    const isSmall = specs.length <= MOST_PERMUTED;
    this.#mergesLeft -= specs.flat().length * (isSmall ? factorial(specs.length) : specs.length);
    if (this.#mergesLeft < 0) return { conflict: this.#merging.leftOpen(specs.flat()), inEveryOrder: false };
    const orders = isSmall ? permutationsOf(specs) : [specs, ...pairsOf(specs)];
    const merged = orders.map((order) => this.#merged(order.flat()));
    const [first, ...others] = merged.flatMap((result) => (result.ok ? [] : [result.error]));
    if (first === undefined) return undefined;
    return { conflict: first, inEveryOrder: isSmall && others.length + 1 === merged.length };
  }

  #textOf(entries: readonly Entry[]): string {
    return entries.map((entry) => this.#merging.formOf(entry)).join('\n');
  }

  #merged([first, ...others]: readonly Entry[]): Result<Entry | undefined, Conflict> {
    let merged = first;
    for (const entry of others) {
      const result = merged === undefined ? ok(entry) : this.#merging.merge(merged, entry);
      if (!result.ok) return fail(result.error);
      merged = result.value;
    }
    return ok(merged);
  }
}

/** What the agent adds itself comes after all specs, and is an allow like any other. */
function specOf({ origins: [origin] }: Said): string {
  if (origin === undefined) return '';
  const { kind, namespace, name } = origin.object;
  const [spec = ''] = origin.field.split('.', 1);
  return JSON.stringify([kind, namespace, name, spec]);
}

function factorial(count: number): number {
  return count < 2 ? 1 : count * factorial(count - 1);
}

function pairsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return items.flatMap((a) => items.filter((b) => b !== a).map((b) => [a, b]));
}

function permutationsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item) =>
    permutationsOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
