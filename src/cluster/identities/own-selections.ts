/**
 * Identities as they are, for a what-if of a policy: what the policy's own selectors select is asked once.
 *
 * The selector cache keeps nothing for who only asks (selector-cache.ts), and a clusterwide policy has every policy map counted,
 * each of which asks for its peers.
 * Invariant: holds no selection of another selector, and no more identities than there is room for (selected-ids.ts).
 */
import type { CanonicalKey } from '../../cilium/identity/label.ts';
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import { SelectedIds } from '../../cilium/policy/map/selected-ids.ts';
import type { Pod } from '../../cilium/objects.ts';
import type { EndpointSelector, SelectorKey } from '../../cilium/policy/selector.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { IdentityLayer, IdentityRecord } from './identity-layer.ts';

export class OwnSelections implements IdentityLayer {
  readonly #base: IdentityLayer;
  readonly #own: ReadonlySet<SelectorKey>;
  readonly #selected: SelectedIds;
  /** In steps. */
  readonly #asked = new Set<SelectorKey>();
  /** Until it is kept with the others. */
  readonly #found = new Map<SelectorKey, IdentitySet>();

  /** `room`: for identities of all selections together. */
  constructor(base: IdentityLayer, own: Iterable<EndpointSelector>, room?: number) {
    this.#base = base;
    this.#own = new Set([...own].map(({ key }) => key));
    this.#selected = new SelectedIds((selector) => this.#found.get(selector.key) ?? base.matching(selector), room);
  }

  matching(selector: EndpointSelector): IdentitySet {
    return this.#own.has(selector.key) ? this.#selected.of(selector)() : this.#base.matching(selector);
  }

  mostSelected(selector: EndpointSelector): number {
    return this.#base.mostSelected(selector);
  }

  /** What was asked for in steps is there for who asks again. */
  *matchingSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    const { key } = selector;
    if (!this.#own.has(key)) return yield* this.#base.matchingSteps(selector);
    if (!this.#asked.has(key)) {
      this.#found.set(key, yield* this.#base.matchingSteps(selector));
      this.#asked.add(key);
    }
    const ids = this.#selected.of(selector)();
    this.#found.delete(key);
    return ids;
  }

  all(): Iterable<NumericIdentity> {
    return this.#base.all();
  }

  in(namespace: string): Iterable<NumericIdentity> {
    return this.#base.in(namespace);
  }

  withKey(key: CanonicalKey): readonly NumericIdentity[] {
    return this.#base.withKey(key);
  }

  record(identity: NumericIdentity): IdentityRecord | undefined {
    return this.#base.record(identity);
  }

  podsWithKey(key: CanonicalKey): Iterable<Pod> {
    return this.#base.podsWithKey(key);
  }

  podCount(key: CanonicalKey): number {
    return this.#base.podCount(key);
  }

  endpointCount(key: CanonicalKey): number {
    return this.#base.endpointCount(key);
  }

  isUsed(identity: NumericIdentity): boolean {
    return this.#base.isUsed(identity);
  }

  labelKeys(): Iterable<string> {
    return this.#base.labelKeys();
  }

  withLabel(key: string): Iterable<NumericIdentity> {
    return this.#base.withLabel(key);
  }
}
