/**
 * All traps of a label filter, entry by entry, then of the value as a whole.
 *
 * An entry that matches nothing, or decides nothing, is told for that alone: how it is spelled no longer matters.
 */
import { PAUSE, type Pause } from '../check.ts';
import { fileTraps, readmittedByFile } from './file-entries.ts';
import { includeModeTrap, readmittedTrap } from './include-mode.ts';
import type { Entry, LabelStudy } from './label-study.ts';
import { lostLabelTraps, lostSelectorTraps, type SelectedKey } from './lost-labels.ts';
import { alternativesTrap, dotTrap, emptyMatchTrap, globTrap, prefixTrap } from './matched.ts';
import { deadEntries, deadTrap, outweighedTrap, shortestExcludeTrap } from './outweighed.ts';
import type { Correction, Trap } from './trap.ts';
import { unmatchedTraps } from './unmatched.ts';

export interface Surroundings {
  readonly selected: readonly SelectedKey[];
  /** Every peer selector asks for the label of the cluster. */
  readonly peersNameCluster: boolean;
  /** By the built-in rules of this version. */
  readonly isKeptByDefault: (key: string) => boolean;
}

export function* trapsOf(study: LabelStudy, around: Surroundings): Generator<Trap | Pause, void> {
  const mended: Correction[] = [];
  for (const trap of entryTraps(study)) {
    if (trap !== PAUSE && trap.correction !== undefined) mended.push(trap.correction);
    yield trap;
  }
  yield* lostLabelTraps(study, around.peersNameCluster);
  yield* lostSelectorTraps(study, around.selected, mended);
  yield* fileTraps(study);
  const readmitted = readmittedByFile(study, around.isKeptByDefault);
  if (readmitted !== undefined) yield readmitted;
}

function* entryTraps(study: LabelStudy): Generator<Trap | Pause, void> {
  const effective = yield* entriesWithoutEffect(study);
  for (const entry of effective) {
    yield PAUSE;
    yield* spellingTraps(study, entry);
  }
  const includeMode = includeModeTrap(study, effective);
  if (includeMode !== undefined) yield includeMode;
}

/** Tells the entries that do nothing of what they say; returns the others. */
function* entriesWithoutEffect(study: LabelStudy): Generator<Trap | Pause, readonly Entry[]> {
  const others: Entry[] = [];
  const unmatched = new Map((yield* unmatchedTraps(study)).map((trap) => [trap.entry?.position, trap]));
  for (const entry of study.entries) {
    yield PAUSE;
    const trap =
      emptyMatchTrap(study, entry) ??
      unmatched.get(entry.position) ??
      outweighedTrap(study, entry) ??
      shortestExcludeTrap(study, entry);
    if (trap === undefined) others.push(entry);
    else yield trap;
    // What an empty match takes back may well decide, once that is mended.
    if (trap?.id === 'filter-empty-match' && trap.reason === 'undoes-excludes') others.length = 0;
  }
  const dead = new Set(yield* deadEntries(study, others));
  for (const entry of dead) yield deadTrap(study, entry);
  return others.filter((entry) => !dead.has(entry));
}

function* spellingTraps(study: LabelStudy, entry: Entry): Iterable<Trap> {
  const glob = globTrap(study, entry);
  const traps = [dotTrap, prefixTrap, alternativesTrap, readmittedTrap].map((trapOf) => trapOf(study, entry));
  for (const trap of glob === undefined ? traps : [glob]) if (trap !== undefined) yield trap;
}
