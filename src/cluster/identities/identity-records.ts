/**
 * The identities that there are, by number, by namespace, by label and by selector.
 *
 * Invariant: all of these hold the same identities. Who uses them is none of its business.
 * Cost: O(labels + cached selectors) for an identity that comes or goes; a selector O(smallest label set) when first asked.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { IdentityRecord } from './identity-layer.ts';
import { LabelIndex } from './label-index.ts';
import { SelectorCache } from './selector-cache.ts';

export class IdentityRecords {
  readonly #byId = new Map<NumericIdentity, IdentityRecord>();
  readonly #byNamespace = new Map<string, Set<NumericIdentity>>();
  readonly #labels = new LabelIndex();
  readonly #selectors = new SelectorCache(this.#byId, this.#labels);

  ids(): Iterable<NumericIdentity> {
    return this.#byId.keys();
  }

  all(): Iterable<IdentityRecord> {
    return this.#byId.values();
  }

  in(namespace: string): Iterable<NumericIdentity> {
    return this.#byNamespace.get(namespace) ?? [];
  }

  get(identity: NumericIdentity): IdentityRecord | undefined {
    return this.#byId.get(identity);
  }

  has(identity: NumericIdentity): boolean {
    return this.#byId.has(identity);
  }

  labelKeys(): Iterable<string> {
    return this.#labels.keys();
  }

  withLabel(key: string): Iterable<NumericIdentity> {
    return this.#labels.holders(key);
  }

  matching(selector: EndpointSelector): IdentitySet {
    return this.#selectors.selections(selector);
  }

  mostSelected(selector: EndpointSelector): number {
    return this.#selectors.mostSelected(selector);
  }

  matchingSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    return this.#selectors.selectionsSteps(selector);
  }

  /** Keeps the selections of this selector up to date from now on; each call wants one `release`. */
  retain(selector: EndpointSelector): void {
    this.#selectors.retain(selector);
  }

  release(selector: EndpointSelector): void {
    this.#selectors.release(selector);
  }

  add(record: IdentityRecord): void {
    this.#byId.set(record.id, record);
    getOrMake(this.#byNamespace, record.namespace, () => new Set<NumericIdentity>()).add(record.id);
    this.#labels.add(record.id, record.labels);
    this.#selectors.identityAdded(record);
  }

  remove(record: IdentityRecord): void {
    this.#byId.delete(record.id);
    const namespace = this.#byNamespace.get(record.namespace);
    namespace?.delete(record.id);
    if (namespace?.size === 0) this.#byNamespace.delete(record.namespace);
    this.#labels.remove(record.id, record.labels);
    this.#selectors.identityRemoved(record);
  }
}
