/**
 * A policy class of the live cluster: who is in it, and how many entries its map has.
 *
 * What an identity that comes or goes adds to the count is owed until somebody asks: one more pod of a namespace that every
 * policy map lets in touches every class, and the event does not wait for all of them.
 * Invariant: a count that is known, with what is owed put on top, equals a count from nothing; the bound is never below it, and
 * outlasts a count that is given up because too much is owed. Before any count it is what the rules ask for.
 * Cost: an identity O(1); a question O(identities owed), which are few, or a count.
 */
import { classBounds, type ClassBounds } from './class-bounds.ts';
import type { ClassComputer } from './class-computer.ts';
import type { KeptClass } from './class-layer.ts';
import type { MadeClass } from './made-class.ts';
import { MembersByUse } from './members-by-use.ts';
import type { IdentityRecord } from '../identities/identity-layer.ts';
import type { PolicyClass } from '../policy-class.ts';
import { portName, type PortName } from '../ports/port-name.ts';

interface Owed {
  readonly record: IdentityRecord;
  readonly sign: 1 | -1;
}

/** More than this, and a count from nothing is cheaper. */
const MOST_OWED = 32;

export class LiveClass implements KeptClass {
  readonly policyClass: MadeClass;
  /** The names of ports that its egress rules ask for. */
  readonly egressNames: readonly PortName[];
  readonly bounds: ClassBounds;
  readonly members = new MembersByUse();
  #count: number | undefined;
  #mostEntries = Number.POSITIVE_INFINITY;
  readonly #boundMoved: (live: LiveClass) => void;
  readonly #owed: Owed[] = [];
  /** Counts what may change the count. */
  #moves = 0;

  /** `boundMoved`: told whenever the bound of its entries is another one. `like`: a class of the same rules. */
  constructor(policyClass: MadeClass, boundMoved: (live: LiveClass) => void, like?: LiveClass) {
    this.policyClass = policyClass;
    this.#boundMoved = boundMoved;
    this.egressNames = like?.egressNames ?? egressNames(policyClass);
    this.bounds = like?.bounds ?? classBounds(policyClass);
    // What of its policy finds the class, and what bounds its map, is known now.
    if (like === undefined) policyClass.letPolicyGo();
  }

  get mostEntries(): number {
    return this.#mostEntries;
  }

  /** What its rules say of it now. One that they do not tell to be small is left to a count, which says more. */
  boundByRules(computer: ClassComputer, smallMap: number): void {
    if (this.#mostEntries < Number.POSITIVE_INFINITY) return;
    const most = computer.mostEntries(this.policyClass);
    if (most < smallMap) this.#bound(most);
  }

  /** An identity that a peer of the class selects came (1) or went (-1). */
  owe(record: IdentityRecord, sign: 1 | -1): void {
    this.#moves += 1;
    if (sign > 0 && this.#mostEntries < Number.POSITIVE_INFINITY)
      this.#bound(this.#mostEntries + this.bounds.mostOfOne);
    if (this.#count === undefined) return;
    if (this.#owed.length === MOST_OWED) this.#giveUpCount();
    else this.#owed.push({ record, sign });
  }

  /** So many identities of prefixes came, and others went. */
  prefixesChanged(came: number): void {
    if (this.#mostEntries === Number.POSITIVE_INFINITY || !this.bounds.isOfIdentitiesAlone) {
      this.forgetCount();
      return;
    }
    this.#moves += 1;
    this.#giveUpCount();
    this.#bound(this.#mostEntries + came * this.bounds.mostOfOne);
  }

  forgetCount(): void {
    this.#moves += 1;
    this.#giveUpCount();
    this.#bound(Number.POSITIVE_INFINITY);
  }

  #bound(entries: number): void {
    if (entries === this.#mostEntries) return;
    this.#mostEntries = entries;
    this.#boundMoved(this);
  }

  #giveUpCount(): void {
    this.#count = undefined;
    this.#owed.length = 0;
  }

  /** Yields where the caller may pause, and the cluster go on. */
  *countSteps(computer: ClassComputer): Generator<undefined, number> {
    while (this.#count !== undefined) {
      const owed = this.#owed.at(-1);
      if (owed === undefined) {
        this.#bound(this.#count);
        return this.#count;
      }
      this.#pay(owed, yield* computer.gainedSteps(this.policyClass, owed.record));
      yield;
    }
    return yield* this.#freshCountSteps(computer);
  }

  /** What is no longer owed was forgotten meanwhile, or put on top by somebody else who asked. */
  #pay(owed: Owed, gained: number): void {
    if (this.#count === undefined || this.#owed.at(-1) !== owed) return;
    this.#owed.pop();
    this.#count += owed.sign * gained;
  }

  /** What is counted while the cluster goes on is the count of the cluster as it was: it is kept only if nothing moved. */
  *#freshCountSteps(computer: ClassComputer): Generator<undefined, number> {
    const moves = this.#moves;
    const count = yield* computer.countSteps(this.policyClass);
    if (moves === this.#moves) {
      this.#count = count;
      this.#bound(count);
    }
    return count;
  }
}

function egressNames({ policy }: PolicyClass): readonly PortName[] {
  return policy.egress.filters.flatMap(({ port }) =>
    port.kind === 'name' ? [portName(port.name, port.protocol)] : [],
  );
}
