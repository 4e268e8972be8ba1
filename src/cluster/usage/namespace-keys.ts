/**
 * The keys of each namespace with their labels: those that pods have, and those that nobody uses.
 *
 * Cost: O(1) for a key that comes or goes; see unused-keys.ts for questions.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import {
  differencesSteps,
  nearGroupsSteps,
  NO_DIFFERENCES,
  type KeyDifferences,
  type MayBeLeftOut,
  type NearGroup,
} from './key-differences.ts';
import type { NamespacedKey, StandingChange } from './namespaced-key.ts';
import { UnusedKeys } from './unused-keys.ts';

const NO_KEYS: ReadonlyMap<CanonicalKey, LabelArray> = new Map();

export class NamespaceKeys {
  readonly #unused = new Map<string, UnusedKeys>();
  readonly #inUse = new Map<string, Map<CanonicalKey, LabelArray>>();
  /** That no pod has, and endpoints have still. */
  readonly #left = new Map<string, Map<CanonicalKey, LabelArray>>();

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

  standingChanged(counted: NamespacedKey, { before, after }: StandingChange): void {
    if (before === 'pods' || after === 'pods') set(this.#inUse, counted, after === 'pods');
    if (before === 'endpoints' || after === 'endpoints') set(this.#left, counted, after === 'endpoints');
  }

  /** The keys that pods or endpoints of a namespace have. */
  *held(namespace: string): Iterable<CanonicalKey> {
    yield* this.inUse(namespace).keys();
    yield* this.#left.get(namespace)?.keys() ?? [];
  }

  *nearUnusedSteps(namespace: string, labels: LabelArray): Generator<undefined, readonly NearGroup[]> {
    const unused = this.#unused.get(namespace);
    return unused === undefined ? [] : yield* nearGroupsSteps(labels, unused);
  }
}

function set(
  keys: Map<string, Map<CanonicalKey, LabelArray>>,
  { key, labels, namespace }: NamespacedKey,
  isThere: boolean,
): void {
  const ofNamespace = getOrMake(keys, namespace, () => new Map<CanonicalKey, LabelArray>());
  if (isThere) ofNamespace.set(key, labels);
  else ofNamespace.delete(key);
  if (ofNamespace.size === 0) keys.delete(namespace);
}
