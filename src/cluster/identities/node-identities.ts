/**
 * The identities that every agent knows, as the cluster stands.
 *
 * Mirrors pkg/identity (reserved and well-known) and pkg/policy/cell/policy_importer.go (every agent imports every policy, so
 * every prefix is an identity on every node).
 * Invariant: a node-local identity for each label set that some prefix has. What is there from the start is numbered in the
 * order of its labels; what comes later gets the next number.
 * Cost: made in O(n log n); a change of policies what it names anew or no longer, see label-set-changes.ts; a selector see
 * node-selections.ts. Answers are kept until something changes, as many as fit in a bounded room.
 */
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import { canonicalKey, compareBytes, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import {
  reservedIdentities,
  userReservedIdentities,
  wellKnownIdentities,
  type NumericIdentity,
} from '../../cilium/identity/numeric-identity.ts';
import {
  PrefixLabels,
  type LabelledPrefix,
  type PrefixChange,
  type PrefixLabelSet,
} from '../../cilium/policy/prefixes/local-identities.ts';
import { fixedNumberOf, isOfHost, joinedLabels } from '../../cilium/policy/prefixes/in-cluster.ts';
import { HOST_IDENTITY } from '../../cilium/policy/resolve.ts';
import type { EndpointSelector, SelectorKey } from '../../cilium/policy/selector.ts';
import { runToEnd } from '../../cilium/run-to-end.ts';
import type { Settings } from '../settings.ts';
import { labelSetChanges } from './label-set-changes.ts';
import { hasFixedNumber, scopeBaseOf, type AddedNodes, type NodeLayer } from './node-layer.ts';
import { NodeSelections } from './node-selections.ts';

/** Identities of the answers and characters of their selectors together: some tens of megabytes. */
const ANSWERS_ROOM = 2 ** 22;

interface Local {
  readonly id: NumericIdentity;
  /** Prefixes that have its labels. */
  uses: number;
}

export class NodeIdentities implements NodeLayer {
  readonly settings: Settings;
  readonly prefixes: PrefixLabels;
  readonly #below: NodeLayer | undefined;
  readonly #table = new NodeSelections();
  readonly #locals = new Map<CanonicalKey, Local>();
  #numbered = 0;
  readonly #answers = new Map<SelectorKey, IdentitySet>();
  #room = ANSWERS_ROOM;

  /** `below`: what a what-if takes these in place of. */
  constructor(settings: Settings, named: Iterable<string>, labelled: Iterable<LabelledPrefix>, below?: NodeLayer) {
    this.settings = settings;
    this.prefixes = new PrefixLabels(settings, named, labelled);
    this.#below = below;
    const sets = new Map<CanonicalKey, { readonly set: PrefixLabelSet; uses: number }>();
    for (const set of this.prefixes.labelSets()) {
      const key = canonicalKey(set.labels);
      sets.set(key, { set, uses: (sets.get(key)?.uses ?? 0) + 1 });
    }
    const hosts = [...sets.values()].flatMap(({ set }) => (isOfHost(set.labels) ? [set.labels] : []));
    if (hosts.length > 0) this.#table.addWhole(HOST_IDENTITY, joinedLabels(hosts));
    for (const [id, labels] of fixedIdentities(settings)) {
      if (id !== HOST_IDENTITY || hosts.length === 0) this.#table.add(id, labels);
    }
    for (const [key, { set, uses }] of [...sets].sort(([a], [b]) => compareBytes(a, b))) this.#use(key, set, uses);
  }

  get added(): AddedNodes {
    const ids = new Set<NumericIdentity>();
    if (this.#below !== undefined) {
      for (const [key, { id }] of this.#locals) if (this.#below.numberOf(key) === undefined) ids.add(id);
    }
    const isAll = this.#below === undefined;
    return { ids, size: ids.size, isAll, matching: (selector) => this.matching(selector).filter((id) => ids.has(id)) };
  }

  /** Policies name prefixes that none named before, or no longer name others. Returns how many label sets may be new. */
  change(change: PrefixChange): number {
    let more = 0;
    for (const [key, { set, uses }] of runToEnd(labelSetChanges(this.prefixes, change))) {
      if (uses > 0) more += 1;
      this.#use(key, set, uses);
    }
    this.#forgetAnswers();
    return more;
  }

  labelsOf(identity: NumericIdentity): LabelArray | undefined {
    return this.#table.labelsOf(identity);
  }

  all(): Iterable<NumericIdentity> {
    return [...this.#table.ids()].sort((a, b) => a - b);
  }

  numberOf(key: CanonicalKey): NumericIdentity | undefined {
    return this.#locals.get(key)?.id;
  }

  usesOf(key: CanonicalKey): number {
    return this.#locals.get(key)?.uses ?? 0;
  }

  matching(selector: EndpointSelector): IdentitySet {
    const known = this.#answers.get(selector.key);
    if (known !== undefined) return known;
    const answer = this.#table.of(selector);
    if (this.#room < 0) this.#forgetAnswers();
    this.#answers.set(selector.key, answer);
    this.#room -= answer.length + selector.key.length;
    return answer;
  }

  #use(key: CanonicalKey, set: PrefixLabelSet, by: number): void {
    const local = this.#locals.get(key);
    if (local === undefined) {
      if (by <= 0) return;
      const fixed = fixedNumberOf(set.labels, this.settings);
      const id = fixed ?? this.#freeNumber(scopeBaseOf(set.labels));
      this.#locals.set(key, { id, uses: by });
      if (fixed === undefined) this.#table.add(id, set.labels, set.cidr);
      return;
    }
    local.uses += by;
    if (local.uses > 0) return;
    this.#locals.delete(key);
    if (!hasFixedNumber(local.id)) this.#table.remove(local.id);
  }

  /** The lower half of the scope comes round after eight million; what-ifs number from its other end. */
  #freeNumber(base: number): NumericIdentity {
    for (;;) {
      const id = base + 1 + (this.#numbered++ % MOST_LOCALS);
      if (this.#table.labelsOf(id) === undefined) return id;
    }
  }

  #forgetAnswers(): void {
    this.#answers.clear();
    this.#room = ANSWERS_ROOM;
  }
}

const MOST_LOCALS = 2 ** 23;

function* fixedIdentities({ profile, config }: Settings): Iterable<[NumericIdentity, LabelArray]> {
  for (const { id, labels } of reservedIdentities(profile)) if (labels.length > 0) yield [id, labels];
  for (const { id, labels } of userReservedIdentities(config)) yield [id, labels];
  if (!config.wellKnownIdentities) return;
  for (const { id, labels } of wellKnownIdentities(config)) yield [id, labels];
}
