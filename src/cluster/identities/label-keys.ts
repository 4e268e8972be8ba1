/**
 * What a label of a pod is to its identity, by its key alone.
 *
 * Invariant: of a key that is held there is one record, so that keys are told apart by a look, and no text of them is read. Of others
 * as many are kept as clusters have, and begun anew once there are more: anybody may send keys.
 * Cost: one look-up for a key that is held, two for one that is kept.
 */
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import { NAMED_PORTS_KEY } from '../../cilium/identity/named-ports-label.ts';
import {
  isOfCilium,
  isPlainKey,
  SERVICE_ACCOUNT_KEY,
  type PodLabelSettings,
} from '../../cilium/identity/pod-labels.ts';
import type { TextHash } from './label-hash.ts';

export interface LabelKey {
  /** `unusual`: as a label of a pod it is not one of its identity under its own key. */
  readonly kind: 'kept' | 'dropped' | 'unusual';
  /** Where the hash of a value begins. */
  readonly hash: number;
}

interface HeldKey extends LabelKey {
  holds: number;
}

const MOST_KEYS = 10_000;
const LONGEST_KEY = 512;

export class LabelKeys {
  readonly #settings: PodLabelSettings;
  readonly #filter: LabelFilter;
  readonly #hash: TextHash;
  readonly #held = new Map<string, HeldKey>();
  readonly #others = new Map<string, HeldKey>();
  /** Of the label that Cilium makes of the service account of a pod. */
  readonly account: LabelKey;
  /** Of those that it makes of named ports, which no filter drops: their values are the whole labels. */
  readonly ports: LabelKey;

  constructor(settings: PodLabelSettings, filter: LabelFilter, hash: TextHash) {
    this.#settings = settings;
    this.#filter = filter;
    this.#hash = hash;
    this.account = { kind: this.#kindByFilter(SERVICE_ACCOUNT_KEY), hash: hash(SERVICE_ACCOUNT_KEY, 0) };
    this.ports = { kind: 'kept', hash: hash(NAMED_PORTS_KEY, 0) };
  }

  /** Of a label that is written on a pod. */
  of(key: string): LabelKey {
    return this.#held.get(key) ?? this.#others.get(key) ?? this.#keep(key);
  }

  /** Each call wants one `release`. */
  hold(key: string): LabelKey {
    const held = this.#held.get(key) ?? this.#others.get(key) ?? this.#made(key);
    this.#others.delete(key);
    this.#held.set(key, held);
    held.holds += 1;
    return held;
  }

  release(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    held.holds -= 1;
    if (held.holds === 0) this.#held.delete(key);
  }

  #keep(key: string): LabelKey {
    const made = this.#made(key);
    if (key.length > LONGEST_KEY) return made;
    if (this.#others.size >= MOST_KEYS) this.#others.clear();
    this.#others.set(key, made);
    return made;
  }

  #made(key: string): HeldKey {
    const isUnusual = isOfCilium(key) || !isPlainKey(key, this.#settings.profile);
    return { kind: isUnusual ? 'unusual' : this.#kindByFilter(key), hash: this.#hash(key, 0), holds: 0 };
  }

  #kindByFilter(key: string): LabelKey['kind'] {
    return this.#filter.keeps({ source: 'k8s', key, value: '' }) ? 'kept' : 'dropped';
  }
}
