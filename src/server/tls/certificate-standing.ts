/**
 * What the certificates in a folder are still good for: whether the authority can sign, and whether the serving certificate serves.
 *
 * Reads only; certificate-folder.ts decides what is made anew. Cost: four small files.
 */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { fail, ok } from '../../cilium/result.ts';
import type { Result } from '../../cilium/result.ts';
import { tlsFilesIn } from './certificate-files.ts';
import type { PemPair } from './certificates.ts';
import { loadTlsPair, parseCertificate } from './tls-pair.ts';
import type { TlsFault } from './tls-pair.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
const RENEW_BEFORE_DAYS = 30;

interface Standing {
  readonly folder: string;
  /** That a serving certificate has to name. */
  readonly names: readonly string[];
  readonly now: Date;
}

export interface Authority extends PemPair {
  readonly file: string;
  readonly notAfter: Date;
}

/** The authority of the folder, or why it can sign nothing. */
export async function readAuthority({ folder, now }: Standing): Promise<Result<Authority, TlsFault>> {
  const [certFile, keyFile] = [join(folder, 'ca.crt'), join(folder, 'ca.key')];
  const pair = await loadTlsPair({ certFile, keyFile }, now);
  if (!pair.ok) return pair;
  const certificate = parseCertificate(certFile, pair.value.cert);
  if (!certificate.ok) return certificate;
  if (!certificate.value.ca) return fail({ file: certFile, reason: 'is no certificate authority' });
  return ok({ file: certFile, ...pair.value });
}

export type Serving =
  | { readonly kind: 'usable' }
  /** The authority of the folder signs a new one. */
  | { readonly kind: 'worn-out'; readonly fault: TlsFault }
  /** Not made here, and not ours to throw away. */
  | { readonly kind: 'foreign'; readonly fault: TlsFault };

export async function readServing(authority: Authority, { folder, names, now }: Standing): Promise<Serving> {
  const files = tlsFilesIn(folder);
  const wornOut = (fault: TlsFault): Serving => ({ kind: 'worn-out', fault });
  const pair = await loadTlsPair(files, now);
  if (!pair.ok) return wornOut(pair.error);
  const leaf = parseCertificate(files.certFile, pair.value.cert);
  if (!leaf.ok) return wornOut(leaf.error);
  const file = files.certFile;
  if (!isSignedBy(leaf.value, authority)) {
    return { kind: 'foreign', fault: { file, reason: `is not signed by "${authority.file}"` } };
  }
  if (daysLeft(pair.value.notAfter, now) <= RENEW_BEFORE_DAYS) return wornOut(endsSoon({ file, ...pair.value }));
  const missing = names.find((name) => !isNamedBy(leaf.value, name));
  return missing === undefined ? { kind: 'usable' } : wornOut({ file, reason: `does not name "${missing}"` });
}

function isSignedBy(leaf: X509Certificate, authority: Authority): boolean {
  const issuer = parseCertificate(authority.file, authority.cert);
  return issuer.ok && leaf.verify(issuer.value.publicKey);
}

export function endsSoon({ file, notAfter }: { readonly file: string; readonly notAfter: Date }): TlsFault {
  return { file, reason: `ends on ${notAfter.toISOString()}` };
}

export function daysLeft(notAfter: Date, now: Date): number {
  return (notAfter.getTime() - now.getTime()) / DAY_MS;
}

/** `name` is a DNS name or an address. */
export function isNamedBy(leaf: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined;
}
