/**
 * A folder with a certificate authority and a serving certificate of our own: ca.crt, ca.key, tls.crt, tls.key.
 *
 * Reused while they serve: the keys match, the authority signed the certificate, it names every host that is asked for and
 * has more than 30 days left. Else the certificate is renewed by the same authority, so that a caBundle stays right; a new
 * authority is made only where the old one is missing, broken, or ends before a new certificate would.
 * Invariant: a file is replaced as a whole, by a rename; keys are readable by their owner only.
 */
import type { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { fail, ok } from '../cilium/result.ts';
import type { Result } from '../cilium/result.ts';
import { systemErrorText } from '../system-error.ts';
import type { PemPair, Validity } from './certificates.ts';
import { loadTlsPair, parseCertificate } from './tls-pair.ts';
import type { TlsFault, TlsFiles } from './tls-pair.ts';

export const DEFAULT_SERVING_NAMES = [
  'localhost',
  '127.0.0.1',
  '::1',
  'cilium-bulkhead',
  'cilium-bulkhead.cilium-bulkhead',
  'cilium-bulkhead.cilium-bulkhead.svc',
  'cilium-bulkhead.cilium-bulkhead.svc.cluster.local',
] as const;

export interface CertificateFolderOptions {
  readonly folder: string;
  /** DNS names and IP addresses; DEFAULT_SERVING_NAMES if absent. */
  readonly names?: readonly string[];
  readonly now: Date;
}

export interface CertificateFolder {
  readonly files: TlsFiles;
  readonly caFile: string;
  /** PEM, for a caBundle. */
  readonly ca: string;
  readonly notAfter: Date;
  /** What was done, and where something was made, why. */
  readonly outcome: { readonly kind: 'reused' } | { readonly kind: 'renewed' | 'created'; readonly because: string };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
const SERVING_DAYS = 365;
const RENEW_BEFORE_DAYS = 30;
/** Clocks of a cluster differ a little. */
const BACKDATE_MS = 60 * 60 * 1000;

/** Faults: a folder or file that cannot be read or written. Whatever else is wrong is repaired. */
export async function ensureCertificateFolder(
  options: CertificateFolderOptions,
): Promise<Result<CertificateFolder, TlsFault>> {
  const { folder } = options;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await ensure({ names: DEFAULT_SERVING_NAMES, ...options });
  } catch (error) {
    const path = error instanceof Error && 'path' in error ? String(error.path) : folder;
    return fail({ file: path, reason: systemErrorText(error, 'written') });
  }
}

async function ensure(options: Required<CertificateFolderOptions>): Promise<Result<CertificateFolder, TlsFault>> {
  const files = tlsFilesIn(options.folder);
  const authority = await usableAuthority(options);
  if (!authority.ok) {
    const made = await createAuthority(options);
    await createServing(options, made);
    return describe(options, { kind: 'created', because: authority.error });
  }
  const serving = await usableServing(files, authority.value, options);
  if (serving.ok) return describe(options, { kind: 'reused' });
  await createServing(options, authority.value);
  return describe(options, { kind: 'renewed', because: serving.error });
}

export function tlsFilesIn(folder: string): TlsFiles {
  return { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
}

async function describe(
  { folder, now }: CertificateFolderOptions,
  outcome: CertificateFolder['outcome'],
): Promise<Result<CertificateFolder, TlsFault>> {
  const files = tlsFilesIn(folder);
  const caFile = join(folder, 'ca.crt');
  const pair = await loadTlsPair(files, now);
  if (!pair.ok) return pair;
  return ok({ files, caFile, ca: await readFile(caFile, 'latin1'), notAfter: pair.value.notAfter, outcome });
}

/** The authority of the folder, or why it cannot sign a serving certificate any more. */
async function usableAuthority({ folder, now }: CertificateFolderOptions): Promise<Result<PemPair, string>> {
  const files = { certFile: join(folder, 'ca.crt'), keyFile: join(folder, 'ca.key') };
  const pair = await loadTlsPair(files, now);
  if (!pair.ok) return fail(`"${pair.error.file}" ${pair.error.reason}`);
  const certificate = parseCertificate(files.certFile, pair.value.cert);
  if (!certificate.ok || !certificate.value.ca) return fail(`"${files.certFile}" is no certificate authority`);
  if (daysLeft(pair.value.notAfter, now) < SERVING_DAYS) {
    return fail(`"${files.certFile}" ends on ${pair.value.notAfter.toISOString()}`);
  }
  return ok(pair.value);
}

/** The serving certificate, or why a new one is needed. */
async function usableServing(
  files: TlsFiles,
  authority: PemPair,
  { names, now }: Required<CertificateFolderOptions>,
): Promise<Result<undefined, string>> {
  const pair = await loadTlsPair(files, now);
  if (!pair.ok) return fail(`"${pair.error.file}" ${pair.error.reason}`);
  const leaf = parseCertificate(files.certFile, pair.value.cert);
  const issuer = parseCertificate('ca.crt', authority.cert);
  if (!leaf.ok || !issuer.ok) return fail(`"${files.certFile}" holds no certificate`);
  if (!leaf.value.verify(issuer.value.publicKey)) return fail(`"${files.certFile}" is not signed by "ca.crt"`);
  if (daysLeft(pair.value.notAfter, now) <= RENEW_BEFORE_DAYS) {
    return fail(`"${files.certFile}" ends on ${pair.value.notAfter.toISOString()}`);
  }
  const missing = names.find((name) => !isNamedBy(leaf.value, name));
  return missing === undefined ? ok(undefined) : fail(`"${files.certFile}" does not name "${missing}"`);
}

function daysLeft(notAfter: Date, now: Date): number {
  return (notAfter.getTime() - now.getTime()) / DAY_MS;
}

function isNamedBy(leaf: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined;
}

async function createAuthority({ folder, now }: CertificateFolderOptions): Promise<PemPair> {
  const { makeAuthority } = await import('./certificates.ts');
  const authority = await makeAuthority(validity(now, AUTHORITY_DAYS));
  await replacePair(folder, 'ca', authority);
  return authority;
}

async function createServing(options: Required<CertificateFolderOptions>, authority: PemPair): Promise<void> {
  const { makeServingCertificate } = await import('./certificates.ts');
  const pair = await makeServingCertificate(authority, options.names, validity(options.now, SERVING_DAYS));
  await replacePair(options.folder, 'tls', pair);
}

function validity(now: Date, days: number): Validity {
  return { notBefore: new Date(now.getTime() - BACKDATE_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

/** Whoever reads between the two renames sees a pair that does not match, keeps what it has, and reads again. */
async function replacePair(folder: string, name: 'ca' | 'tls', { cert, key }: PemPair): Promise<void> {
  await replaceFile(join(folder, `${name}.key`), key, 0o600);
  await replaceFile(join(folder, `${name}.crt`), cert, 0o644);
}

async function replaceFile(file: string, content: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { mode, flag: 'wx' });
    // The mode given at creation is narrowed by the umask; a renewed certificate has to stay readable.
    await chmod(temporary, mode);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}
