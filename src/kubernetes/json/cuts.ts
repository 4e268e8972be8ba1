/**
 * A JSON value without the parts of it that no decoder looks at: most of a stored pod need not be parsed.
 *
 * Invariant: what is left is JSON if and only if the whole is; parsed, it is what the whole would be without the fields that are
 * passed over, whatever they hold. Where the whole is not sound, or too deep, nothing is cut, and JSON.parse finds what is wrong.
 * Cost: one look at each byte; what is left is copied and parsed.
 */
import type { CutPlan } from './cut-plan.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SoundJson,
  UNSOUND,
} from './sound-json.ts';

/** Where a cut starts and where it ends, one after the other, in order. */
export type Cuts = readonly number[];

export interface CutValue {
  readonly end: number;
  /** Line feeds in it. */
  readonly lines: number;
  readonly cuts: Cuts;
}

/** Of the value that starts here, at its first byte. undefined: it is not sound. */
export function cutValue(bytes: Uint8Array, start: number, plan: CutPlan): CutValue | undefined {
  const cutter = new Cutter(bytes);
  const end = cutter.value(start, plan);
  return end === UNSOUND ? undefined : { end, lines: cutter.lines, cuts: cutter.cuts };
}

class Cutter {
  readonly #json: SoundJson;
  readonly #bytes: Uint8Array;
  readonly cuts: number[] = [];

  constructor(bytes: Uint8Array) {
    this.#json = new SoundJson(bytes);
    this.#bytes = bytes;
  }

  get lines(): number {
    return this.#json.lines;
  }

  /** A plan is for the object that stands here, or for those in the list that does. */
  value(start: number, plan: CutPlan): number {
    if (this.#bytes[start] === OPEN_BRACE) return this.#object(start, plan);
    return this.#bytes[start] === OPEN_BRACKET ? this.#list(start, plan) : this.#json.endOfValue(start);
  }

  #list(start: number, plan: CutPlan): number {
    const [json, bytes] = [this.#json, this.#bytes];
    let at = json.afterBlank(start + 1);
    if (bytes[at] === CLOSE_BRACKET) return at + 1;
    for (;;) {
      const end = bytes[at] === OPEN_BRACE ? this.#object(at, plan) : json.endOfValue(at);
      if (end === UNSOUND) return UNSOUND;
      at = json.afterBlank(end);
      if (bytes[at] === CLOSE_BRACKET) return at + 1;
      if (bytes[at] !== COMMA) return UNSOUND;
      at = json.afterBlank(at + 1);
    }
  }

  #object(start: number, plan: CutPlan): number {
    const [json, bytes] = [this.#json, this.#bytes];
    let at = json.afterBlank(start + 1);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    /** Where the last member ends that stays, and where the first starts that does not stay after it. */
    let [kept, cut] = [start + 1, UNSOUND];
    for (;;) {
      const key = at;
      const keyEnd = bytes[key] === QUOTE ? json.endOfString(key) : UNSOUND;
      const colon = json.behindColon(keyEnd);
      if (colon === UNSOUND) return UNSOUND;
      at = json.afterBlank(colon);
      const below = plan.below(bytes, key + 1, keyEnd - 1);
      if (below === 'all') {
        if (cut === UNSOUND) cut = key;
        at = json.endOfValue(at);
      } else {
        if (cut !== UNSOUND) this.cuts.push(cut, key);
        cut = UNSOUND;
        at = below === undefined ? json.endOfValue(at) : this.value(at, below);
        kept = at;
      }
      if (at === UNSOUND) return UNSOUND;
      at = json.afterBlank(at);
      if (bytes[at] === CLOSE_BRACE) break;
      if (bytes[at] !== COMMA) return UNSOUND;
      at = json.afterBlank(at + 1);
    }
    // With the comma before it.
    if (cut !== UNSOUND) this.cuts.push(kept, at);
    return at + 1;
  }
}

/** What is left. */
export function textWithout(bytes: Buffer, start: number, end: number, cuts: Cuts): string {
  if (cuts.length === 0) return bytes.toString('utf8', start, end);
  const left = Buffer.allocUnsafe(end - start);
  let [length, from] = [0, start];
  for (let index = 0; index < cuts.length; index += 2) {
    length += bytes.copy(left, length, from, cuts[index]);
    from = cuts[index + 1] ?? end;
  }
  length += bytes.copy(left, length, from, end);
  return left.toString('utf8', 0, length);
}
