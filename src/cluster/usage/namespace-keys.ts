/**
 * The keys of each namespace with their labels: those that pods have, and those that nobody uses.
 *
 * Cost: O(1) for a key that comes or goes; see unused-keys.ts for questions.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import { differencesSteps, NO_DIFFERENCES, type KeyDifferences, type MayBeLeftOut } from './key-differences.ts';
import { UnusedKeys } from './unused-keys.ts';

export interface NamespacedKey {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  readonly namespace: string;
}

const NO_KEYS: ReadonlyMap<CanonicalKey, LabelArray> = new Map();

export class NamespaceKeys {
  readonly #unused = new Map<string, UnusedKeys>();
  readonly #inUse = new Map<string, Map<CanonicalKey, LabelArray>>();

  inUse(namespace: string): ReadonlyMap<CanonicalKey, LabelArray> {
    return this.#inUse.get(namespace) ?? NO_KEYS;
  }

  *differencesSteps(
    namespace: string,
    labels: LabelArray,
    mayBeLeftOut: MayBeLeftOut,
  ): Generator<undefined, KeyDifferences> {
    const unused = this.#unused.get(namespace);
    return unused === undefined ? NO_DIFFERENCES : yield* differencesSteps(labels, unused, mayBeLeftOut);
  }

  addUnused({ key, labels, namespace }: NamespacedKey): void {
    getOrMake(this.#unused, namespace, () => new UnusedKeys()).add(key, labels);
  }

  removeUnused({ key, namespace }: Pick<NamespacedKey, 'key' | 'namespace'>): void {
    const unused = this.#unused.get(namespace);
    unused?.remove(key);
    if (unused?.size === 0) this.#unused.delete(namespace);
  }

  useChanged({ key, labels, namespace }: NamespacedKey, isInUse: boolean): void {
    const keys = getOrMake(this.#inUse, namespace, () => new Map<CanonicalKey, LabelArray>());
    if (isInUse) keys.set(key, labels);
    else keys.delete(key);
    if (keys.size === 0) this.#inUse.delete(namespace);
  }
}
