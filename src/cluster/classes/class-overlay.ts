/**
 * What-if layers over the policy classes.
 *
 * Where a change only adds identities, the counts of the layer below are kept and what each new identity adds to a map is put
 * on top. Anything else (other rules, other prefixes, identities gone) is counted again, but only for classes that are asked
 * for.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import { NO_PORTS, type NamedPortMap } from '../../cilium/named-ports.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import { ClassComputer, isOfHosts, type ClassRules, type Newcomer } from './class-computer.ts';
import type { ClassLayer } from './class-layer.ts';
import { isHostEndpoint } from '../identities/host-endpoints.ts';
import { PolicyClasses } from './policy-classes.ts';
import type { GainingClass } from '../policy-class.ts';
import type { IdentityRecord } from '../identities/identity-layer.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { Layers } from '../layers.ts';
import type { PolicyClass } from '../policy-class.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

const IDENTITIES_PER_PAUSE = 64;
const CLASSES_PER_PAUSE = 64;

/** What pods that take other keys do to the identities. */
export interface KeyGrowth {
  /** That were none before. */
  readonly added: readonly IdentityRecord[];
  /** Keys that pods gain or lose. */
  readonly moved: readonly CanonicalKey[];
}

/** The same rules and prefixes, more identities. */
export class GrownClasses implements ClassLayer {
  readonly #base: ClassLayer;
  readonly #added: readonly IdentityRecord[];
  readonly #layers: Omit<Layers, 'classes'>;
  readonly #computer: ClassComputer;
  /** Below all what-ifs; undefined: another layer than that of the live cluster. */
  readonly #live: PolicyClasses | undefined;
  /** Since the live cluster. */
  readonly #growth: KeyGrowth;

  /** `layers` are those after the change; only what does not depend on classes is read from them. */
  constructor(base: ClassLayer, { added, moved }: KeyGrowth, layers: Omit<Layers, 'classes'>) {
    const isGrown = base instanceof GrownClasses;
    this.#base = base;
    this.#added = added;
    this.#layers = layers;
    this.#computer = computerOf(layers);
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

/** Other rules, other prefixes, or identities gone: every class that is asked for is made and counted again. */
export class RecountedClasses implements ClassLayer {
  readonly #layers: Omit<Layers, 'classes'>;
  readonly #computer: ClassComputer;
  readonly #classes = new Map<string, PolicyClass>();
  /** One of those with the same rules. */
  readonly #likes = new Map<string, PolicyClass>();
  readonly #counts = new Map<string, number>();

  constructor(layers: Omit<Layers, 'classes'>) {
    this.#layers = layers;
    this.#computer = computerOf(layers);
  }

  classOf(labels: LabelArray, identity?: NumericIdentity, ports: NamedPortMap = NO_PORTS): PolicyClass {
    return this.#made(this.#computer.rulesFor(labels, identity, ports));
  }

  #made(rules: ClassRules): PolicyClass {
    return getOrMake(this.#classes, rules.key, () => {
      const like = getOrMake(this.#likes, rules.rulesKey, () => this.#computer.make(rules));
      return this.#computer.make(rules, like);
    });
  }

  *entriesSteps(policyClass: PolicyClass): Generator<undefined, number> {
    const count = this.#counts.get(policyClass.key) ?? (yield* this.#computer.countSteps(policyClass));
    this.#counts.set(policyClass.key, count);
    return count;
  }

  policyMapSteps(policyClass: PolicyClass): Generator<undefined, PolicyMap> {
    return this.#computer.mapSteps(policyClass);
  }

  *membersOf(policyClass: PolicyClass): Iterable<NumericIdentity> {
    for (const record of this.#candidates(policyClass)) {
      if (this.#computer.rulesOf(record).some(({ key }) => key === policyClass.key)) yield record.id;
    }
  }

  hasEndpoint(policyClass: PolicyClass): boolean {
    return someIsUsed(this.membersOf(policyClass), this.#layers);
  }

  *gaining(newcomer: Newcomer): Generator<GainingClass | undefined, void> {
    const seen = new Set<string>();
    let looked = 0;
    for (const record of this.#everyone()) {
      if (++looked % IDENTITIES_PER_PAUSE === 0) yield;
      for (const rules of this.#computer.rulesOf(record)) {
        if (seen.has(rules.key)) continue;
        seen.add(rules.key);
        if (seen.size % CLASSES_PER_PAUSE === 0) yield;
        const policyClass = this.#made(rules);
        const gained = yield* this.#computer.gainedSteps(policyClass, newcomer);
        if (gained > 0) yield { policyClass, gained };
      }
    }
  }

  *#everyone(): Iterable<IdentityRecord> {
    const { identities, hosts } = this.#layers;
    for (const id of identities.all()) {
      const record = identities.record(id);
      if (record !== undefined) yield record;
    }
    yield* hosts.records();
  }

  /** Identities that the most selective rule of the class selects; all of them for the class without rules. */
  *#candidates(policyClass: PolicyClass): Iterable<IdentityRecord> {
    const { identities, hosts } = this.#layers;
    if (isOfHosts(policyClass)) {
      yield* hosts.records();
      return;
    }
    let fewest: Iterable<NumericIdentity> = identities.all();
    let size = Number.POSITIVE_INFINITY;
    // Thousands of rules share one.
    for (const subject of new Set(policyClass.rules.map((rule) => rule.subject))) {
      const selected = identities.matching(subject);
      if (selected.length < size) [fewest, size] = [selected, selected.length];
    }
    for (const id of fewest) {
      const record = identities.record(id);
      if (record !== undefined) yield record;
    }
  }
}

function computerOf(layers: Omit<Layers, 'classes'>): ClassComputer {
  const { settings, policies, ports } = layers;
  return new ClassComputer({ settings, policies, ports, known: () => layers });
}

const NOBODY: ReadonlySet<NumericIdentity> = new Set();

function someIsUsed(ids: Iterable<NumericIdentity>, { identities, hosts }: Omit<Layers, 'classes'>): boolean {
  for (const id of ids) {
    if (isHostEndpoint(id) && hosts.nodesWith(id).size > 0) return true;
    const key = identities.record(id)?.key;
    if (key !== undefined && identities.podCount(key) + identities.endpointCount(key) > 0) return true;
  }
  return false;
}
