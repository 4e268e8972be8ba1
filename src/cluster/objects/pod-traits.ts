/**
 * What the pods of one controller have in common, once for all of them: everything but name, uid, node and age.
 *
 * A set of traits is a sequence of numbers, those of texts among them; texts are there once for all sets.
 * Invariant: traits are here exactly as long as a pod has them, and read as they were written, labels and ports in order.
 * Cost: O(labels + ports) to hold or to read.
 */
import type { ContainerPort, Pod } from '../../cilium/objects.ts';
import { TextPool } from '../columns/text-pool.ts';
import { WordPool, type Words } from '../columns/word-pool.ts';

export type Traits = Pick<
  Pod,
  'namespace' | 'labels' | 'serviceAccountName' | 'hostNetwork' | 'ports' | 'phase' | 'owner' | 'mirror'
>;

const HOST_NETWORK = 1;
const MIRROR = 2;
const OWNED = 4;

/** Places of single words: texts, flags, and how many ports follow; then the ports, and labels up to the end. */
const NAMESPACE = 0;
const SERVICE_ACCOUNT = 1;
const PHASE = 2;
const OWNER_KIND = 3;
const OWNER_NAME = 4;
const OWNER_UID = 5;
const FLAGS = 6;
const PORT_COUNT = 7;
const FIRST_PORT = 8;
const WORDS_OF_PORT = 3;

export class PodTraits {
  readonly #texts = new TextPool();
  readonly #words = new WordPool();

  /** How many different ones there are. */
  get size(): number {
    return this.#words.size;
  }

  /** Their number. Each hold wants one `release`. */
  hold(traits: Traits): number {
    const words = this.#written(traits);
    const { size } = this.#words;
    const number = this.#words.hold(words);
    if (this.#words.size === size) this.#releaseTexts(words);
    return number;
  }

  /** Whether no pod has them any more. */
  release(number: number): boolean {
    const words = this.#words.at(number);
    const isGone = this.#words.release(number);
    if (isGone) this.#releaseTexts(words);
    return isGone;
  }

  at(number: number): Traits {
    const words = this.#words.at(number);
    const flags = words[FLAGS] ?? 0;
    return {
      namespace: this.#text(words, NAMESPACE),
      labels: this.#labels(words),
      serviceAccountName: this.#text(words, SERVICE_ACCOUNT),
      hostNetwork: (flags & HOST_NETWORK) !== 0,
      ports: this.#ports(words),
      phase: this.#text(words, PHASE),
      ...((flags & OWNED) === 0 ? {} : { owner: this.#owner(words) }),
      mirror: (flags & MIRROR) !== 0,
    };
  }

  #written({ namespace, labels, serviceAccountName, phase, owner, ports, ...traits }: Traits): Words {
    const words = [namespace, serviceAccountName, phase, owner?.kind ?? '', owner?.name ?? '', owner?.uid ?? ''].map(
      (text) => this.#texts.hold(text),
    );
    words.push(flagsOf({ ...traits, isOwned: owner !== undefined }), ports.length);
    for (const { name, port, protocol } of ports) words.push(port, this.#texts.hold(name), this.#texts.hold(protocol));
    for (const [key, value] of labels) words.push(this.#texts.hold(key), this.#texts.hold(value));
    return words;
  }

  #releaseTexts(words: Words): void {
    for (let place = 0; place < FLAGS; place += 1) this.#texts.release(words[place] ?? 0);
    const labels = labelsStart(words);
    for (let place = FIRST_PORT; place < words.length; place += 1) {
      const isPort = place < labels && (place - FIRST_PORT) % WORDS_OF_PORT === 0;
      if (!isPort) this.#texts.release(words[place] ?? 0);
    }
  }

  #labels(words: Words): Traits['labels'] {
    const labels = new Map<string, string>();
    for (let place = labelsStart(words); place < words.length; place += 2) {
      labels.set(this.#text(words, place), this.#text(words, place + 1));
    }
    return labels;
  }

  #ports(words: Words): readonly ContainerPort[] {
    const ports: ContainerPort[] = [];
    for (let place = FIRST_PORT; place < labelsStart(words); place += WORDS_OF_PORT) {
      const [name, protocol] = [this.#text(words, place + 1), this.#text(words, place + 2)];
      ports.push({ name, port: words[place] ?? 0, protocol });
    }
    return ports;
  }

  #owner(words: Words): Traits['owner'] & object {
    return {
      kind: this.#text(words, OWNER_KIND),
      name: this.#text(words, OWNER_NAME),
      uid: this.#text(words, OWNER_UID),
    };
  }

  #text(words: Words, place: number): string {
    return this.#texts.at(words[place] ?? 0);
  }
}

function flagsOf(traits: Pick<Traits, 'hostNetwork' | 'mirror'> & { readonly isOwned: boolean }): number {
  return (traits.hostNetwork ? HOST_NETWORK : 0) | (traits.mirror ? MIRROR : 0) | (traits.isOwned ? OWNED : 0);
}

function labelsStart(words: Words): number {
  return FIRST_PORT + WORDS_OF_PORT * (words[PORT_COUNT] ?? 0);
}
