/**
 * Which certificate the webhook serves with: given files, or a pair that is made on the first start and renewed in time.
 */
import type { Logger } from '../log.ts';
import { ensureCertificateFolder, type CertificateFolder } from '../server/tls/certificate-folder.ts';
import type { Metrics } from '../server/metrics.ts';
import type { TlsFault, TlsFiles } from '../server/tls/tls-pair.ts';
import { openTlsSource, type TlsSource } from '../server/tls/tls-source.ts';
import { CommandError } from './command-error.ts';

export interface CertificateOptions {
  readonly certDir: string;
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  readonly clientCaFile?: string;
}

export interface ServingCertificate {
  readonly source: TlsSource;
  /** Where the CA is that a client has to trust; absent for given files. */
  readonly caFile?: string;
}

interface Observers {
  readonly log: Logger;
  readonly metrics: Metrics;
}

export async function servingCertificate(
  options: CertificateOptions,
  observers: Observers,
): Promise<ServingCertificate> {
  const { tlsCertFile, tlsKeyFile, clientCaFile, certDir } = options;
  const clientCa = clientCaFile === undefined ? {} : { clientCaFile };
  if ((tlsCertFile === undefined) !== (tlsKeyFile === undefined)) {
    throw new CommandError(['--tls-cert-file and --tls-key-file go together']);
  }
  if (tlsCertFile !== undefined && tlsKeyFile !== undefined) {
    return { source: await openTls({ certFile: tlsCertFile, keyFile: tlsKeyFile, ...clientCa }, observers, MAKES_ONE) };
  }
  const { files, caFile } = await ensured(certDir);
  const renew = async (): Promise<void> => {
    await ensured(certDir);
  };
  return { source: await openTls({ ...files, ...clientCa }, { ...observers, renew }), caFile };
}

/** At the start a fault ends the command; later it is reported at each poll, and the pair in use stays. */
async function ensured(folder: string): Promise<CertificateFolder> {
  const made = await ensureCertificateFolder({ folder, now: new Date() });
  if (made.ok) return made.value;
  throw new CommandError([certificateFolderProblem(made.error)]);
}

export function certificateFolderProblem({ file, reason }: TlsFault): string {
  return `${file}: ${reason} (--cert-dir names another folder)`;
}

/** For whoever names files of their own. */
const MAKES_ONE = ' (the command "certs" makes a certificate and its key)';

async function openTls(
  files: TlsFiles,
  options: Observers & { readonly renew?: () => Promise<void> },
  hint = '',
): Promise<TlsSource> {
  const source = await openTlsSource({ files, ...options });
  if (source.ok) return source.value;
  const { file, reason } = source.error;
  throw new CommandError([`${file}: ${reason}${file === files.clientCaFile ? '' : hint}`]);
}
