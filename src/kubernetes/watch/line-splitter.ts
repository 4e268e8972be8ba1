/**
 * Bytes as they come off a connection -> whole lines.
 *
 * Invariant: what waits for the end of its line is never more than the limit, in however small pieces it comes. Lines are cut at
 * the byte of a line feed, which is part of no other character of UTF-8, so that a chunk may end anywhere.
 * Cost: each byte is looked at once; those of a line that lies in several chunks are copied, twice at most.
 */
import { fail, ok, type Result } from '../../cilium/result.ts';

const LINE_FEED = 0x0a;
const FIRST_CAPACITY = 64 * 1024;

export class LineSplitter {
  readonly #maxBytes: number;
  #waiting = Buffer.alloc(0);
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this chunk, or how many bytes there are of the one that is too long. */
  take(chunk: Uint8Array): Result<readonly string[], number> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      const length = this.#length + end - start;
      if (length > this.#maxBytes) return fail(length);
      lines.push(this.#lineUpTo(bytes.subarray(start, end)));
      start = end + 1;
    }
    const length = this.#length + bytes.length - start;
    if (length > this.#maxBytes) return fail(length);
    this.#wait(bytes.subarray(start));
    return ok(lines);
  }

  #lineUpTo(end: Buffer): string {
    if (this.#length === 0) return end.toString('utf8');
    this.#wait(end);
    const line = this.#waiting.toString('utf8', 0, this.#length);
    this.#length = 0;
    if (this.#waiting.length > FIRST_CAPACITY) this.#waiting = Buffer.alloc(0);
    return line;
  }

  #wait(part: Buffer): void {
    const length = this.#length + part.length;
    if (length > this.#waiting.length) this.#grow(length);
    part.copy(this.#waiting, this.#length);
    this.#length = length;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, 2 * length));
    this.#waiting.copy(larger, 0, 0, this.#length);
    this.#waiting = larger;
  }
}
