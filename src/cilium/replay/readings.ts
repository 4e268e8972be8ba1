/**
 * What is read off the written prefixes and selectors of one policy, kept for the next flow that is asked about it.
 *
 * Invariant: no more is kept than the policy names, for as long as whoever asks keeps this.
 * Cost: each text is parsed once; `read` does it in steps for what may be long.
 */
import type { PolicyObject } from '../objects.ts';
import type { SelectorSpec } from '../policy-spec.ts';
import { parseAddress, parsePrefix, type Address, type Prefix } from './address.ts';
import type { Condition } from './conditions.ts';

const TEXTS_PER_STEP = 1_000;

/** Where a selector stands: what it says depends on that, and within one policy on nothing else. */
export type Role = 'subject' | 'own' | 'peer' | 'group' | 'pods' | 'namespaces';

export class Readings {
  readonly #prefixes = new Map<string, Prefix | undefined>();
  readonly #conditions = new Map<Role, Map<SelectorSpec, readonly Condition[]>>();
  readonly #policy: PolicyObject;
  #address: { readonly text: string; readonly address: Address | undefined } = { text: '', address: undefined };
  #isRead = false;

  constructor(policy: PolicyObject) {
    this.#policy = policy;
  }

  /** All prefixes; yields where the caller may pause. */
  *read(): Generator<undefined, void> {
    if (this.#isRead) return;
    let seen = 0;
    for (const text of prefixTexts(this.#policy)) {
      this.prefix(text);
      if (++seen % TEXTS_PER_STEP === 0) yield;
    }
    this.#isRead = true;
  }

  prefix(text: string): Prefix | undefined {
    const known = this.#prefixes.get(text);
    if (known !== undefined || this.#prefixes.has(text)) return known;
    const prefix = parsePrefix(text);
    this.#prefixes.set(text, prefix);
    return prefix;
  }

  /** The last one: a flow has one address and is compared with all prefixes. */
  address(text: string): Address | undefined {
    if (this.#address.text !== text) this.#address = { text, address: parseAddress(text) };
    return this.#address.address;
  }

  conditions(selector: SelectorSpec, role: Role, read: () => readonly Condition[]): readonly Condition[] {
    const ofRole = this.#conditions.get(role) ?? new Map<SelectorSpec, readonly Condition[]>();
    const conditions = ofRole.get(selector) ?? read();
    this.#conditions.set(role, ofRole.set(selector, conditions));
    return conditions;
  }
}

function* prefixTexts(policy: PolicyObject): Iterable<string> {
  if (policy.kind === 'NetworkPolicy') {
    for (const { peers = [] } of [...(policy.spec.ingress ?? []), ...(policy.spec.egress ?? [])]) {
      for (const { ipBlock } of peers) if (ipBlock !== undefined) yield* [ipBlock.cidr, ...ipBlock.except];
    }
    return;
  }
  if (policy.kind === 'ClusterNetworkPolicy') {
    for (const { peers } of policy.spec.egress) {
      for (const peer of peers) if (peer.kind === 'networks') yield* peer.networks;
    }
    return;
  }
  for (const { ingress = [], egress = [], ingressDeny = [], egressDeny = [] } of policy.rules) {
    for (const { cidr = [], cidrSet = [] } of [...ingress, ...egress, ...ingressDeny, ...egressDeny]) {
      yield* cidr;
      for (const rule of cidrSet) yield* rule.cidr === undefined ? rule.except : [rule.cidr, ...rule.except];
    }
  }
}
