/**
 * The identities that every agent knows besides those of the cluster: reserved, well-known, and the node-local ones that
 * policies and CIDR groups call into being by naming prefixes.
 *
 * Mirrors pkg/identity (reserved and well-known) and pkg/policy/cell/policy_importer.go (every agent imports every policy, so
 * every prefix is an identity on every node). Immutable: another set of prefixes is another object.
 * Invariant: node-local numbers follow the order of the keys, so that the order of arrival changes nothing. They are made up:
 * an agent numbers its own.
 * Cost: a selector O(identities here); answers are kept, a bounded number of them.
 */
import { canonicalKey, compareBytes, type LabelArray } from '../cilium/identity/label.ts';
import type { IdentitySet } from '../cilium/identity/identity-set.ts';
import {
  LOCAL_SCOPE_BASE,
  reservedIdentities,
  userReservedIdentities,
  wellKnownIdentities,
} from '../cilium/identity/numeric-identity.ts';
import type { CiliumCIDRGroup } from '../cilium/objects.ts';
import { groupPrefixes, localIdentities } from '../cilium/policy/local-identities.ts';
import { matches, type EndpointSelector, type SelectorKey } from '../cilium/policy/selector.ts';
import type { Settings } from './settings.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';

const KEPT_ANSWERS = 10_000;

export class NodeIdentities {
  readonly #labels: ReadonlyMap<NumericIdentity, LabelArray>;
  readonly #answers = new Map<SelectorKey, IdentitySet>();

  constructor(settings: Settings, prefixes: ReadonlySet<string>, groups: Iterable<CiliumCIDRGroup>) {
    this.#labels = new Map([...fixedIdentities(settings), ...numberedLocals(settings, prefixes, groups)]);
  }

  labelsOf(identity: NumericIdentity): LabelArray | undefined {
    return this.#labels.get(identity);
  }

  /** Ascending by number: reserved, well-known, node-local. */
  all(): Iterable<readonly [NumericIdentity, LabelArray]> {
    return this.#labels.entries();
  }

  matching(selector: EndpointSelector): IdentitySet {
    const known = this.#answers.get(selector.key);
    if (known !== undefined) return known;
    const selected: NumericIdentity[] = [];
    for (const [id, labels] of this.#labels) if (matches(selector, labels)) selected.push(id);
    const answer = Uint32Array.from(selected).sort();
    if (this.#answers.size >= KEPT_ANSWERS) this.#answers.clear();
    this.#answers.set(selector.key, answer);
    return answer;
  }
}

function* fixedIdentities({ profile, config }: Settings): Iterable<[NumericIdentity, LabelArray]> {
  for (const { id, labels } of reservedIdentities(profile)) if (labels.length > 0) yield [id, labels];
  for (const { id, labels } of userReservedIdentities(config)) yield [id, labels];
  if (!config.wellKnownIdentities) return;
  for (const { id, labels } of wellKnownIdentities(config)) yield [id, labels];
}

function* numberedLocals(
  settings: Settings,
  prefixes: ReadonlySet<string>,
  groups: Iterable<CiliumCIDRGroup>,
): Iterable<[NumericIdentity, LabelArray]> {
  const sets = localIdentities(prefixes, settings, groupPrefixes(groups, settings.profile));
  const keyed = sets.map((labels) => ({ labels, key: canonicalKey(labels) }));
  keyed.sort((a, b) => compareBytes(a.key, b.key));
  for (const [index, { labels }] of keyed.entries()) yield [LOCAL_SCOPE_BASE + 1 + index, labels];
}
