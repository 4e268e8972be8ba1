/**
 * Finds the values of a JSON text without parsing them: where each one starts and ends, and on which line.
 *
 * It tells apart strings, brackets and the rest, which is enough to find ends; whether what is between them is JSON is
 * found out by JSON.parse. It works on bytes, so that a file may be longer than the longest string.
 * Cost: one pass over the bytes, no recursion; two over an object that was to be cut and is not sound.
 */
import type { CutPlan } from '../kubernetes/json/cut-plan.ts';
import { cutValue, type Cuts } from '../kubernetes/json/cuts.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  LINE_FEED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../kubernetes/json/sound-json.ts';
import { endOfNested, endOfString, isDelimiter, isOpening } from './json-ends.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** What of it is passed over, and by which plan. */
  readonly cut?: { readonly cuts: Cuts; readonly plan: CutPlan };
}

/** Where a scanner was. */
interface Place {
  readonly at: number;
  readonly line: number;
}

export interface Member {
  /** As written, without the quotes. */
  readonly key: string;
  readonly value: Span;
  /** Of the list that was asked for. */
  readonly elements?: readonly Span[];
}

/** The list under this key is gone through element by element; of more elements than that none is kept. */
export interface WantedList {
  readonly key: string;
  readonly most: number;
  /** For the object that starts there. */
  readonly planAt?: ((start: number) => CutPlan | undefined) | undefined;
}

export class JsonScanner {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  #line: number;

  constructor(bytes: Buffer, span: Span = { start: 0, end: bytes.length, line: 1 }) {
    this.#bytes = bytes;
    this.#at = span.start;
    this.#end = span.end;
    this.#line = span.line;
  }

  get line(): number {
    return this.#line;
  }

  /** How many bytes were stepped over. */
  get offset(): number {
    return this.#at;
  }

  mark(): Place {
    return { at: this.#at, line: this.#line };
  }

  back({ at, line }: Place): void {
    this.#at = at;
    this.#line = line;
  }

  /** The next byte that is no white space; undefined at the end. */
  peek(): number | undefined {
    for (; this.#at < this.#end; this.#at += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === LINE_FEED) this.#line += 1;
      else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return byte;
    }
    return undefined;
  }

  /** Steps over one value; undefined where none starts here or the text ends within it. */
  value(): Span | undefined {
    const first = this.peek();
    const start = this.#at;
    const { line } = this;
    const isWhole = first === QUOTE ? this.#string() : isOpening(first) ? this.#nested() : this.#word();
    return isWhole ? { start, end: this.#at, line } : undefined;
  }

  /** The members of the object that starts here; false in the end where it breaks off. */
  *members(wanted?: WantedList): Generator<Member, boolean> {
    if (!this.#take(OPEN_BRACE)) return false;
    if (this.#take(CLOSE_BRACE)) return true;
    do {
      const key = this.peek() === QUOTE ? this.value() : undefined;
      if (key === undefined || !this.#take(COLON)) return false;
      const name = this.#bytes.toString('utf8', key.start + 1, key.end - 1);
      const member = this.#member(name, wanted);
      if (member === undefined) return false;
      yield member;
    } while (this.#take(COMMA));
    return this.#take(CLOSE_BRACE);
  }

  #member(key: string, wanted: WantedList | undefined): Member | undefined {
    if (key === wanted?.key && this.peek() === OPEN_BRACKET) return this.#list(wanted);
    const value = this.value();
    return value && { key, value };
  }

  #list({ key, most, planAt }: WantedList): Member | undefined {
    const [start, line] = [this.#at, this.#line];
    const elements: Span[] = [];
    const scan = this.elements(planAt);
    let step = scan.next();
    for (; step.done !== true; step = scan.next()) if (elements.length <= most) elements.push(step.value);
    return step.value ? { key, value: { start, end: this.#at, line }, elements } : undefined;
  }

  /** The elements of the list that starts here; false in the end where it breaks off. */
  *elements(planAt?: WantedList['planAt']): Generator<Span, boolean> {
    if (!this.#take(OPEN_BRACKET)) return false;
    if (this.#take(CLOSE_BRACKET)) return true;
    do {
      const element = this.#cutObject(planAt) ?? this.value();
      if (element === undefined) return false;
      yield element;
    } while (this.#take(COMMA));
    return this.#take(CLOSE_BRACKET);
  }

  /** undefined, and no step: no object starts here of which anything is passed over, or it is not sound. */
  #cutObject(planAt: WantedList['planAt']): Span | undefined {
    const plan = planAt !== undefined && this.peek() === OPEN_BRACE ? planAt(this.#at) : undefined;
    const cut = plan && cutValue(this.#bytes, this.#at, plan);
    if (plan === undefined || cut === undefined) return undefined;
    const { end, lines, cuts } = cut;
    const span = { start: this.#at, end, line: this.#line, cut: { cuts, plan } };
    this.#at = end;
    this.#line += lines;
    return span;
  }

  #take(wanted: number): boolean {
    if (this.peek() !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #string(): boolean {
    const end = endOfString(this.#bytes, this.#at, this.#end);
    this.#at = end ?? this.#end;
    return end !== undefined;
  }

  #nested(): boolean {
    const nested = endOfNested(this.#bytes, this.#at, this.#end);
    this.#at = nested?.end ?? this.#end;
    this.#line += nested?.lines ?? 0;
    return nested !== undefined;
  }

  /** A number, true, false, null, or something that JSON.parse will refuse. */
  #word(): boolean {
    const start = this.#at;
    while (this.#at < this.#end && !isDelimiter(this.#bytes[this.#at])) this.#at += 1;
    return this.#at > start;
  }
}
