/**
 * Finds the values of a JSON text without parsing them: where each one starts and ends, and on which line.
 *
 * It tells apart strings, brackets and the rest, which is enough to find ends; whether what is between them is JSON is
 * found out by JSON.parse. It works on bytes, so that a file may be longer than the longest string.
 * Cost: one pass over the bytes, no recursion.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

export interface Member {
  /** As written, without the quotes. */
  readonly key: string;
  readonly value: Span;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
export const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

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

  /** The next byte that is no white space; undefined at the end. */
  peek(): number | undefined {
    for (; this.#at < this.#end; this.#at += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === NEWLINE) this.#line += 1;
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
  *members(): Generator<Member, boolean> {
    if (!this.#take(OPEN_BRACE)) return false;
    if (this.#take(CLOSE_BRACE)) return true;
    do {
      const key = this.peek() === QUOTE ? this.value() : undefined;
      if (key === undefined || !this.#take(COLON)) return false;
      const value = this.value();
      if (value === undefined) return false;
      yield { key: this.#bytes.toString('utf8', key.start + 1, key.end - 1), value };
    } while (this.#take(COMMA));
    return this.#take(CLOSE_BRACE);
  }

  /** The elements of the list that starts here; false in the end where it breaks off. */
  *elements(): Generator<Span, boolean> {
    if (!this.#take(OPEN_BRACKET)) return false;
    if (this.#take(CLOSE_BRACKET)) return true;
    do {
      const element = this.value();
      if (element === undefined) return false;
      yield element;
    } while (this.#take(COMMA));
    return this.#take(CLOSE_BRACKET);
  }

  #take(wanted: number): boolean {
    if (this.peek() !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #string(): boolean {
    this.#at += 1;
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at];
      this.#at += byte === BACKSLASH ? 2 : 1;
      if (byte === QUOTE) return true;
    }
    return false;
  }

  #nested(): boolean {
    let depth = 0;
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at];
      if (byte === QUOTE) {
        if (!this.#string()) return false;
        continue;
      }
      this.#at += 1;
      if (byte === NEWLINE) this.#line += 1;
      else if (isOpening(byte)) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
      if (depth === 0) return true;
    }
    return false;
  }

  /** A number, true, false, null, or something that JSON.parse will refuse. */
  #word(): boolean {
    const start = this.#at;
    while (this.#at < this.#end && !isDelimiter(this.#bytes[this.#at])) this.#at += 1;
    return this.#at > start;
  }
}

function isOpening(byte: number | undefined): boolean {
  return byte === OPEN_BRACE || byte === OPEN_BRACKET;
}

function isDelimiter(byte: number | undefined): boolean {
  return byte === undefined || byte <= 0x20 || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}
