/**
 * Which units of a policy have a counterpart in its old form: one with the same content, wherever it stands.
 *
 * Cost: O(items and ports of the old form), and a text for each of its units that could be asked about, no more than
 * MOST_COUNTERPARTS, with pauses. Where there are more, that is said, and every unit counts as one that was there before.
 */
import type { Rule } from '../../cilium/policy/rule.ts';
import { PAUSE, type Pause, type Unjudged } from '../check.ts';
import { contentOf, elementsOf, MOST_UNITS, peerContent, portContent, unitsOf, type Unit } from './units.ts';

const TEXTS_PER_PAUSE = 500;

/** A policy that did not change has no more: rows are looked at whole. */
const MOST_COUNTERPARTS = 2 * MOST_UNITS;

/** Each unit of the old form is the counterpart of one unit. */
export function* withoutCounterpart(
  units: readonly Unit[],
  old: readonly Rule[],
): Generator<Pause | Unjudged, readonly Unit[]> {
  const left = new Map<string, number>();
  let seen = 0;
  for (const unit of similarUnits(units, old)) {
    if (unit === PAUSE) {
      yield PAUSE;
      continue;
    }
    if (++seen > MOST_COUNTERPARTS) {
      const reason = `the policy as it was has more than ${MOST_COUNTERPARTS} such peers and ports`;
      yield { kind: 'unjudged', reason, path: units[0]?.field ?? '', unfinished: 'size' };
      return [];
    }
    const content = contentOf(unit);
    left.set(content, (left.get(content) ?? 0) + 1);
  }
  return units.filter((unit) => !takeOne(left, contentOf(unit)));
}

/** Those with the peers of one of these units and the ports of one. */
function* similarUnits(units: readonly Unit[], old: readonly Rule[]): Iterable<Pause | Unit> {
  const [peers, ports] = [new Set(units.map(peerContent)), new Set(units.map(({ ranges }) => portContent(ranges)))];
  for (const element of elementsOf(old).values()) {
    const written = unitsOf(element);
    const items = yield* pausingFilter(written.items, (item) => peers.has(peerContent(item)));
    if (items.length === 0) continue;
    const columns = yield* pausingFilter(written.ports, (ranges) => ports.has(portContent(ranges)));
    for (const item of items) {
      yield PAUSE;
      for (const ranges of columns) yield { ...item, ranges };
    }
  }
}

function* pausingFilter<Item>(
  items: readonly Item[],
  isWanted: (item: Item) => boolean,
): Generator<Pause, readonly Item[]> {
  const wanted: Item[] = [];
  for (const [index, item] of items.entries()) {
    if (index % TEXTS_PER_PAUSE === 0) yield PAUSE;
    if (isWanted(item)) wanted.push(item);
  }
  return wanted;
}

function takeOne(counts: Map<string, number>, content: string): boolean {
  const left = counts.get(content) ?? 0;
  if (left > 0) counts.set(content, left - 1);
  return left > 0;
}
