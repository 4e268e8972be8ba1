/**
 * How many entries the policy map of a subject has, worked out from nothing: the judge of every faster way to count.
 *
 * Holds each rule against the subject and each selector against every identity, and makes the map; no index, no class and no
 * count that the store keeps has a part in it. For clusters without names of ports and of DNS.
 * Cost: O(rules) for a subject, O(identities) for each selector that was not asked for yet, and the map.
 */
import type { LabelArray } from '../../src/cilium/identity/label.ts';
import { identitySet, type IdentitySet } from '../../src/cilium/identity/identity-set.ts';
import type { NumericIdentity } from '../../src/cilium/identity/numeric-identity.ts';
import { NO_PORTS } from '../../src/cilium/named-ports.ts';
import { mapState } from '../../src/cilium/policy/map/map-state.ts';
import { resolve, selectsSubject } from '../../src/cilium/policy/resolve.ts';
import { rulesOf, type Rule } from '../../src/cilium/policy/rule.ts';
import { matches, type EndpointSelector, type SelectorKey } from '../../src/cilium/policy/selector.ts';
import type { ClusterView } from '../../src/cluster/view.ts';

export class PlainCount {
  readonly #view: ClusterView;
  readonly #rules: readonly Rule[];
  readonly #identities: readonly (readonly [NumericIdentity, LabelArray])[];
  readonly #selections = new Map<SelectorKey, IdentitySet>();

  constructor(view: ClusterView) {
    this.#view = view;
    this.#rules = [...view.policies()].flatMap((policy) => rulesOf(policy));
    this.#identities = [...view.identities(), ...view.nodeIdentities()].map((id) => [id, view.labelsOf(id) ?? []]);
  }

  /** Of an identity of this cluster. */
  entriesOf(identity: NumericIdentity): number {
    const subject = { labels: this.#view.labelsOf(identity) ?? [], identity };
    const rules = this.#rules.filter((rule) => selectsSubject(rule, subject));
    const policy = resolve(rules, subject, this.#view.settings);
    if (!policy.ok) throw new Error(`rules of the workload exclude each other: ${policy.error.reason}`);
    const selections = (selector: EndpointSelector): IdentitySet => this.#selected(selector);
    const namedPorts = this.#view.namedPortsFor(NO_PORTS);
    return mapState(policy.value, { context: this.#view.settings, selections, namedPorts }).size;
  }

  #selected(selector: EndpointSelector): IdentitySet {
    const known = this.#selections.get(selector.key);
    if (known !== undefined) return known;
    const selecting = this.#identities.filter(([, labels]) => matches(selector, labels));
    const selected = identitySet(selecting.map(([id]) => id));
    this.#selections.set(selector.key, selected);
    return selected;
  }
}
