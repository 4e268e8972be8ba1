/**
 * The identities that every agent knows besides those of the cluster: reserved, well-known, and the node-local ones that
 * policies and CIDR groups call into being by naming prefixes.
 *
 * Mirrors pkg/identity (reserved and well-known) and pkg/policy/cell/policy_importer.go (every agent imports every policy, so
 * every prefix is an identity on every node). Immutable: another set of prefixes is another object.
 * Invariant: node-local numbers follow the order of the keys, so that the order of arrival changes nothing. They are made up:
 * an agent numbers its own.
 * Cost: see node-selections.ts; answers are kept, as many as fit in a bounded room.
 */
import { canonicalKey, compareBytes, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import {
  LOCAL_SCOPE_BASE,
  reservedIdentities,
  userReservedIdentities,
  wellKnownIdentities,
} from '../../cilium/identity/numeric-identity.ts';
import type { CiliumCIDRGroup } from '../../cilium/objects.ts';
import { parseAddress, worldLabel, type Prefix } from '../../cilium/policy/cidr.ts';
import { groupPrefixes, PrefixLabels, type PrefixLabelSet } from '../../cilium/policy/local-identities.ts';
import type { EndpointSelector, SelectorKey } from '../../cilium/policy/selector.ts';
import { NodeSelections } from './node-selections.ts';
import type { Settings } from '../settings.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

/** Identities of the answers and characters of their selectors together: some tens of megabytes. */
const ANSWERS_ROOM = 2 ** 22;

export class NodeIdentities {
  readonly #labels: ReadonlyMap<NumericIdentity, LabelArray>;
  readonly #locals: Locals;
  readonly #selections: NodeSelections;
  readonly #answers = new Map<SelectorKey, IdentitySet>();
  #room = ANSWERS_ROOM;

  constructor(settings: Settings, prefixes: ReadonlySet<string>, groups: Iterable<CiliumCIDRGroup>) {
    this.#locals = new Locals(settings, prefixes, groups);
    this.#labels = new Map([...fixedIdentities(settings), ...this.#locals.numbered()]);
    this.#selections = new NodeSelections(this.#labels, this.#locals.prefixed());
  }

  labelsOf(identity: NumericIdentity): LabelArray | undefined {
    return this.#labels.get(identity);
  }

  /** Ascending: reserved, well-known, node-local. */
  all(): Iterable<NumericIdentity> {
    return [...this.#labels.keys()].sort((a, b) => a - b);
  }

  /** The identity of the longest prefix around an address, else that of the world; undefined if it is no address. */
  identityOfAddress(address: string): NumericIdentity | undefined {
    return this.#locals.identityOf(address);
  }

  matching(selector: EndpointSelector): IdentitySet {
    const known = this.#answers.get(selector.key);
    if (known !== undefined) return known;
    const answer = this.#selections.of(selector);
    if (this.#room < 0) {
      this.#answers.clear();
      this.#room = ANSWERS_ROOM;
    }
    this.#answers.set(selector.key, answer);
    this.#room -= answer.length + selector.key.length;
    return answer;
  }
}

function* fixedIdentities({ profile, config }: Settings): Iterable<[NumericIdentity, LabelArray]> {
  for (const { id, labels } of reservedIdentities(profile)) if (labels.length > 0) yield [id, labels];
  for (const { id, labels } of userReservedIdentities(config)) yield [id, labels];
  if (!config.wellKnownIdentities) return;
  for (const { id, labels } of wellKnownIdentities(config)) yield [id, labels];
}

/** Node-local identities: one for each distinct label set of the prefixes that policies and groups name. */
class Locals {
  readonly #settings: Settings;
  readonly #prefixes: PrefixLabels;
  readonly #numbers: ReadonlyMap<CanonicalKey, NumericIdentity>;
  readonly #sets: readonly PrefixLabelSet[];

  constructor(settings: Settings, prefixes: ReadonlySet<string>, groups: Iterable<CiliumCIDRGroup>) {
    this.#settings = settings;
    this.#prefixes = new PrefixLabels(settings, prefixes, groupPrefixes(groups, settings.profile));
    const sets = new Map<CanonicalKey, PrefixLabelSet>();
    for (const set of this.#prefixes.labelSets()) sets.set(canonicalKey(set.labels), set);
    const sorted = [...sets].sort(([a], [b]) => compareBytes(a, b));
    this.#sets = sorted.map(([, set]) => set);
    this.#numbers = new Map(sorted.map(([key], index) => [key, numberAt(index)]));
  }

  *numbered(): Iterable<[NumericIdentity, LabelArray]> {
    for (const [index, { labels }] of this.#sets.entries()) yield [numberAt(index), labels];
  }

  /** The prefix of the cidr label, of those that have one. */
  *prefixed(): Iterable<[NumericIdentity, Prefix]> {
    for (const [index, { cidr }] of this.#sets.entries()) if (cidr !== undefined) yield [numberAt(index), cidr];
  }

  identityOf(address: string): NumericIdentity | undefined {
    const prefix = parseAddress(address);
    if (prefix === undefined) return undefined;
    const nearest = this.#prefixes.nearest(prefix);
    const local = nearest === undefined ? undefined : this.#numbers.get(canonicalKey(this.#prefixes.labelsOf(nearest)));
    return local ?? this.#worldIdentity(prefix);
  }

  #worldIdentity({ family }: Prefix): NumericIdentity | undefined {
    const world = worldLabel(family, this.#settings).key;
    return reservedIdentities(this.#settings.profile).find(({ name }) => name === world)?.id;
  }
}

function numberAt(index: number): NumericIdentity {
  return LOCAL_SCOPE_BASE + 1 + index;
}
