/**
 * Of an object as JSON what its decoder reads, and nothing else.
 *
 * Which fields these are is written down in the decoders alone: here one of them reads the object, and what it looked at is kept.
 * So what is kept decodes to the same object, and a decoder that reads more tomorrow keeps more.
 * Cost: a few times that of decoding.
 */
import { decodeAs } from '../kubernetes/decode/decode-object.ts';
import { formatAPIVersion, kindEntry, type GroupVersionKind, type KindEntry } from '../kubernetes/decode/kinds.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** For an object of a kind that the model reads, whatever its shape. */
export function whatIsRead(
  gvk: GroupVersionKind,
  value: JsonObject,
  customKinds: readonly KindEntry[] = [],
): JsonObject {
  const entry = kindEntry(gvk, customKinds);
  if (entry === undefined) throw new Error(`${gvk.kind} of ${formatAPIVersion(gvk)} is not read`);
  const sight = new Sight(value);
  decodeAs(entry, sight.shown);
  const seen = sight.seen() as JsonObject;
  return { apiVersion: formatAPIVersion(gvk), kind: gvk.kind, ...seen };
}

/** An object or a list as it is shown to a decoder, and which of its places were looked at. */
class Sight {
  readonly shown: object;
  readonly #value: object;
  readonly #below = new Map<string, Sight | undefined>();

  constructor(value: object) {
    this.#value = value;
    this.shown = new Proxy(value, { get: (target, key, receiver) => this.#look(target, key, receiver) });
  }

  /** A copy of what was looked at, in the order written. */
  seen(): unknown {
    if (Array.isArray(this.#value)) return this.#value.map((_, index) => this.#seenAt(`${index}`));
    const keys = Object.keys(this.#value).filter((key) => this.#below.has(key));
    return Object.fromEntries(keys.map((key) => [key, this.#seenAt(key)]));
  }

  /** An element that nobody looked at holds a place: what comes after it keeps its index. */
  #seenAt(key: string): unknown {
    const below = this.#below.get(key);
    if (below !== undefined) return below.seen();
    return this.#below.has(key) ? Reflect.get(this.#value, key) : null;
  }

  #look(target: object, key: string | symbol, receiver: unknown): unknown {
    const value: unknown = Reflect.get(target, key, receiver);
    if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return value;
    if (typeof value !== 'object' || value === null) {
      this.#below.set(key, undefined);
      return value;
    }
    const known = this.#below.get(key) ?? new Sight(value);
    this.#below.set(key, known);
    return known.shown;
  }
}
