/**
 * One direction of a policy: its filters, or the allow-all where it is not enforced, and the allow of the local host.
 *
 * Mirrors DistillPolicy, allowAllIdentities and determineAllowLocalhostIngress (pkg/policy resolve.go, mapstate.go).
 */
import { Pace } from '../../pace.ts';
import { authenticates } from '../authenticated-filters.ts';
import { wildcardFor, wildcardIdentities } from './aggregates.ts';
import { ColumnBuilder, type Columns, type MapInputs } from './contributions.ts';
import { distillAuthenticated } from './distill-authenticated.ts';
import { distill, type EntrySink } from './distill.ts';
import { IdentitySlots } from './identity-slots.ts';
import { L3_KEY, type L4Key } from './l4-key.ts';
import type { OriginIndex, Origins } from './origin-table.ts';
import { NORMAL_PRIORITY, precedenceOf, type Precedence } from '../precedence.ts';
import { HOST_IDENTITY, type SelectorPolicy } from '../resolve.ts';
import type { Direction } from '../rule.ts';

export interface DirectionInputs extends MapInputs {
  readonly origins: Origins;
}

const ALLOW = precedenceOf(NORMAL_PRIORITY, { effect: 'allow' });

/** `open` is told the identity of each slot and gives what takes the entries. Yields where the caller may pause. */
export function* distillDirection(
  direction: Direction,
  policy: SelectorPolicy,
  inputs: DirectionInputs,
  open: (ids: Uint32Array) => EntrySink,
): Generator<undefined, void> {
  const isAuthenticated = authenticates(policy[direction].filters);
  // Put in last, where an allow meets only keys of its own identity.
  const hostEntry = isAuthenticated && policy.hostEntry === 'ordinary' ? 'unless-denied' : policy.hostEntry;
  const columns = yield* columnsOf(direction, { ...policy, hostEntry }, inputs);
  yield;
  const slots = yield* slotsOf(columns);
  yield;
  const sink = open(slots.ids);
  const wildcards = wildcardSlots(slots, inputs);
  const aggregates = inputs.context.profile.aggregateIdentities;
  const options = { slots, wildcards, aggregates, origins: inputs.origins, undecided: inputs.undecided ?? 'fewest' };
  const distilled = isAuthenticated ? distillAuthenticated : distill;
  if (direction !== 'ingress' || hostEntry !== 'unless-denied') {
    yield* distilled(columns, sink, options);
    return;
  }
  const watched = new HostWatch(sink, slots.slotOf(HOST_IDENTITY));
  yield* distilled(columns, watched, options);
  watched.finish();
}

function* columnsOf(
  direction: Direction,
  policy: SelectorPolicy,
  inputs: DirectionInputs,
): Generator<undefined, Columns> {
  const builder = new ColumnBuilder(inputs, inputs.origins);
  const { enforced, filters } = policy[direction];
  if (!enforced) builder.addEveryone(ALLOW);
  for (const filter of filters) yield* builder.addFilter(filter, direction);
  if (direction === 'ingress' && policy.hostEntry === 'ordinary') builder.addIdentity(HOST_IDENTITY, ALLOW);
  return builder.columns;
}

const STEPS_PER_PAUSE = 2 ** 15;

/** The host has a slot in any case: its entry may be added last. */
function* slotsOf(columns: Columns): Generator<undefined, IdentitySlots> {
  const slots = new IdentitySlots();
  const seen = new WeakSet<Uint32Array>();
  const pace = new Pace(STEPS_PER_PAUSE);
  slots.add([HOST_IDENTITY]);
  for (const column of columns.values()) {
    for (const { ids } of column) {
      const set = ids();
      if (!seen.has(set)) {
        seen.add(set);
        slots.add(set);
        pace.take(set.length);
      }
      if (pace.isPauseDue(1)) yield;
    }
  }
  slots.seal();
  return slots;
}

function wildcardSlots(slots: IdentitySlots, { context }: MapInputs): Int32Array {
  const wildcards = new Set(wildcardIdentities(context));
  return Int32Array.from(slots.ids, (id) => (wildcards.has(id) ? -1 : slots.slotOf(wildcardFor(id, context))));
}

/** Until 1.19.0 the allow of the host comes last: only an entry that denies the host itself keeps it out. */
class HostWatch implements EntrySink {
  readonly #sink: EntrySink;
  readonly #host: number;
  #seen = false;

  constructor(sink: EntrySink, host: number) {
    this.#sink = sink;
    this.#host = host;
  }

  take(slot: number, key: L4Key, precedence: Precedence, origin: OriginIndex): void {
    if (slot === this.#host && key === L3_KEY) this.#seen = true;
    this.#sink.take(slot, key, precedence, origin);
  }

  finish(): void {
    if (!this.#seen) this.#sink.take(this.#host, L3_KEY, ALLOW, 0);
  }
}
