/**
 * `snapshot`: the model of a cluster in one file, which `--cluster` reads again.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Command } from 'commander';
import { count } from '../checks/facts/wording.ts';
import { LabelRedaction } from '../snapshot/redaction.ts';
import { SNAPSHOT_SUFFIX, snapshotHeader } from '../snapshot/snapshot-format.ts';
import { snapshotLine, type Redaction } from '../snapshot/snapshot-lines.ts';
import { customKindsOf } from '../config/settings.ts';
import type { KindEntry } from '../kubernetes/decode/kinds.ts';
import { formatOrigin } from '../sources/file-event.ts';
import { readFiles } from '../sources/files.ts';
import { errorCode, systemErrorText } from '../system-error.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError } from './command-error.ts';
import { sourcePaths } from './load-model.ts';
import { KindCounts } from './kind-counts.ts';
import { cleanLines } from './output.ts';
import { configFrom } from './options.ts';
import { progressOn, type Progress } from './progress.ts';
import { Skipped } from './skipped.ts';

interface SnapshotOptions {
  readonly output: string;
  readonly cluster?: readonly string[];
  readonly demo?: boolean;
  readonly config?: string;
  readonly redact?: boolean;
  readonly redactKeyFile?: string;
}

const KEY_BYTES = 32;
const SHORTEST_KEY = 16;

const EXAMPLE = `
Example:
  cilium-bulkhead snapshot -o prod${SNAPSHOT_SUFFIX} --cluster ./sysdump
  cilium-bulkhead audit --cluster prod${SNAPSHOT_SUFFIX}`;

export function snapshotCommand(program: Command, context: CommandContext): void {
  program
    .command('snapshot')
    .summary('save the model of a cluster')
    .description('Saves what the model needs of a cluster in one file, which --cluster reads again.')
    .addHelpText('after', EXAMPLE)
    .requiredOption('-o, --output <file>', `where it is written; must end in ${SNAPSHOT_SUFFIX}`)
    .option('--cluster <path...>', 'the cluster, as files or folders, as for the other commands')
    .option('--demo', 'the demo cluster that comes with the program, in place of --cluster')
    .option('--config <file>', 'the configuration: its custom workloads are saved, too')
    .option('--redact', 'hash the values of labels, the same value to the same hash; names and addresses stay')
    .option('--redact-key-file <file>', 'the key of these hashes, to get the same ones again (default: a random key)')
    .action((options: SnapshotOptions) => snapshot(options, context));
}

async function snapshot(options: SnapshotOptions, context: CommandContext): Promise<void> {
  const { output } = options;
  if (!output.endsWith(SNAPSHOT_SUFFIX))
    throw new CommandError([`--output must end in ${SNAPSHOT_SUFFIX} (is ${output})`]);
  const paths = sourcePaths(options);
  const reading = new Reading(paths, customKindsOf(await configFrom(options)), progressOn(context.stderr));
  const redaction = await redactionOf(options);
  const partial = `${output}.partial`;
  try {
    await written(partial, reading.lines(redaction));
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    if (errorCode(error) === '') throw error;
    throw new CommandError([`${output}: ${systemErrorText(error, 'written')}`]);
  }
  const { size } = await stat(output);
  const notes = [...reading.notes(), `wrote ${output}, ${count(size, 'byte')}: ${reading.written()}`];
  for (const note of notes) context.stderr.write(`${cleanLines(note)}\n`);
}

async function redactionOf({ redact, redactKeyFile }: SnapshotOptions): Promise<Redaction | undefined> {
  if (redact !== true) {
    if (redactKeyFile !== undefined) throw new CommandError(['--redact-key-file goes with --redact']);
    return undefined;
  }
  const redaction = new LabelRedaction(
    redactKeyFile === undefined ? randomBytes(KEY_BYTES) : await keyIn(redactKeyFile),
  );
  return (object) => redaction.object(object);
}

async function keyIn(file: string): Promise<Uint8Array> {
  const key = await readFile(file).catch((error: unknown) => {
    throw new CommandError([`${file}: ${systemErrorText(error)}`]);
  });
  if (key.length >= SHORTEST_KEY) return key;
  throw new CommandError([
    `${file}: a key of ${key.length} bytes can be guessed: it must have ${SHORTEST_KEY} or more`,
  ]);
}

/** Others may not read it: labels tell of people. */
async function written(file: string, lines: AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(lines), createGzip(), createWriteStream(file, { mode: 0o600 }));
}

class Reading {
  readonly #paths: readonly string[];
  readonly #progress: Progress;
  readonly #customKinds: readonly KindEntry[];
  readonly #skipped = new Skipped();
  readonly #counts = new KindCounts();

  constructor(paths: readonly string[], customKinds: readonly KindEntry[], progress: Progress) {
    this.#paths = paths;
    this.#customKinds = customKinds;
    this.#progress = progress;
  }

  /** Throws what is wrong with the source: a snapshot with holes would give answers that look sure and are not. */
  async *lines(redact: Redaction | undefined): AsyncGenerator<string> {
    const problems: string[] = [];
    yield `${JSON.stringify(snapshotHeader(redact !== undefined))}\n`;
    for await (const event of readFiles(this.#paths, { customKinds: this.#customKinds, unread: 'cut' })) {
      if (event.type === 'problem') problems.push(`${formatOrigin(event.origin)} ${event.reason}`);
      if (event.type === 'skipped') this.#skipped.add(event);
      if (event.type === 'note') this.#skipped.remark(event);
      const line = snapshotLine(event, redact ?? ((object) => object), this.#customKinds);
      if (line === undefined) continue;
      this.#counts.add(event.type === 'object' ? event.object.kind : 'LearnedNames');
      this.#progress.count(this.#counts.total);
      yield `${line}\n`;
    }
    this.#progress.done();
    if (problems.length > 0) throw new CommandError(problems);
    if (this.#counts.total === 0)
      throw new CommandError([this.#skipped.nothingBut('the source holds no object that is read', this.#paths)]);
  }

  /** What went into the file. */
  written(): string {
    return this.#counts.text();
  }

  notes(): readonly string[] {
    return this.#skipped.notes('the cluster');
  }
}
