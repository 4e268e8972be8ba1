/**
 * Which identities have the same entries in a map, so that one of them is looked at for all.
 *
 * What is left of an identity's keys follows from the peer selectors that select it and from its wildcard (distill.ts), and from
 * its port names where these are those of each identity. Thousands of identities are selected by the same few selectors.
 * Invariant: identities of one kind are selected by the same selectors and have one wildcard; each reserved one is a kind of its
 * own, since wildcards and the host are looked at by their numbers.
 * Cost: O(identities that each selector selects), in steps between which the caller may pause; bounded in kinds.
 */
import { getOrMake } from '../../get-or-make.ts';
import { EMPTY_SET, identitySet, type IdentitySet } from '../../identity/identity-set.ts';
import { Pace } from '../../pace.ts';
import type { EndpointSelector, SelectorKey } from '../selector.ts';
import { wildcardFor } from './aggregates.ts';
import type { MapInputs } from './contributions.ts';
import { lendMarks, takeBackMarks, type IdentityMarks } from './identity-marks.ts';
import { SelectedIds, type AskIds } from './selected-ids.ts';

export interface AlikeIdentities {
  /** Of the identities that a selector selects one of each kind. */
  readonly selections: (selector: EndpointSelector) => IdentitySet;
  /** How many a selected one stands for; a wildcard and the host for themselves. */
  readonly sizeOf: (identity: number) => number;
}

type AlikeInputs = Pick<MapInputs, 'selections' | 'selectionsSteps' | 'context'>;

/** `selectors`: none twice, and none of them the wildcard. Yields where the caller may pause; undefined: there are too many kinds. */
export function* alikeIdentities(
  selectors: readonly EndpointSelector[],
  inputs: AlikeInputs,
): Generator<undefined, AlikeIdentities | undefined> {
  const marks = lendMarks();
  try {
    return yield* new Sorting(selectors, inputs, marks).run();
  } finally {
    takeBackMarks(marks);
  }
}

/** Those that were kinds for a while among them: 8 MB. Where nearly each identity is of a kind of its own, little is won. */
const MOST_KINDS = 2 ** 17;
/** Selectors of all kinds together: 4 MB. */
const MOST_SELECTED = 2 ** 20;
/** Work between two pauses: what a selector selects may be found for the first time, and to ask is as much as some identities. */
const IDENTITIES_PER_PAUSE = 2048;
const IDENTITIES_PER_SELECTOR = 16;

/** Reserved and well-known numbers are below. */
const FIRST_ALLOCATED = 256;
const BITS_OF_NEIGHBOURS = 12;

/** Identities that the same selectors have selected, of those that were asked. Made with all its fields: it is looked at for each identity. */
class Kind {
  /** As a mark. */
  readonly number: number;
  /** The place of the selector that made it, -1 where nothing has selected it, and what it was before. */
  readonly last: number;
  readonly before: Kind | undefined;
  size = 0;
  /** What it becomes where the selector at place `askedBy` selects it. */
  next: Kind | undefined = undefined;
  askedBy = -1;

  constructor(number: number, last: number, before: Kind | undefined) {
    this.number = number;
    this.last = last;
    this.before = before;
  }
}

const NO_KIND = new Kind(0, -1, undefined);

class Sorting {
  readonly #selectors: readonly EndpointSelector[];
  readonly #context: AlikeInputs['context'];
  readonly #selected: SelectedIds;
  readonly #askSteps: AlikeInputs['selectionsSteps'];
  readonly #marks: IdentityMarks;
  readonly #pace = new Pace(IDENTITIES_PER_PAUSE);
  /** By number; nothing is of the first one, since a mark is above 0. */
  readonly #kinds: Kind[] = [NO_KIND];
  /** Those that nothing has selected yet, by their wildcard, or by the number of one that is reserved. */
  readonly #unselected = new Map<number, Kind>();
  #neighbours = -1;
  #ofNeighbours = NO_KIND;

  constructor(
    selectors: readonly EndpointSelector[],
    { selections, selectionsSteps, context }: AlikeInputs,
    marks: IdentityMarks,
  ) {
    this.#selectors = selectors;
    this.#context = context;
    this.#selected = new SelectedIds(selections);
    this.#askSteps = selectionsSteps;
    this.#marks = marks;
  }

  *run(): Generator<undefined, AlikeIdentities | undefined> {
    for (const [place, selector] of this.#selectors.entries()) {
      const ids = (yield* this.#askedSteps(selector))();
      this.#sort(ids, place);
      if (this.#kinds.length > MOST_KINDS) return undefined;
      if (this.#pace.isPauseDue(ids.length + IDENTITIES_PER_SELECTOR)) yield;
    }
    return yield* this.#alike();
  }

  *#askedSteps(selector: EndpointSelector): Generator<undefined, AskIds> {
    if (this.#askSteps === undefined) return this.#selected.of(selector);
    return yield* this.#selected.ofSteps(selector, this.#askSteps);
  }

  #sort(ids: IdentitySet, selector: number): void {
    for (let place = 0; place < ids.length; place += 1) {
      const id = ids[place] ?? 0;
      const mark = this.#marks.get(id);
      const kind = mark === 0 ? this.#unselectedKind(id) : this.#kindOf(mark);
      const next = (kind.askedBy === selector ? kind.next : undefined) ?? this.#branch(kind, selector);
      kind.size -= 1;
      next.size += 1;
      this.#marks.set(id, next.number);
    }
  }

  #kindOf(mark: number): Kind {
    return this.#kinds[mark] ?? NO_KIND;
  }

  /** Its size is of no matter. Neighbours have one wildcard, since scope and cluster are in the upper bits. */
  #unselectedKind(id: number): Kind {
    const neighbours = id >>> BITS_OF_NEIGHBOURS;
    if (neighbours > 0 && neighbours === this.#neighbours) return this.#ofNeighbours;
    const alike = id < FIRST_ALLOCATED ? id : FIRST_ALLOCATED + wildcardFor(id, this.#context);
    this.#neighbours = neighbours;
    this.#ofNeighbours = getOrMake(this.#unselected, alike, () => this.#open(-1, undefined));
    return this.#ofNeighbours;
  }

  #branch(kind: Kind, selector: number): Kind {
    kind.next = this.#open(selector, kind);
    kind.askedBy = selector;
    return kind.next;
  }

  #open(last: number, before: Kind | undefined): Kind {
    const kind = new Kind(this.#kinds.length, last, before);
    this.#kinds.push(kind);
    return kind;
  }

  *#alike(): Generator<undefined, AlikeIdentities | undefined> {
    const found = new Representatives(this.#selectors);
    for (const [place, wanted] of this.#wanted()) {
      const selector = this.#selectors[place];
      const ids = selector === undefined ? EMPTY_SET : this.#selected.of(selector)();
      for (const id of ids) {
        const kind = this.#kindOf(this.#marks.get(id));
        if (!wanted.delete(kind)) continue;
        found.put(id, kind);
        if (wanted.size === 0) break;
      }
      if (found.isFull) return undefined;
      if (this.#pace.isPauseDue(ids.length + IDENTITIES_PER_SELECTOR)) yield;
    }
    return found.alike();
  }

  /** Kinds that have identities, by their last selector, which selects these all. */
  #wanted(): ReadonlyMap<number, Set<Kind>> {
    const wanted = new Map<number, Set<Kind>>();
    for (const kind of this.#kinds) {
      if (kind.size > 0 && kind.last >= 0) getOrMake(wanted, kind.last, () => new Set<Kind>()).add(kind);
    }
    return wanted;
  }
}

/** One identity of each kind. */
class Representatives {
  /** By the place of each selector. */
  readonly #selected: readonly number[][];
  readonly #bySelector: ReadonlyMap<SelectorKey, readonly number[]>;
  readonly #sizes = new Map<number, number>();
  #room = MOST_SELECTED;

  constructor(selectors: readonly EndpointSelector[]) {
    this.#selected = selectors.map(() => []);
    this.#bySelector = new Map(selectors.map(({ key }, place) => [key, this.#selected[place] ?? []]));
  }

  get isFull(): boolean {
    return this.#room < 0;
  }

  put(identity: number, kind: Kind): void {
    this.#sizes.set(identity, kind.size);
    for (let each: Kind | undefined = kind; each !== undefined && each.last >= 0; each = each.before) {
      this.#selected[each.last]?.push(identity);
      this.#room -= 1;
    }
  }

  alike(): AlikeIdentities {
    return {
      selections: ({ key }) => identitySet(this.#bySelector.get(key) ?? []),
      sizeOf: (identity) => this.#sizes.get(identity) ?? 1,
    };
  }
}
