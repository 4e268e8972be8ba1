/**
 * The serving certificate that all replicas share in a Secret: each serves what is in it, and the one that leads keeps it.
 *
 * Costs a watch of one object, and the one that leads two requests at each poll. While the Secret cannot be read, or what is in it
 * cannot be used, what was served last is served on.
 */
import { fail, ok, type Result } from '../../../cilium/result.ts';
import { WatchedObject } from '../../../kubernetes/watch/watched-object.ts';
import type { WatchTiming } from '../../../kubernetes/watch/watch-timing.ts';
import type { Logger } from '../../../log.ts';
import { readClientCa, type TlsFault, type TlsTexts } from '../tls-pair.ts';
import { TlsSource, type TlsSourceOptions } from '../tls-source.ts';
import { CertificateKeeper, type CertificateKeeperOptions } from './certificate-keeper.ts';
import { placeIn, readCertificates } from './certificate-secret.ts';

export interface SharedCertificateOptions extends Omit<CertificateKeeperOptions, 'log'> {
  readonly clientCaFile?: string;
  readonly log: Logger;
  readonly metrics: TlsSourceOptions['metrics'];
  readonly timing?: Partial<WatchTiming>;
}

export interface SharedCertificate {
  readonly source: TlsSource;
  /** Comes back when nothing is watched or written any more. */
  readonly close: () => Promise<void>;
}

/** At most; several times in the time that anything is waited for. */
const POLL_MS = 5_000;

export function openSharedCertificate(options: SharedCertificateOptions): SharedCertificate {
  const { connection, secret, clientCaFile, lifetimes, log, metrics, timing, now } = options;
  const watched: WatchedObject = new WatchedObject({
    connection,
    path: `/api/v1/namespaces/${secret.namespace}/secrets`,
    ...secret,
    onChange: () => void source.refresh(),
    onFailure: (reason) => {
      if (watched.wasListed) log.warn('a watch fails, and is tried again', { watched: placeIn(secret), reason });
      else void source.refresh();
    },
    ...(timing === undefined ? {} : { timing }),
  });
  const keeper = new CertificateKeeper(options);
  const source: TlsSource = new TlsSource(
    {
      files: {
        certFile: placeIn(secret, 'tls.crt'),
        keyFile: placeIn(secret, 'tls.key'),
        ...(clientCaFile === undefined ? {} : { clientCaFile }),
      },
      read: () => servedTexts(watched, options),
      renew: () => keeper.keep(),
      pollMs: Math.min(POLL_MS, lifetimes.overlapMs / 2),
      now,
      log,
      metrics,
    },
    undefined,
  );
  return {
    source,
    close: async () => {
      source.close();
      keeper.stop();
      await watched.stop();
    },
  };
}

async function servedTexts(
  watched: WatchedObject,
  { secret, clientCaFile }: Pick<SharedCertificateOptions, 'secret' | 'clientCaFile'>,
): Promise<Result<TlsTexts | undefined, TlsFault>> {
  if (!watched.wasListed) {
    const { failure } = watched;
    return failure === undefined ? ok(undefined) : fail({ file: placeIn(secret), reason: failure });
  }
  const kept = readCertificates(watched.current(), secret);
  if (!kept.ok || kept.value === undefined) return kept.ok ? ok(undefined) : kept;
  const { serving } = kept.value;
  if (!serving.ok) return serving;
  const clientCa = await readClientCa({ clientCaFile });
  if (!clientCa.ok) return clientCa;
  return ok({ cert: serving.value.cert, key: serving.value.key, ...clientCa.value });
}
