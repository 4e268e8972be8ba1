/**
 * Finds the values of a JSON text without parsing them: where each one starts and ends, and on which line.
 *
 * It tells apart strings, brackets and the rest, which is enough to find ends; whether what is between them is JSON is
 * found out by JSON.parse. It works on bytes, so that a file may be longer than the longest string.
 * Cost: one pass over the bytes, no recursion. What is within a value is gone through with local variables alone, which is the
 * most of every file.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
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
    if (key === wanted?.key && this.peek() === OPEN_BRACKET) return this.#list(key, wanted.most);
    const value = this.value();
    return value && { key, value };
  }

  #list(key: string, most: number): Member | undefined {
    const [start, line] = [this.#at, this.#line];
    const elements: Span[] = [];
    const scan = this.elements();
    let step = scan.next();
    for (; step.done !== true; step = scan.next()) if (elements.length <= most) elements.push(step.value);
    return step.value ? { key, value: { start, end: this.#at, line }, elements } : undefined;
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

/** Behind the closing quote of the string that starts here. */
function endOfString(bytes: Buffer, start: number, end: number): number | undefined {
  for (let at = start + 1; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  return undefined;
}

/** Behind the bracket that closes the one here, and how many lines end before it. */
function endOfNested(bytes: Buffer, start: number, end: number): { end: number; lines: number } | undefined {
  let [at, depth, lines] = [start, 0, 0];
  while (at < end) {
    const byte = bytes[at++];
    if (byte === QUOTE) at = endOfString(bytes, at - 1, end) ?? end;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === NEWLINE) lines += 1;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return { end: at, lines };
  }
  return undefined;
}

function isOpening(byte: number | undefined): boolean {
  return byte === OPEN_BRACE || byte === OPEN_BRACKET;
}

/** No number and no word holds one of them: what stands there is of the place around it, or another value. */
function isDelimiter(byte: number | undefined): boolean {
  return byte === undefined || byte <= 0x20 || byte === COMMA || byte === QUOTE || isOpening(byte) || isClosing(byte);
}

function isClosing(byte: number): boolean {
  return byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}
