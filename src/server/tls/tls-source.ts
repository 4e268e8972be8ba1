/**
 * The certificate that the webhook serves, kept up with its files.
 *
 * Invariant: current() is always a pair that was whole and valid when it was read. New files that are broken, or of which
 * only one has been written yet, change nothing; they are logged and counted once, until they can be used again.
 */
import { fail, ok } from '../../cilium/result.ts';
import type { Result } from '../../cilium/result.ts';
import type { Logger } from '../../log.ts';
import { KeptUp, type Reading } from '../kept-up.ts';
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
  readonly #pair: KeptUp<TlsPair, TlsFault>;

  constructor(options: TlsSourceOptions & { readonly now: () => Date }, first: TlsPair) {
    const { log, metrics, files, pollMs = DEFAULT_POLL_MS } = options;
    this.#options = options;
    metrics.certificateExpires(first.notAfter);
    this.#pair = new KeptUp<TlsPair, TlsFault>({
      first,
      pollMs,
      read: (current) => this.#poll(current),
      keyOf: ({ file, reason }) => `${file} ${reason}`,
      onFault: ({ file, reason }) => {
        metrics.certificateReloadFailed();
        log.error('the former certificate stays: its new files cannot be used', { file, reason });
      },
      onRecovered: () => log.info('the certificate files can be used again', { file: files.certFile }),
    });
    this.#pair.onChange(({ notAfter }) => {
      metrics.certificateExpires(notAfter);
      log.info('serving a new certificate', { file: files.certFile, notAfter });
    });
  }

  current(): TlsPair {
    return this.#pair.current();
  }

  /** For readiness, why: a certificate may expire while nobody renews it. */
  notReady(): string | undefined {
    const { notAfter } = this.current();
    return notAfter > this.#options.now() ? undefined : `the serving certificate expired on ${notAfter.toISOString()}`;
  }

  /** Returns how to stop listening. */
  onChange(listener: (pair: TlsPair) => void): () => void {
    return this.#pair.onChange(listener);
  }

  /** Reads the files now. Calls while one is under way share its outcome. */
  refresh(): Promise<void> {
    return this.#pair.refresh();
  }

  close(): void {
    this.#pair.close();
  }

  async #poll(current: TlsPair): Promise<Reading<TlsPair, TlsFault>> {
    const renewed = await this.#renew();
    const read = await this.#read(current);
    const faults = [renewed, read].flatMap((step) => (step.ok ? [] : [step.error]));
    return { value: read.ok ? read.value : undefined, faults };
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
  async #read({ cert, key, clientCa }: TlsPair): Promise<Result<TlsPair | undefined, TlsFault>> {
    const { files, now } = this.#options;
    const texts = await readTlsFiles(files);
    if (!texts.ok) return texts;
    const isServed = texts.value.cert === cert && texts.value.key === key && texts.value.clientCa === clientCa;
    return isServed ? ok(undefined) : checkTlsPair(files, texts.value, now());
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
