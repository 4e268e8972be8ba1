/**
 * Looks a decision up in a decision log, which may be packed (`.gz`), as rotation leaves it.
 *
 * A line that is no decision is skipped and told with its number: a log outlives crashes and full disks.
 * Cost: one pass over the file; a line in memory at a time, the longest of them bounded.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { ok, fail, type Result } from '../cilium/result.ts';
import { errorCode, systemErrorText } from '../system-error.ts';
import { LONGEST_LINE } from './decision-line.ts';
import { readDecision, type LoggedDecision } from './logged-decision.ts';

export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

export interface Search {
  /** Absent where the log holds no decision with this id; of several the last. */
  readonly decision?: LoggedDecision;
  /** The first of them. */
  readonly badLines: readonly BadLine[];
  readonly badLineCount: number;
}

const MOST_BAD_LINES = 20;
/** A character takes at most three bytes in UTF-8 for each unit of UTF-16. */
const LONGEST_LINE_BYTES = 3 * LONGEST_LINE;
const LINE_FEED = 0x0a;

/** Fails with one sentence where the file cannot be read. */
export async function findDecision(file: string, id: string): Promise<Result<Search, string>> {
  const finder = new Finder(id);
  try {
    const source = createReadStream(file);
    const read = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of chunks) finder.take(chunk);
    };
    await (file.endsWith('.gz') ? pipeline(source, createGunzip(), read) : pipeline(source, read));
  } catch (error) {
    return fail(errorCode(error).startsWith('Z_') ? 'is broken gzip' : systemErrorText(error));
  }
  return ok(finder.end());
}

class Finder {
  readonly #id: string;
  readonly #badLines: BadLine[] = [];
  #badLineCount = 0;
  #decision: LoggedDecision | undefined;
  #line = 1;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(id: string) {
    this.#id = id;
  }

  take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#add(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
  }

  end(): Search {
    this.#endLine();
    const decision = this.#decision;
    return {
      ...(decision === undefined ? {} : { decision }),
      badLines: this.#badLines,
      badLineCount: this.#badLineCount,
    };
  }

  /** What is beyond the longest line is not kept. */
  #add(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= LONGEST_LINE_BYTES) this.#parts.push(part);
  }

  #endLine(): void {
    const isTooLong = this.#size > LONGEST_LINE_BYTES;
    if (isTooLong) this.#bad(`is longer than ${LONGEST_LINE_BYTES} bytes`);
    else this.#read(Buffer.concat(this.#parts).toString('utf8').trim());
    this.#line += 1;
    this.#parts = [];
    this.#size = 0;
  }

  #read(text: string): void {
    if (text === '') return;
    const decision = readDecision(text);
    if (!decision.ok) this.#bad(decision.error);
    else if (decision.value.id === this.#id) this.#decision = decision.value;
  }

  #bad(reason: string): void {
    this.#badLineCount += 1;
    if (this.#badLines.length < MOST_BAD_LINES) this.#badLines.push({ line: this.#line, reason });
  }
}
