/**
 * The certificate that the webhook serves, kept up with its files.
 *
 * Files are polled by content: a Secret's mount swaps a symbolic link, which watches of the file itself do not see.
 * Invariant: current() is always a pair that was whole and valid when it was read. New files that are broken, or of which
 * only one has been written yet, change nothing; they are logged and counted once, until they can be used again, and are
 * read again at each poll.
 */
import { fail, ok } from '../../cilium/result.ts';
import type { Result } from '../../cilium/result.ts';
import type { Logger } from '../../log.ts';
import type { Metrics } from '../metrics.ts';
import { checkTlsPair, loadTlsPair, readTlsFiles } from './tls-pair.ts';
import type { TlsFault, TlsFiles, TlsPair } from './tls-pair.ts';

export interface TlsSourceOptions {
  readonly files: TlsFiles;
  readonly pollMs?: number;
  readonly now?: () => Date;
  /** Called before each poll: renews the files where this process makes them itself. */
  readonly renew?: () => Promise<void>;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'certificateExpires' | 'certificateReloadFailed'>;
}

const DEFAULT_POLL_MS = 10_000;

export async function openTlsSource(options: TlsSourceOptions): Promise<Result<TlsSource, TlsFault>> {
  const now = options.now ?? (() => new Date());
  const pair = await loadTlsPair(options.files, now());
  return pair.ok ? ok(new TlsSource({ ...options, now }, pair.value)) : fail(pair.error);
}

export class TlsSource {
  readonly #options: TlsSourceOptions & { readonly now: () => Date };
  readonly #listeners = new Set<(pair: TlsPair) => void>();
  readonly #timer: NodeJS.Timeout;
  #current: TlsPair;
  #lastFaults: ReadonlySet<string> = new Set();
  #refreshing: Promise<void> | undefined;

  constructor(options: TlsSourceOptions & { readonly now: () => Date }, first: TlsPair) {
    this.#options = options;
    this.#current = first;
    options.metrics.certificateExpires(first.notAfter);
    this.#timer = setInterval(() => void this.refresh(), options.pollMs ?? DEFAULT_POLL_MS).unref();
  }

  current(): TlsPair {
    return this.#current;
  }

  /** For readiness, why: a certificate may expire while nobody renews it. */
  notReady(): string | undefined {
    const { notAfter } = this.#current;
    return notAfter > this.#options.now() ? undefined : `the serving certificate expired on ${notAfter.toISOString()}`;
  }

  /** Returns how to stop listening. */
  onChange(listener: (pair: TlsPair) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the files now. Calls while one is under way share its outcome. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#poll().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  async #poll(): Promise<void> {
    const renewed = await this.#renew();
    const read = await this.#read();
    this.#report([renewed, read].flatMap((step) => (step.ok ? [] : [step.error])));
    if (read.ok && read.value !== undefined) this.#replace(read.value);
  }

  async #renew(): Promise<Result<undefined, TlsFault>> {
    try {
      await this.#options.renew?.();
      return ok(undefined);
    } catch (error) {
      return fail({ file: this.#options.files.certFile, reason: `cannot be renewed: ${messageOf(error)}` });
    }
  }

  /** undefined: what is served already. */
  async #read(): Promise<Result<TlsPair | undefined, TlsFault>> {
    const { files, now } = this.#options;
    const texts = await readTlsFiles(files);
    if (!texts.ok) return texts;
    const { cert, key, clientCa } = this.#current;
    const isServed = texts.value.cert === cert && texts.value.key === key && texts.value.clientCa === clientCa;
    return isServed ? ok(undefined) : checkTlsPair(files, texts.value, now());
  }

  #replace(pair: TlsPair): void {
    this.#current = pair;
    this.#options.metrics.certificateExpires(pair.notAfter);
    this.#options.log.info('serving a new certificate', {
      file: this.#options.files.certFile,
      notAfter: pair.notAfter,
    });
    for (const listener of this.#listeners) listener(pair);
  }

  /** Of the faults of a poll, those that the poll before did not have. */
  #report(faults: readonly TlsFault[]): void {
    const { log, metrics, files } = this.#options;
    const known = this.#lastFaults;
    this.#lastFaults = new Set(faults.map(({ file, reason }) => `${file} ${reason}`));
    if (known.size > 0 && faults.length === 0) {
      log.info('the certificate files can be used again', { file: files.certFile });
    }
    for (const { file, reason } of faults) {
      if (known.has(`${file} ${reason}`)) continue;
      metrics.certificateReloadFailed();
      log.error('the former certificate stays: its new files cannot be used', { file, reason });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
