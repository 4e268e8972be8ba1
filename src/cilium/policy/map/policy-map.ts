/**
 * The policy map of an endpoint: entries by direction, identity, protocol and port.
 *
 * Mirrors the keys and values of the BPF policy map (pkg/maps/policymap). Kept as columns: 16 bytes an entry.
 * Cost: entries of one identity O(log identities + entries of that identity).
 */
import { placeIn } from '../../identity/identity-set.ts';
import type { RuleRef } from '../../objects.ts';
import type { Side } from './entry-list.ts';
import { portOf, prefixLengthOf, protocolOf } from './l4-key.ts';
import type { OriginTable } from './origin-table.ts';
import { effectOf, type Outcome, type Precedence } from '../precedence.ts';
import type { Direction, Protocol } from '../rule.ts';

export interface PolicyMapEntry {
  readonly direction: Direction;
  /** The peer; 0 and the aggregates stand for every identity that has no entry of its own. */
  readonly identity: number;
  /** 0: any. */
  readonly protocol: Protocol;
  readonly port: number;
  /** 16: this port alone; 0: every port. */
  readonly prefixLength: number;
  readonly effect: Outcome['effect'];
  readonly precedence: Precedence;
  /** The peer items, or rules, that say so; empty for what the agent adds itself. */
  readonly origins: readonly RuleRef[];
}

export class PolicyMap {
  readonly #sides: Readonly<Record<Direction, Side>>;
  readonly #origins: OriginTable;
  readonly #wildcardFor: (identity: number) => number;

  constructor(
    sides: Readonly<Record<Direction, Side>>,
    origins: OriginTable,
    wildcardFor: (identity: number) => number,
  ) {
    this.#sides = sides;
    this.#origins = origins;
    this.#wildcardFor = wildcardFor;
  }

  /** What the agent compares with `bpf-policy-map-max`. */
  get size(): number {
    return this.#sides.ingress.keys.length + this.#sides.egress.keys.length;
  }

  *entries(): Iterable<PolicyMapEntry> {
    for (const direction of ['ingress', 'egress'] as const) {
      for (const slot of this.#sides[direction].ids.keys()) yield* this.#inSlot(direction, slot);
    }
  }

  /** Entries with exactly this identity, broad before narrow. */
  *entriesOf(direction: Direction, identity: number): Iterable<PolicyMapEntry> {
    const side = this.#sides[direction];
    const slot = placeIn(side.ids, identity);
    if (side.ids[slot] === identity) yield* this.#inSlot(direction, slot);
  }

  *#inSlot(direction: Direction, slot: number): Iterable<PolicyMapEntry> {
    const { ids, starts } = this.#sides[direction];
    const end = starts[slot + 1] ?? 0;
    for (let index = starts[slot] ?? 0; index < end; index += 1) yield this.#entry(direction, ids[slot] ?? 0, index);
  }

  /** The wildcard that the datapath falls back to for an identity; itself for a wildcard. */
  wildcardFor(identity: number): number {
    return this.#wildcardFor(identity);
  }

  #entry(direction: Direction, identity: number, index: number): PolicyMapEntry {
    const side = this.#sides[direction];
    const key = side.keys[index] ?? 0;
    const precedence = side.precedences[index] ?? 0;
    return {
      direction,
      identity,
      protocol: protocolOf(key),
      port: portOf(key),
      prefixLength: prefixLengthOf(key),
      effect: effectOf(precedence),
      precedence,
      origins: this.#origins.at(side.origins[index] ?? 0),
    };
  }
}
