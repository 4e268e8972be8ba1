/**
 * Policy classes of a what-if with other rules, other prefixes, or fewer identities: each class that is asked for is made and
 * counted again.
 *
 * Where all that came besides rules is a few identities of prefixes, the count of a class whose rules are as they were is that of
 * the cluster as it is, and what they add.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { NO_PORTS, type NamedPortMap } from '../../cilium/named-ports.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { IdentityRecord } from '../identities/identity-layer.ts';
import type { GainingClass, PolicyClass } from '../policy-class.ts';
import { isOfHosts, type ClassComputer, type ClassRules, type Newcomer } from './class-computer.ts';
import { isOfIdentitiesAlone } from './class-bounds.ts';
import type { ClassLayer, KeptClasses } from './class-layer.ts';
import { computerOver, someIsUsed, type LayersBelow } from './layers-below.ts';
import type { MadeClass } from './made-class.ts';

const IDENTITIES_PER_PAUSE = 64;
const CLASSES_PER_PAUSE = 64;
/** What more add is counted sooner from nothing. */
const MOST_ADDED = 32;

export class RecountedClasses implements ClassLayer {
  readonly #layers: LayersBelow;
  /** Absent where more than the rules and the prefixes may be others. */
  readonly #below: KeptClasses | undefined;
  readonly #computer: ClassComputer;
  readonly #classes = new Map<string, PolicyClass>();
  /** One of those with the same rules. */
  readonly #likes = new Map<string, MadeClass>();
  readonly #counts = new Map<string, number>();

  /** `below`: of the same cluster with other rules and prefixes. */
  constructor(layers: LayersBelow, below?: KeptClasses) {
    this.#layers = layers;
    this.#below = below;
    this.#computer = computerOver(layers);
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
    const count = this.#counts.get(policyClass.key) ?? (yield* this.#countSteps(policyClass));
    this.#counts.set(policyClass.key, count);
    return count;
  }

  #countSteps(policyClass: PolicyClass): Generator<undefined, number> {
    return this.#grownSteps(policyClass) ?? this.#computer.countSteps(policyClass);
  }

  #grownSteps(policyClass: PolicyClass): Generator<undefined, number> | undefined {
    const { added } = this.#layers.nodes;
    if (this.#below === undefined || !added.isAll || added.size > MOST_ADDED) return undefined;
    return isOfIdentitiesAlone(policyClass)
      ? this.#below.grownSteps(policyClass, this.#newcomers(added.ids))
      : undefined;
  }

  *#newcomers(ids: Iterable<NumericIdentity>): Iterable<Newcomer> {
    for (const id of ids) yield { id, labels: this.#layers.nodes.labelsOf(id) ?? [] };
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
