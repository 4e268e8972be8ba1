/**
 * Which labels endpoints say that one identity has: those that most of them tell, and of equals the first by key, in whatever
 * order they tell.
 *
 * Cost: O(label sets told of the identity), of which there is one unless somebody forges endpoints.
 */
import { compareBytes, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';

/** A key and what it is made from. */
export interface KeyedLabels {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
}

interface Version extends KeyedLabels {
  endpoints: number;
}

export class ToldLabels {
  readonly #versions = new Map<CanonicalKey, Version>();

  /** Comes back with the key as it is kept, one text for all endpoints. */
  add({ key, labels }: KeyedLabels): CanonicalKey {
    const version = this.#versions.get(key) ?? { key, labels, endpoints: 0 };
    version.endpoints += 1;
    this.#versions.set(version.key, version);
    return version.key;
  }

  remove(key: CanonicalKey): void {
    const version = this.#versions.get(key);
    if (version === undefined) return;
    version.endpoints -= 1;
    if (version.endpoints === 0) this.#versions.delete(key);
  }

  /** undefined: no endpoint tells any. */
  get best(): KeyedLabels | undefined {
    let best: Version | undefined;
    for (const version of this.#versions.values()) if (best === undefined || isBetter(version, best)) best = version;
    return best;
  }
}

function isBetter(a: Version, b: Version): boolean {
  return a.endpoints > b.endpoints || (a.endpoints === b.endpoints && compareBytes(a.key, b.key) < 0);
}
