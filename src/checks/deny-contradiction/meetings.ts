/**
 * The units of a rule element that some deny can meet, each with those that can.
 *
 * Cost: O(items x denies) and O(ports x denies); of what no deny meets nothing is made. A pause before each item.
 */
import { PAUSE, type Pause } from '../check.ts';
import type { ClusterwideDeny } from './denies.ts';
import { meetingEnds, PortMeetings } from './overlap.ts';
import type { ElementUnits, Unit } from './units.ts';

export interface Meeting {
  readonly unit: Unit;
  /** Not empty. */
  readonly denies: readonly ClusterwideDeny[];
}

export function* meetings(
  { items, ports }: ElementUnits,
  denies: readonly ClusterwideDeny[],
): Iterable<Pause | Meeting> {
  const met = new PortMeetings(ports);
  for (const item of items) {
    yield PAUSE;
    for (const port of met.ofDenies(meetingEnds(item, denies))) {
      yield port === PAUSE ? PAUSE : { unit: { ...item, ranges: port.ranges }, denies: port.denies };
    }
  }
}
