/**
 * A folder with a certificate authority and a serving certificate of our own: ca.crt, ca.key, tls.crt, tls.key.
 *
 * Reused while they serve: the keys match, the authority signed the certificate, it names every host that is asked for and
 * has more than 30 days left. Else the same authority signs a new certificate, so that a caBundle stays right.
 * Invariant: what clients trust is never replaced unasked. An authority that cannot sign any more, and a certificate of
 * another authority, are faults where anything of the four files is there: with failurePolicy Ignore a caBundle that does
 * not match switches the webhook off, and nobody is told.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok } from '../../cilium/result.ts';
import type { Result } from '../../cilium/result.ts';
import { systemErrorText } from '../../system-error.ts';
import { exists, makeFolder, replacePair, tlsFilesIn } from './certificate-files.ts';
import { DAY_MS, daysLeft, endsSoon, readAuthority, readServing } from './certificate-standing.ts';
import type { PemPair, Validity } from './certificates.ts';
import { inTurn } from './folder-turn.ts';
import { loadTlsPair } from './tls-pair.ts';
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
  /** Whether a new authority may take the place of what is there. */
  readonly replace?: boolean;
}

export interface CertificateFolder {
  readonly files: TlsFiles;
  readonly caFile: string;
  /** PEM, for a caBundle. */
  readonly ca: string;
  readonly notAfter: Date;
  /** What was done, and where something took the place of another, why. */
  readonly outcome:
    { readonly kind: 'reused' | 'created' } | { readonly kind: 'renewed' | 'replaced'; readonly because: string };
}

const AUTHORITY_DAYS = 3650;
const SERVING_DAYS = 365;
/** Clocks of a cluster differ a little. */
const BACKDATE_MS = 60 * 60 * 1000;

/** Faults: a folder that cannot be written to, and files that would have to be replaced and may not. */
export async function ensureCertificateFolder(
  options: CertificateFolderOptions,
): Promise<Result<CertificateFolder, TlsFault>> {
  const { folder } = options;
  try {
    await makeFolder(folder);
    const settings = { names: DEFAULT_SERVING_NAMES, replace: false, ...options };
    if (await isUsable(settings)) return await describe(settings, { kind: 'reused' });
    // Several may start on one folder: the second of them finds what the first has made.
    return await inTurn(folder, () => ensure(settings));
  } catch (error) {
    // Of the folder: the file that failed has a name that nobody has seen before.
    return fail({ file: folder, reason: systemErrorText(error, 'written') });
  }
}

type Options = Required<CertificateFolderOptions>;

async function ensure(options: Options): Promise<Result<CertificateFolder, TlsFault>> {
  if (await isEmpty(options.folder)) return remade(options, { kind: 'created' });
  const authority = await readAuthority(options);
  if (!authority.ok) return replaced(options, authority.error);
  const serving = await readServing(authority.value, options);
  switch (serving.kind) {
    case 'usable':
      return describe(options, { kind: 'reused' });
    case 'foreign':
      return replaced(options, serving.fault);
    case 'worn-out': {
      const { value } = authority;
      if (daysLeft(value.notAfter, options.now) < SERVING_DAYS) return replaced(options, endsSoon(value));
      await createServing(options, value);
      return describe(options, { kind: 'renewed', because: told(serving.fault) });
    }
  }
}

/** Reading does not have to wait for a turn. */
async function isUsable(options: Options): Promise<boolean> {
  if (await isEmpty(options.folder)) return false;
  const authority = await readAuthority(options);
  return authority.ok && (await readServing(authority.value, options)).kind === 'usable';
}

async function isEmpty(folder: string): Promise<boolean> {
  for (const name of ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']) {
    if (await exists(join(folder, name))) return false;
  }
  return true;
}

/** A new authority and a new certificate in place of what `fault` makes useless, if that may be. */
async function replaced(options: Options, fault: TlsFault): Promise<Result<CertificateFolder, TlsFault>> {
  if (options.replace) return remade(options, { kind: 'replaced', because: told(fault) });
  return fail({ file: fault.file, reason: `${fault.reason}${NOT_REPLACED}` });
}

const NOT_REPLACED =
  '; what clients trust is not replaced unasked: put the right file there, or let "certs --force" make all four anew';

async function remade(
  options: Options,
  outcome: CertificateFolder['outcome'],
): Promise<Result<CertificateFolder, TlsFault>> {
  await createServing(options, await createAuthority(options));
  return describe(options, outcome);
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

function told({ file, reason }: TlsFault): string {
  return `"${file}" ${reason}`;
}

async function createAuthority({ folder, now }: CertificateFolderOptions): Promise<PemPair> {
  const { makeAuthority } = await import('./certificates.ts');
  const authority = await makeAuthority(validity(now, AUTHORITY_DAYS));
  await replacePair(folder, 'ca', authority);
  return authority;
}

async function createServing(options: Options, authority: PemPair): Promise<void> {
  const { makeServingCertificate } = await import('./certificates.ts');
  const pair = await makeServingCertificate(authority, options.names, validity(options.now, SERVING_DAYS));
  await replacePair(options.folder, 'tls', pair);
}

function validity(now: Date, days: number): Validity {
  return { notBefore: new Date(now.getTime() - BACKDATE_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}
