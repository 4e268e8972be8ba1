/**
 * The host endpoints of the nodes: one for each set of labels that nodes have, whichever nodes these are.
 *
 * All have identity 1, and each node's has labels of its own, so that here each set has a made-up number. No peer selector
 * selects one: what peers see is identity 1.
 * Invariant: a set is here exactly while a node has it.
 * Cost: O(labels) for a node that comes or goes; a selector O(sets with its rarest label).
 */
import { canonicalKey, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { HOST_IDENTITY } from '../../cilium/policy/resolve.ts';
import { matches, type EndpointSelector } from '../../cilium/policy/selector.ts';
import { identityRecord, type IdentityRecord } from './identity-layer.ts';
import { LabelIndex } from './label-index.ts';

/** Above the provisional numbers of keys. */
const FIRST_HOST_ENDPOINT = 0x80 * 2 ** 24;

/** What a view asks. */
export interface HostLayer {
  records(): Iterable<IdentityRecord>;
  record(identity: NumericIdentity): IdentityRecord | undefined;
  /** Names of the nodes that have these labels. */
  nodesWith(identity: NumericIdentity): ReadonlySet<string>;
  matching(selector: EndpointSelector): Iterable<NumericIdentity>;
}

export function isHostEndpoint(identity: NumericIdentity): boolean {
  return identity >= FIRST_HOST_ENDPOINT;
}

/** What agents know it by: rules and peers see identity 1 of every node. */
export function agentsNumber(identity: NumericIdentity): NumericIdentity {
  return isHostEndpoint(identity) ? HOST_IDENTITY : identity;
}

/** Told of every set that comes or goes, in the order in which it happens. */
export interface HostObserver {
  hostAdded(record: IdentityRecord): void;
  hostRemoved(record: IdentityRecord): void;
}

interface HostSet {
  readonly record: IdentityRecord;
  readonly nodes: Set<string>;
}

const NO_NODES: ReadonlySet<string> = new Set();

export class HostEndpoints implements HostLayer {
  readonly #observer: HostObserver;
  readonly #byKey = new Map<CanonicalKey, HostSet>();
  readonly #byId = new Map<NumericIdentity, HostSet>();
  readonly #byNode = new Map<string, HostSet>();
  readonly #labels = new LabelIndex();
  #numbered = 0;

  constructor(observer: HostObserver) {
    this.#observer = observer;
  }

  *records(): Iterable<IdentityRecord> {
    for (const { record } of this.#byId.values()) yield record;
  }

  record(identity: NumericIdentity): IdentityRecord | undefined {
    return this.#byId.get(identity)?.record;
  }

  nodesWith(identity: NumericIdentity): ReadonlySet<string> {
    return this.#byId.get(identity)?.nodes ?? NO_NODES;
  }

  *matching(selector: EndpointSelector): Iterable<NumericIdentity> {
    for (const id of this.#labels.candidates(selector)?.identities ?? this.#byId.keys()) {
      const host = this.#byId.get(id);
      if (host !== undefined && matches(selector, host.record.labels)) yield id;
    }
  }

  /** undefined: the node is gone, or what its host endpoint is is not known. */
  set(node: string, labels: LabelArray | undefined): void {
    const before = this.#byNode.get(node);
    const key = labels === undefined ? undefined : canonicalKey(labels);
    if (before?.record.key === key) return;
    this.#leave(node, before);
    if (labels === undefined || key === undefined) return;
    const host = this.#byKey.get(key) ?? this.#open(key, labels);
    host.nodes.add(node);
    this.#byNode.set(node, host);
  }

  #leave(node: string, host: HostSet | undefined): void {
    this.#byNode.delete(node);
    if (host?.nodes.delete(node) !== true || host.nodes.size > 0) return;
    const { record } = host;
    this.#byKey.delete(record.key);
    this.#byId.delete(record.id);
    this.#labels.remove(record.id, record.labels);
    this.#observer.hostRemoved(record);
  }

  #open(key: CanonicalKey, labels: LabelArray): HostSet {
    const record = identityRecord(FIRST_HOST_ENDPOINT + this.#numbered++, key, labels);
    const host: HostSet = { record, nodes: new Set() };
    this.#byKey.set(key, host);
    this.#byId.set(record.id, host);
    this.#labels.add(record.id, labels);
    this.#observer.hostAdded(record);
    return host;
  }
}
