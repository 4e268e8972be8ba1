/**
 * Which dead units a change brings: those that the dead units of the old form together do not contain.
 *
 * So an update that only narrows, or says the same in other words (an interval as its ports, a list of values as selectors),
 * brings none. Containment is the one of src/cilium/policy/containment: the old units stand where the denies do in a proof
 * that something is dead. Of an old rule that is not modelled in full, the units with the same peers count as dead.
 * Invariant: a unit is fresh only if a flow of it is found that no old unit gives. Where that was not found out it counts as
 * old, and that is said.
 * Cost: O(old items), then for each unit a proof against the old item with its peers; where that leaves something, a look at
 * each old item and a proof against no more than MOST_COVERING ports. No more than MOST_LOOKS at items and ports in all.
 */
import { Budget } from '../../cilium/budget.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import { uncoveredProduct, type Deny } from '../../cilium/policy/containment/product.ts';
import type { PortRange, Rule } from '../../cilium/policy/rule.ts';
import { PAUSE, type Pause, type Unjudged } from '../check.ts';
import { tooMany } from './assess.ts';
import { endsMeet, rangesMeet } from './overlap.ts';
import { partsOf } from './proof.ts';
import { elementsOf, peerContent, unitsOf, type PeerItem, type Unit, type WrittenPort } from './units.ts';

const MOST_LOOKS = 1_000_000;
const MOST_COVERING = 256;
const ITEMS_PER_PAUSE = 500;

export interface FormerUnits {
  readonly dead: readonly Unit[];
  /** All of the old form. */
  readonly rules: readonly Rule[];
}

/** Nothing after the first unit that was one too many to look at. */
export function* freshAmong(
  units: readonly Unit[],
  former: FormerUnits,
  facts: UniverseFacts,
): Generator<Pause | Unjudged, readonly Unit[]> {
  const items = yield* formerItems(former, new Set(units.map(peerContent)));
  const looks = new Budget(MOST_LOOKS);
  const fresh: Unit[] = [];
  for (const unit of units) {
    yield PAUSE;
    const same = items.get(peerContent(unit));
    if (same !== undefined && (yield* isContained(unit, [same], { facts, looks })) === 'yes') continue;
    const answer = yield* isContained(unit, items.values(), { facts, looks });
    if (answer === 'no') fresh.push(unit);
    if (answer === 'yes' || answer === 'no') continue;
    yield tooMany('it was not found out whether the policy as it was had this already', unit.field);
    if (!looks.spend()) break;
  }
  return fresh;
}

/** An old peer item with all its ports, listed where they are written. */
interface FormerItem {
  readonly item: PeerItem;
  readonly ports: (readonly WrittenPort[])[];
}

/** By the content of the item, which holds direction and subject. */
type FormerItems = ReadonlyMap<string, FormerItem>;

function* formerItems({ dead, rules }: FormerUnits, wanted: ReadonlySet<string>): Generator<Pause, FormerItems> {
  const items = new Map<string, FormerItem>();
  const add = (item: PeerItem, ports: readonly WrittenPort[]): void => {
    getOrMake(items, peerContent(item), (): FormerItem => ({ item, ports: [] })).ports.push(ports);
  };
  let seen = 0;
  for (const unit of dead) {
    if (++seen % ITEMS_PER_PAUSE === 0) yield PAUSE;
    add(unit, [unit.ranges]);
  }
  for (const element of elementsOf(rules.filter(({ unsupported }) => unsupported.length > 0)).values()) {
    const written = unitsOf(element);
    for (const item of written.items) {
      if (++seen % ITEMS_PER_PAUSE === 0) yield PAUSE;
      if (wanted.has(peerContent(item))) add(item, written.ports);
    }
  }
  return items;
}

type Contained = 'yes' | 'no' | 'unknown';

interface Means {
  readonly facts: UniverseFacts;
  readonly looks: Budget;
}

function* isContained(unit: Unit, items: Iterable<FormerItem>, { facts, looks }: Means): Generator<Pause, Contained> {
  const covers = yield* coversOf(unit, items, looks);
  if (covers === undefined) return 'unknown';
  let answer: Contained = 'yes';
  for (const part of partsOf(unit)) {
    yield PAUSE;
    const { kind } = uncoveredProduct(part, covers, facts);
    if (kind === 'uncovered') return 'no';
    if (kind === 'undecided') answer = 'unknown';
  }
  return answer;
}

/** What of the old items can give a flow of the unit; undefined where that is too much. */
function* coversOf(
  unit: Unit,
  items: Iterable<FormerItem>,
  looks: Budget,
): Generator<Pause, readonly Deny[] | undefined> {
  const covers: Deny[] = [];
  let left = MOST_COVERING;
  let seen = 0;
  for (const { item, ports } of items) {
    if (++seen % ITEMS_PER_PAUSE === 0) yield PAUSE;
    if (!looks.spend()) return undefined;
    if (item.rule.direction !== unit.rule.direction) continue;
    const cover = { subject: item.rule.subject, peers: item.selectors, side: 'own' as const };
    if (!endsMeet(unit, cover)) continue;
    const ranges = yield* rangesMeeting(unit, ports, looks);
    if (ranges === undefined || ranges.length > left) return undefined;
    left -= ranges.length;
    if (ranges.length > 0) covers.push({ ...cover, ports: { kind: 'list', items: ranges } });
  }
  return covers;
}

function* rangesMeeting(
  unit: Unit,
  lists: readonly (readonly WrittenPort[])[],
  looks: Budget,
): Generator<Pause, readonly PortRange[] | undefined> {
  const meeting: PortRange[] = [];
  for (const ports of lists) {
    if (!looks.spend(ports.length)) return undefined;
    if (ports.length > ITEMS_PER_PAUSE) yield PAUSE;
    const met = ports.flat().filter((range) => unit.ranges.some((own) => rangesMeet(range, own)));
    for (const range of met) meeting.push(range);
  }
  return meeting;
}
