/**
 * Policy classes of a what-if that only adds identities: the same rules and prefixes.
 *
 * The counts of the layer below are kept, and what each new identity adds to a map is put on top.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { NamedPortMap } from '../../cilium/named-ports.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import type { IdentityRecord } from '../identities/identity-layer.ts';
import type { GainingClass, PolicyClass } from '../policy-class.ts';
import type { ClassComputer, Newcomer } from './class-computer.ts';
import type { ClassLayer } from './class-layer.ts';
import { computerOver, someIsUsed, type LayersBelow } from './layers-below.ts';
import { PolicyClasses } from './policy-classes.ts';

const IDENTITIES_PER_PAUSE = 64;

/** What pods that take other keys do to the identities. */
export interface KeyGrowth {
  /** That were none before. */
  readonly added: readonly IdentityRecord[];
  /** Keys that pods gain or lose. */
  readonly moved: readonly CanonicalKey[];
}

export class GrownClasses implements ClassLayer {
  readonly #base: ClassLayer;
  readonly #added: readonly IdentityRecord[];
  readonly #layers: LayersBelow;
  readonly #computer: ClassComputer;
  /** Below all what-ifs; undefined: another layer than that of the live cluster. */
  readonly #live: PolicyClasses | undefined;
  /** Since the live cluster. */
  readonly #growth: KeyGrowth;

  constructor(base: ClassLayer, { added, moved }: KeyGrowth, layers: LayersBelow) {
    const isGrown = base instanceof GrownClasses;
    this.#base = base;
    this.#added = added;
    this.#layers = layers;
    this.#computer = computerOver(layers);
    this.#live = isGrown ? base.#live : base instanceof PolicyClasses ? base : undefined;
    this.#growth = isGrown
      ? { added: [...base.#growth.added, ...added], moved: [...base.#growth.moved, ...moved] }
      : { added, moved };
  }

  classOf(labels: LabelArray, identity?: NumericIdentity, ports?: NamedPortMap): PolicyClass {
    return this.#base.classOf(labels, identity, ports);
  }

  *entriesSteps(policyClass: PolicyClass): Generator<undefined, number> {
    let entries = yield* this.#base.entriesSteps(policyClass);
    for (const [index, record] of this.#added.entries()) {
      entries += yield* this.#computer.gainedSteps(policyClass, record);
      if (index % IDENTITIES_PER_PAUSE === IDENTITIES_PER_PAUSE - 1) yield;
    }
    return entries;
  }

  policyMapSteps(policyClass: PolicyClass): Generator<undefined, PolicyMap> {
    return this.#computer.mapSteps(policyClass);
  }

  *membersOf(policyClass: PolicyClass): Iterable<NumericIdentity> {
    yield* this.#base.membersOf(policyClass);
    for (const record of this.#added) if (this.#isIn(record, policyClass)) yield record.id;
  }

  /** Cost: O(keys that moved): of the others it is known who is in use. */
  hasEndpoint(policyClass: PolicyClass): boolean {
    if (this.#live === undefined) return someIsUsed(this.membersOf(policyClass), this.#layers);
    const live = this.#live.membersByUse(policyClass);
    const used = live?.used ?? NOBODY;
    // No more of them than there are such keys may have lost what they had.
    const moved = this.#growth.moved.flatMap((key) => this.#layers.identities.withKey(key));
    if (used.size > moved.length) return true;
    if (someIsUsed(used, this.#layers)) return true;
    const added = new Map(this.#growth.added.map((record) => [record.id, record]));
    const gained = moved.filter((id) => live?.has(id) === true || this.#isIn(added.get(id), policyClass));
    return someIsUsed(gained, this.#layers);
  }

  #isIn(record: IdentityRecord | undefined, { key }: PolicyClass): boolean {
    return record !== undefined && this.#computer.rulesOf(record).some((rules) => rules.key === key);
  }

  gaining(newcomer: Newcomer): Iterable<GainingClass | undefined> {
    return this.#base.gaining(newcomer);
  }
}

const NOBODY: ReadonlySet<NumericIdentity> = new Set();
