/**
 * Which certificate the webhook serves with: given files, a pair that is made on the first start and renewed in time, or one that
 * all replicas share in a Secret.
 */
import { ok } from '../cilium/result.ts';
import type { Logger } from '../log.ts';
import { ensureCertificateFolder } from '../server/tls/certificate-folder.ts';
import type { Metrics } from '../server/metrics.ts';
import type { TlsFault, TlsFiles } from '../server/tls/tls-pair.ts';
import { openTlsSource, type TlsSource, type TlsSourceOptions } from '../server/tls/tls-source.ts';
import { CommandError } from './command-error.ts';

export interface CertificateOptions {
  readonly certDir: string;
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  readonly clientCaFile?: string;
}

export interface ServingCertificate {
  readonly source: TlsSource;
  /** Where the CA is that a client has to trust; absent for given files, and for a Secret. */
  readonly caFile?: string;
  readonly close: () => Promise<void>;
}

interface Observers {
  readonly log: Logger;
  readonly metrics: Metrics;
}

export async function certificateOfFiles(
  options: CertificateOptions,
  observers: Observers,
): Promise<ServingCertificate> {
  const { tlsCertFile, tlsKeyFile, clientCaFile, certDir } = options;
  const clientCa = clientCaFile === undefined ? {} : { clientCaFile };
  if ((tlsCertFile === undefined) !== (tlsKeyFile === undefined)) {
    throw new CommandError(['--tls-cert-file and --tls-key-file go together']);
  }
  if (tlsCertFile !== undefined && tlsKeyFile !== undefined) {
    return served(await openTls({ certFile: tlsCertFile, keyFile: tlsKeyFile, ...clientCa }, observers, MAKES_ONE));
  }
  const ensured = () => ensureCertificateFolder({ folder: certDir, now: new Date() });
  const made = await ensured();
  if (!made.ok) throw new CommandError([certificateFolderProblem(made.error)]);
  const { files, caFile } = made.value;
  // Later a fault is reported at each poll, and the pair in use stays.
  const renew = async () => {
    const renewed = await ensured();
    return renewed.ok ? ok(undefined) : renewed;
  };
  return { ...served(await openTls({ ...files, ...clientCa }, { ...observers, renew })), caFile };
}

function served(source: TlsSource): ServingCertificate {
  return {
    source,
    close: () => {
      source.close();
      return Promise.resolve();
    },
  };
}

export function certificateFolderProblem({ file, reason }: TlsFault): string {
  return `${file}: ${reason} (--cert-dir names another folder)`;
}

/** For whoever names files of their own. */
const MAKES_ONE = ' (the command "certs" makes a certificate and its key)';

async function openTls(
  files: TlsFiles,
  options: Observers & Pick<TlsSourceOptions, 'renew'>,
  hint = '',
): Promise<TlsSource> {
  const source = await openTlsSource({ files, ...options });
  if (source.ok) return source.value;
  const { file, reason } = source.error;
  throw new CommandError([`${file}: ${reason}${file === files.clientCaFile ? '' : hint}`]);
}
