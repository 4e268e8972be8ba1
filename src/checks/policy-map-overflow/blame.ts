/**
 * Who answers for a map that overflows: one tenant never pays for another.
 *
 * An author is refused where the map would overflow, and grow, also without what others bring: node-local identities that only
 * namespaced policies of other tenants call into being, and, where pods come to rules that are there already, what the rules
 * of others (clusterwide ones among them) add by themselves.
 * Cost: a count for each view where there is anything to leave out, and up to four more for the rules of others. Asked for only
 * where a map overflows.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Pause } from '../check.ts';
import { entriesOf, entriesOfRules } from '../facts/entries.ts';
import type { OwnNamespaces } from '../facts/own-namespaces.ts';
import { foreignPrefixes, type Identities } from './foreign-prefixes.ts';
import { overflows, type Blame, type Entries } from './growth.ts';

/** A map at a moment. */
export interface MapAt {
  readonly policyClass: PolicyClass;
  /** Of an endpoint that has it. */
  readonly labels: LabelArray;
  readonly view: ClusterView;
}

export interface MapChange {
  /** Absent for pods that had no map. */
  readonly before: MapAt | undefined;
  readonly after: MapAt;
}

/** What a tenant answers for. */
export class TenantBlame {
  readonly #isOwned: OwnNamespaces;
  readonly #limit: number;
  readonly #foreign = new Map<ClusterView, Identities>();

  constructor(isOwned: OwnNamespaces, limit: number) {
    this.#isOwned = isOwned;
    this.#limit = limit;
  }

  /** For a change of a policy of the tenant's. */
  *ofPolicy(change: MapChange): Generator<Pause, Blame> {
    return overflows(yield* this.#withoutPrefixes(change), this.#limit) ? 'author' : 'other-tenants';
  }

  /** For pods of the tenant's, that come to rules of several owners. */
  *ofPods(change: MapChange): Generator<Pause, Blame> {
    const all = yield* this.#withoutPrefixes(change);
    if (!overflows(all, this.#limit)) return 'other-tenants';
    const others = (yield* this.#ofOthers(change.after)) - (yield* this.#ofOthers(change.before));
    return overflows({ ...all, after: all.after - Math.max(0, others) }, this.#limit) ? 'author' : 'nobody';
  }

  *#withoutPrefixes({ before, after }: MapChange): Generator<Pause, Entries> {
    return { before: before === undefined ? 0 : yield* this.#entriesOf(before), after: yield* this.#entriesOf(after) };
  }

  *#entriesOf({ policyClass, labels, view }: MapAt): Generator<Pause, number> {
    const without = yield* this.#foreignIn(view);
    if (without.size === 0) return yield* entriesOf(policyClass, view);
    const { rules, ownPorts } = policyClass;
    return yield* entriesOfRules(rules, { labels, ownPorts }, { view, without });
  }

  /** What the rules of others bring without any of the tenant's, besides what every map has. */
  *#ofOthers(map: MapAt | undefined): Generator<Pause, number> {
    if (map === undefined) return 0;
    const { policyClass, labels, view } = map;
    const rules = policyClass.rules.filter(({ ref }) => !this.#isOwned(ref.object.namespace));
    if (rules.length === 0) return 0;
    const world = { view, without: yield* this.#foreignIn(view) };
    const owner = { labels, ownPorts: policyClass.ownPorts };
    return (yield* entriesOfRules(rules, owner, world)) - (yield* entriesOfRules([], owner, world));
  }

  *#foreignIn(view: ClusterView): Generator<Pause, Identities> {
    const known = this.#foreign.get(view);
    if (known !== undefined) return known;
    const foreign = yield* foreignPrefixes(this.#isOwned, view);
    this.#foreign.set(view, foreign);
    return foreign;
  }
}
