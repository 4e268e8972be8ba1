/**
 * The decision log: lines appended to a file, behind the answers and never in their way.
 *
 * What waits to be written is bounded; what does not fit, and what the disk does not take, is dropped and counted. The first
 * failure is logged, and that it works again; between them nothing is.
 * Rotation needs no signal: a file that was moved away or deleted is noticed before the next write, and made anew. Lines are
 * appended, so that a file may be emptied in place, too.
 * Invariant: one write at a time, so lines are never mixed. A line that a full disk cut in half is ended before the next one.
 * Cost: a line is queued in O(1); a batch is one stat and one write.
 */
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { LogFields } from '../log.ts';

/** Where it is said that decisions are lost, and that they are no more: no line for each. */
export interface DecisionFaults {
  readonly record: FaultLine;
  readonly warn: FaultLine;
}

type FaultLine = (kind: 'decision log', message: string, fields: LogFields) => void;

export interface DecisionLogOptions {
  readonly file: string;
  readonly faults: DecisionFaults;
  /** Called with how many lines were dropped, and why. */
  readonly onDropped: (lines: number, reason: DropReason) => void;
  /** UTF-16 units that may wait to be written. */
  readonly maxWaiting?: number;
}

/** `queue-full`: the disk is slower than decisions are made. */
export type DropReason = 'queue-full' | 'write-failed';

const MAX_WAITING = 4 * 1024 * 1024;
/** Who stops waits no longer than this for a disk. */
const CLOSE_TIMEOUT_MS = 2_000;
/** It names people and what they did. */
const FILE_MODE = 0o600;
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

export class DecisionLog {
  readonly #options: DecisionLogOptions;
  readonly #maxWaiting: number;
  #handle: FileHandle | undefined;
  #waiting: string[] = [];
  #size = 0;
  #writing: Promise<void> | undefined;
  /** Dropped since it last worked. */
  #dropped = 0;
  /** The last line of the file may have no end. */
  #isTorn: boolean;

  private constructor(options: DecisionLogOptions, handle: FileHandle, isTorn: boolean) {
    this.#options = options;
    this.#isTorn = isTorn;
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING;
    this.#handle = handle;
  }

  /** Rejects where the file cannot be written to. */
  static async open(options: DecisionLogOptions): Promise<DecisionLog> {
    const handle = await openFile(options.file);
    // Whoever wrote it before may have been killed in the middle of a line.
    return new DecisionLog(options, handle, (await handle.stat()).size > 0);
  }

  /** Takes a line without its line feed; comes back at once. */
  append(line: string): void {
    if (this.#size + line.length > this.#maxWaiting) {
      this.#drop(1, 'queue-full');
      return;
    }
    this.#waiting.push(line);
    this.#size += line.length;
    this.#writing ??= this.#writeAll();
  }

  /** When everything is written, or the disk has had its time. */
  async close(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), CLOSE_TIMEOUT_MS);
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
    // A write that hangs keeps its handle until the process ends.
    if (this.#writing === undefined) await this.#letGo().catch((error: unknown) => this.#tell(error));
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      await this.#write(lines);
      this.#size = this.#waiting.reduce((size, line) => size + line.length, 0);
    }
    this.#writing = undefined;
  }

  async #write(lines: readonly string[]): Promise<void> {
    try {
      const handle = await this.#current();
      await handle.appendFile(`${this.#isTorn ? '\n' : ''}${lines.join('\n')}\n`);
      this.#isTorn = false;
      this.#worksAgain();
    } catch (error) {
      this.#isTorn = true;
      if (this.#dropped === 0) this.#tell(error);
      this.#drop(lines.length, 'write-failed');
    }
  }

  /** The file that has the name now. */
  async #current(): Promise<FileHandle> {
    if (this.#handle !== undefined && (await isStillThere(this.#handle, this.#options.file))) return this.#handle;
    await this.#letGo();
    this.#handle = await openFile(this.#options.file);
    return this.#handle;
  }

  async #letGo(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  #drop(lines: number, reason: DropReason): void {
    if (reason === 'queue-full' && this.#dropped === 0) this.#tell(undefined);
    this.#dropped += lines;
    this.#options.onDropped(lines, reason);
  }

  #tell(error: unknown): void {
    const { file, faults } = this.#options;
    faults.record('decision log', 'decisions are missing from the decision log', {
      file,
      ...(error === undefined ? { because: 'the disk is slower than decisions are made' } : { error }),
    });
  }

  #worksAgain(): void {
    if (this.#dropped === 0) return;
    const { file, faults } = this.#options;
    faults.warn('decision log', 'the decision log is written again', { file, dropped: this.#dropped });
    this.#dropped = 0;
  }
}

/** Only a regular file: a pipe that nobody reads would hold up whoever opens it. */
async function openFile(file: string): Promise<FileHandle> {
  const handle = await open(file, APPEND, FILE_MODE);
  try {
    if ((await handle.stat()).isFile()) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  throw new Error('is no regular file');
}

async function isStillThere(handle: FileHandle, file: string): Promise<boolean> {
  const [open, named] = await Promise.all([handle.stat(), stat(file).catch(() => undefined)]);
  return named !== undefined && named.ino === open.ino && named.dev === open.dev;
}
