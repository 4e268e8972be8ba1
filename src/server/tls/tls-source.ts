/**
 * The certificate that the webhook serves, kept up with where it comes from: files, or a Secret.
 *
 * Invariant: current() is always a pair that was whole and valid when it was read; absent until there was one. What is broken, or
 * of which only a half has been written yet, changes nothing; it is logged and counted once, until it can be used again.
 */
import { fail, ok } from '../../cilium/result.ts';
import type { Result } from '../../cilium/result.ts';
import type { Logger } from '../../log.ts';
import { KeptUp, type Reading } from '../kept-up.ts';
import type { Metrics } from '../metrics.ts';
import { checkTlsPair, loadTlsPair, readTlsFiles } from './tls-pair.ts';
import type { TlsFault, TlsFiles, TlsPair, TlsTexts } from './tls-pair.ts';

export interface TlsSourceOptions {
  readonly files: TlsFiles;
  /** Where they are no files, but called like this: what they hold; undefined as long as there is nothing. */
  readonly read?: () => Promise<Result<TlsTexts | undefined, TlsFault>>;
  readonly pollMs?: number;
  readonly now?: () => Date;
  /** Called before each poll: renews what is read where this process makes it itself. */
  readonly renew?: () => Promise<Result<unknown, TlsFault>>;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'certificateExpires' | 'certificateReloadFailed'>;
}

const DEFAULT_POLL_MS = 10_000;

/** Of files, which have to be there. */
export async function openTlsSource(options: TlsSourceOptions): Promise<Result<TlsSource, TlsFault>> {
  const pair = await loadTlsPair(options.files, options.now?.() ?? new Date());
  return pair.ok ? ok(new TlsSource(options, pair.value)) : fail(pair.error);
}

export class TlsSource {
  readonly #options: TlsSourceOptions;
  readonly #pair: KeptUp<TlsPair | undefined, TlsFault>;
  #lastFault: TlsFault | undefined;

  constructor(options: TlsSourceOptions, first: TlsPair | undefined) {
    const { log, metrics, files, pollMs = DEFAULT_POLL_MS } = options;
    this.#options = options;
    if (first !== undefined) metrics.certificateExpires(first.notAfter);
    this.#pair = new KeptUp<TlsPair | undefined, TlsFault>({
      first,
      pollMs,
      read: (current) => this.#poll(current),
      keyOf: ({ file, reason }) => `${file} ${reason}`,
      onFault: ({ file, reason }) => {
        metrics.certificateReloadFailed();
        log.error('something is wrong with the certificate: what is served stays', { file, reason });
      },
      onRecovered: () => log.info('the certificate can be used again', { file: files.certFile }),
    });
    this.onChange(({ notAfter }) => {
      metrics.certificateExpires(notAfter);
      log.info('serving a new certificate', { file: files.certFile, notAfter });
    });
  }

  current(): TlsPair | undefined {
    return this.#pair.current();
  }

  /** Whether clients have to present a certificate. */
  get asksClients(): boolean {
    return this.#options.files.clientCaFile !== undefined;
  }

  /** For readiness, why: a certificate may expire while nobody renews it. */
  notReady(): string | undefined {
    const { notAfter } = this.current() ?? {};
    if (notAfter === undefined) return `there is no serving certificate yet${because(this.#lastFault)}`;
    return notAfter > this.#now() ? undefined : `the serving certificate expired on ${notAfter.toISOString()}`;
  }

  /** Returns how to stop listening. */
  onChange(listener: (pair: TlsPair) => void): () => void {
    return this.#pair.onChange((pair) => {
      if (pair !== undefined) listener(pair);
    });
  }

  /** Reads it now. */
  refresh(): Promise<void> {
    return this.#pair.refresh();
  }

  close(): void {
    this.#pair.close();
  }

  async #poll(current: TlsPair | undefined): Promise<Reading<TlsPair, TlsFault>> {
    const renewed = await this.#renew();
    const read = await this.#read(current);
    const faults = [renewed, read].flatMap((step) => (step.ok ? [] : [step.error]));
    this.#lastFault = faults.at(-1);
    return { value: read.ok ? read.value : undefined, faults };
  }

  /** A fault of our own in it is no reason not to read on. */
  async #renew(): Promise<Result<unknown, TlsFault>> {
    try {
      return (await this.#options.renew?.()) ?? ok(undefined);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return fail({ file: this.#options.files.certFile, reason: `cannot be renewed: ${reason}` });
    }
  }

  /** undefined: what is served already, or nothing yet. */
  async #read(current: TlsPair | undefined): Promise<Result<TlsPair | undefined, TlsFault>> {
    const { files, read = () => readTlsFiles(files) } = this.#options;
    const texts = await read();
    if (!texts.ok || texts.value === undefined) return texts.ok ? ok(undefined) : texts;
    const { cert, key, clientCa } = texts.value;
    const isServed = current?.cert === cert && current.key === key && current.clientCa === clientCa;
    return isServed ? ok(undefined) : checkTlsPair(files, texts.value, this.#now());
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

function because(fault: TlsFault | undefined): string {
  return fault === undefined ? '' : `: ${fault.file}: ${fault.reason}`;
}
