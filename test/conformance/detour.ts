/**
 * A world that is brought about in another way: its objects in a random order, some of them first as another object of their kind,
 * beside objects that are gone in the end, and with questions in between.
 */
import { refOf, type ClusterObject } from '../../src/cilium/objects.ts';
import type { ClusterEvent } from '../../src/cluster/events.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { AskedCluster } from '../incremental/asked-cluster.ts';
import type { Question } from '../incremental/steps.ts';
import { below, pick, type Random } from '../support/hostile-random.ts';

interface Placed {
  readonly at: number;
  readonly event: ClusterEvent;
}

type Upsert = Extract<ClusterEvent, { readonly type: 'upsert' }>;

/** What is left in the end are these events; whatever is asked in between is answered. */
export function bringByDetour(store: ClusterStore, events: readonly ClusterEvent[], random: Random): void {
  const asked = new AskedCluster(store);
  const placed = events.flatMap((event) => [...detour(event, events, random)]);
  for (const { event } of placed.sort((a, b) => a.at - b.at)) {
    store.apply(event);
    if (random() < 0.3) asked.ask(question(random));
  }
}

function question(random: Random): Question {
  const number = below(1_000_000, random);
  const chance = random();
  if (chance < 0.3) return { about: 'go-on', steps: number };
  if (chance < 0.5) return { about: 'count-meanwhile', pick: number };
  return { about: pick(['count', 'count', 'identity', 'settled'] as const, random), pick: number };
}

/** The event at its time, what comes and goes before it, and what comes beside it and goes. */
function* detour(event: ClusterEvent, events: readonly ClusterEvent[], random: Random): Iterable<Placed> {
  const at = random();
  yield { at, event };
  if (event.type === 'dns-cache') yield { at: at * random(), event: { ...event, answers: new Map() } };
  if (event.type !== 'upsert') return;
  const chance = random();
  if (chance < 0.3) yield { at: at * random(), event: { ...event, object: inPlaceOf(event.object, events, random) } };
  if (chance > 0.7) yield* passing(event.object, random);
  if (chance > 0.4 && chance < 0.5) yield* beforeAndGone(event, at, random);
}

/** Another of its kind, under its name. */
function inPlaceOf(object: ClusterObject, events: readonly ClusterEvent[], random: Random): ClusterObject {
  const alike = events.filter((event): event is Upsert => event.type === 'upsert' && event.object.kind === object.kind);
  const other = pick(alike, random).object;
  return { ...other, ...nameOf(object) };
}

/** The same under another name, for a while. */
function* passing(object: ClusterObject, random: Random): Iterable<Placed> {
  const number = 60_000 + below(1_000, random);
  const name = object.kind === 'CiliumIdentity' ? { name: String(number), id: number } : { name: `passing-${number}` };
  const copy = { ...object, ...name } as ClusterObject;
  const [came, gone] = [random(), random()].sort();
  yield { at: came ?? 0, event: { type: 'upsert', object: copy } };
  yield { at: gone ?? 1, event: { type: 'delete', ref: refOf(copy) } };
}

/** It was there, and was deleted. */
function* beforeAndGone(event: Upsert, at: number, random: Random): Iterable<Placed> {
  const gone = at * random();
  yield { at: gone * random(), event };
  yield { at: gone, event: { type: 'delete', ref: refOf(event.object) } };
}

function nameOf(object: ClusterObject) {
  const namespace = 'namespace' in object ? { namespace: object.namespace } : {};
  return { name: object.name, ...namespace, ...(object.kind === 'CiliumIdentity' ? { id: object.id } : {}) };
}
