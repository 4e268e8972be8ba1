/**
 * Contributions -> the entries that are left in the policy map, in a direction in which some rule says how peers authenticate.
 *
 * Mirrors insertWithChanges and authPreferredInsert (pkg/policy/mapstate.go): there an allow meets only keys of its own identity,
 * and one that says how to authenticate is kept under a key of higher precedence, and takes that: denies of later tiers do not reach
 * it any more. A deny meets all keys, as ever.
 * So an allow under a deny of its wildcard is there if it was put in later, which the order of a Go map decides, unless the two are
 * of one filter or of two tiers. And an entry that its aggregate repeats (1.20) goes if they are alike when the later one comes,
 * even where a deny keeps that one of the aggregate out of the map.
 * Invariant: with `fewest` no more entries than any order leaves, with `most` no fewer; what no order changes is in both.
 * Cost: O(contributed keys x broader keys around each), with an object for each key.
 */
import { Pace } from '../../pace.ts';
import { demandsProof, NO_REQUIREMENT, type AuthRequirement } from '../authentication.ts';
import { isDeny, tierOf, type Precedence } from '../precedence.ts';
import { cellsOf, type Cell } from './authenticated-cell.ts';
import type { Columns } from './contributions.ts';
import type { DistillOptions, EntrySink } from './distill.ts';
import { coversL4, type L4Key } from './l4-key.ts';
import type { OriginIndex } from './origin-table.ts';

const CELLS_PER_PAUSE = 4096;

/** What is or was at a key of one identity. */
interface Entry {
  readonly precedence: Precedence;
  /** Less where what is above it, whose precedence it takes, may be gone before. */
  readonly leastPrecedence: Precedence;
  readonly requirement: AuthRequirement;
  readonly listener: string | undefined;
  readonly log: string | undefined;
  readonly origin: OriginIndex;
  readonly isMixed: boolean;
  /** In the end. What is never there then may have been there for a while. */
  readonly isThere: 'always' | 'perhaps' | 'never';
}

interface Level {
  readonly key: L4Key;
  /** By slot. */
  readonly cells: ReadonlyMap<number, Cell>;
  readonly entries: Map<number, Entry>;
}

/** What stands around a cell. */
interface Around {
  /** At broader keys of the same identity. */
  readonly own: readonly Entry[];
  /** At broader keys of its wildcard, and at the same one. */
  readonly general: readonly Entry[];
  readonly sameOfWildcard: Entry | undefined;
  /** What the wildcard is asked to have at the same key. */
  readonly askedOfWildcard: Cell | undefined;
}

/** Yields where the caller may pause. */
export function* distillAuthenticated(
  columns: Columns,
  sink: EntrySink,
  options: DistillOptions,
): Generator<undefined, void> {
  const inside: Level[] = [];
  const pace = new Pace(CELLS_PER_PAUSE);
  for (const key of Uint32Array.from(columns.keys()).sort()) {
    for (let last = inside.at(-1); last !== undefined && !coversL4(last.key, key); last = inside.at(-1)) inside.pop();
    const cells = yield* cellsOf(columns.get(key) ?? [], options, pace);
    const level: Level = { key, cells, entries: new Map() };
    for (const [slot, cell] of wildcardsFirst(cells, options)) {
      const entry = entryOf(cell, aroundOf(slot, [...inside, level], options), options);
      if (entry !== undefined) level.entries.set(slot, entry);
      if (isTaken(entry, options.undecided)) sink.take(slot, key, entry.precedence, entry.origin);
      if (pace.isPauseDue(1)) yield;
    }
    inside.push(level);
  }
}

function isTaken(entry: Entry | undefined, undecided: 'fewest' | 'most'): entry is Entry {
  return entry?.isThere === 'always' || (entry?.isThere === 'perhaps' && undecided === 'most');
}

/** What the others at the same key are measured against. */
function wildcardsFirst(cells: ReadonlyMap<number, Cell>, { wildcards }: DistillOptions): readonly [number, Cell][] {
  const [all, isWildcard] = [[...cells], ([slot]: readonly [number, Cell]): boolean => wildcards[slot] === -1];
  return [...all.filter(isWildcard), ...all.filter((one) => !isWildcard(one))];
}

function aroundOf(slot: number, levels: readonly Level[], { wildcards }: DistillOptions): Around {
  const wildcard = wildcards[slot] ?? -1;
  const at = (one: number): readonly Entry[] => levels.flatMap(({ entries }) => entries.get(one) ?? []);
  const same = levels.at(-1);
  return {
    own: at(slot),
    general: at(wildcard),
    sameOfWildcard: same?.entries.get(wildcard),
    askedOfWildcard: same?.cells.get(wildcard),
  };
}

/** undefined: a deny above takes it, and whatever is below. */
function entryOf(cell: Cell, around: Around, { aggregates }: DistillOptions): Entry | undefined {
  const { deny, denyOrigin, allow } = cell;
  const isUnder = ({ precedence }: Entry): boolean => precedence >= deny;
  if (deny > allow && ![...around.own, ...around.general].some(isUnder)) {
    const entry = {
      precedence: deny,
      leastPrecedence: deny,
      requirement: NO_REQUIREMENT,
      listener: undefined,
      log: undefined,
      origin: denyOrigin,
      isMixed: false,
    };
    return { ...entry, isThere: 'always' };
  }
  const above = around.own.filter(({ precedence }) => precedence > allow);
  if (allow === 0 || isRefused(cell, above)) return undefined;
  const entry = allowEntry(cell, above);
  const why = [presenceUnder(cell, above), mayBeDenied(entry, cell, around) ? 'perhaps' : 'always'] as const;
  return { ...entry, isThere: leastSure([...why, aggregates ? presenceBeside(entry, around) : 'always']) };
}

/** One that says how to authenticate asks the nearest alone, and is out of reach of what that one is out of reach of. */
function isRefused({ requirement }: Cell, above: readonly Entry[]): boolean {
  const asked = requirement === NO_REQUIREMENT ? above : above.slice(-1);
  return asked.some(isDenied);
}

function isDenied({ precedence }: Entry): boolean {
  return isDeny(precedence);
}

/** One that says how to authenticate takes the precedence of what is above it. */
function allowEntry(cell: Cell, above: readonly Entry[]): Omit<Entry, 'isThere'> {
  const { allow, allowOrigin, requirement, listener, log } = cell;
  const precedence = Math.max(allow, ...above.map((one) => one.precedence));
  const leastPrecedence = Math.max(allow, ...above.filter(isSure).map((one) => one.leastPrecedence));
  const isMixed = cell.isMixed || above.length > 0;
  return { precedence, leastPrecedence, requirement, listener, log, origin: allowOrigin, isMixed };
}

function presenceUnder({ allow, requirement }: Cell, above: readonly Entry[]): Entry['isThere'] {
  const isBelowSure = (precedence: Precedence): boolean =>
    above.some((one) => isSure(one) && one.leastPrecedence > precedence);
  if (requirement !== NO_REQUIREMENT) {
    return above.filter(isDenied).every((one) => isBelowSure(one.precedence)) ? 'always' : 'perhaps';
  }
  if (above.length === 0) return 'always';
  return isBelowSure(allow) ? 'never' : 'perhaps';
}

function isSure({ isThere }: Entry): boolean {
  return isThere === 'always';
}

/** Whether a deny of everybody may have come after the allow. */
function mayBeDenied(
  { leastPrecedence }: Omit<Entry, 'isThere'>,
  { allow, isAfterDeny }: Cell,
  { general, sameOfWildcard }: Around,
): boolean {
  return general.some((one) => {
    const isBefore = tierOf(one.precedence) > tierOf(allow) || (one === sameOfWildcard && isAfterDeny);
    return isDeny(one.precedence) && one.precedence > leastPrecedence && !isBefore;
  });
}

/** What its aggregate says too is left out; perhaps, where either says more than one thing or may be handed a demand from above. */
function presenceBeside(entry: Omit<Entry, 'isThere'>, around: Around): Entry['isThere'] {
  const { sameOfWildcard: same, askedOfWildcard: asked } = around;
  if (same === undefined || isDeny(same.precedence)) return presenceBesideRefused(entry, asked);
  if (entry.isMixed || same.isMixed || same.isThere !== 'always') return 'perhaps';
  if (same.precedence !== entry.precedence || !saysTheSame(same, entry)) return 'always';
  const { own, general } = around;
  const isHanded =
    entry.requirement === NO_REQUIREMENT && [...own, ...general].some((one) => demandsProof(one.requirement));
  return isHanded ? 'perhaps' : 'never';
}

/** The allow of an aggregate that a deny keeps out takes those with it that are there by then and say the same. */
function presenceBesideRefused(entry: Omit<Entry, 'isThere'>, asked: Cell | undefined): Entry['isThere'] {
  if (asked === undefined || asked.allow === 0) return 'always';
  const isAlike = asked.allow === entry.precedence && saysTheSame(asked, entry);
  return entry.isMixed || asked.isMixed || isAlike ? 'perhaps' : 'always';
}

type Allowed = Pick<Entry, 'requirement' | 'listener' | 'log'>;

function saysTheSame(a: Allowed, b: Allowed): boolean {
  return a.requirement === b.requirement && a.listener === b.listener && a.log === b.log;
}

function leastSure(all: readonly Entry['isThere'][]): Entry['isThere'] {
  if (all.includes('never')) return 'never';
  return all.includes('perhaps') ? 'perhaps' : 'always';
}
