/**
 * How full a cluster is: the range of identities, and the policy maps, each with how sure its count is and why it is no surer.
 *
 * Identities that nobody uses count for the range, and have no map.
 * Cost: every class that has an endpoint counted once, a look at the rules of each, and who is in the fullest, with pauses.
 */
import { PAUSE, type Pause } from '../checks/check.ts';
import { doubtsAbout, entriesCertainty } from '../checks/facts/entries-certainty.ts';
import {
  allClasses,
  endpointsIn,
  exampleNode,
  exampleOf,
  examplePod,
  hasEndpoint,
  type ClassMembers,
} from '../checks/facts/class-members.ts';
import { entriesOf } from '../checks/facts/entries.ts';
import { identitiesInUse } from '../checks/facts/identities-in-use.ts';
import { namespaceOfIdentity } from '../checks/facts/namespace-of-identity.ts';
import { CERTAINTIES, type Certainty, type ClusterView } from '../cluster/view.ts';
import type { Capacity } from './results.ts';

const MOST_POLICY_MAPS = 20;

export function* capacityOf(view: ClusterView): Generator<Pause, Capacity> {
  const { space, inUse, unused } = yield* identitiesInUse(view);
  const maps = yield* countedMaps(view);
  return {
    identitySpace: space,
    identitiesInUse: inUse,
    identitiesUnused: unused,
    policyMapMax: view.settings.config.policyMapMax,
    policyMapCounts: tallyOf(maps),
    policyMaps: yield* fullest(maps, view),
  };
}

interface CountedMap extends ClassMembers {
  readonly entries: number;
  readonly certainty: Certainty;
}

function* countedMaps(view: ClusterView): Generator<Pause, readonly CountedMap[]> {
  const counted: CountedMap[] = [];
  for (const members of yield* allClasses(view)) {
    yield PAUSE;
    if (!hasEndpoint(members.identities, view)) continue;
    const entries = yield* entriesOf(members.policyClass, view);
    counted.push({ ...members, entries, certainty: entriesCertainty(view, members.policyClass) });
  }
  return counted;
}

/** Of those that there are, the surest first. */
function tallyOf(maps: readonly CountedMap[]): Capacity['policyMapCounts'] {
  return CERTAINTIES.map((certainty) => ({
    certainty,
    maps: maps.filter((map) => map.certainty === certainty).length,
  })).filter((tally) => tally.maps > 0);
}

type FullMap = Capacity['policyMaps'][number];

function* fullest(maps: readonly CountedMap[], view: ClusterView): Generator<Pause, readonly FullMap[]> {
  const lowest = ({ identities }: ClassMembers): number => exampleOf(identities, view) ?? identities[0] ?? 0;
  const sorted = [...maps].sort((a, b) => b.entries - a.entries || lowest(a) - lowest(b));
  const described: FullMap[] = [];
  for (const map of sorted.slice(0, MOST_POLICY_MAPS)) described.push(yield* fullMap(map, view));
  return described;
}

function* fullMap(
  { policyClass, identities, entries, certainty }: CountedMap,
  view: ClusterView,
): Generator<Pause, FullMap> {
  const identity = exampleOf(identities, view);
  const pod = yield* examplePod({ policyClass, identities }, view);
  const node = exampleNode(identities, view);
  return {
    identity: identity ?? 'new',
    namespace: namespaceOfIdentity(identity ?? identities[0] ?? 0, view) ?? '',
    ...(pod === undefined ? {} : { pod }),
    ...(node === undefined ? {} : { node }),
    endpoints: yield* endpointsIn({ policyClass, identities }, view),
    entries,
    certainty,
    doubts: doubtsAbout(view, policyClass).map(({ reason }) => reason),
  };
}
