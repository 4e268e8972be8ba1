/**
 * A serving certificate and its key, checked before anything is served with them; from files, which are read here, or from a Secret.
 *
 * Invariant: a TlsPair that exists can be given to a TLS server: the key belongs to the certificate, the certificate is valid
 * at the time of the check, and OpenSSL accepts both. A fault names the file and says what is wrong with it, never its content.
 */
import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { fail, ok } from '../../cilium/result.ts';
import type { Result } from '../../cilium/result.ts';
import { systemErrorText } from '../../system-error.ts';

/** Or the keys of a Secret: what messages call them. */
export interface TlsFiles {
  /** PEM: the serving certificate, then those between it and its CA. */
  readonly certFile: string;
  /** PEM, not encrypted. */
  readonly keyFile: string;
  /** PEM: the CAs of client certificates. Where it is given, clients have to present one. */
  readonly clientCaFile?: string;
}

export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
  readonly notAfter: Date;
}

export interface TlsFault {
  readonly file: string;
  readonly reason: string;
}

/** The text of each of them. */
export interface TlsTexts {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
}

export async function loadTlsPair(files: TlsFiles, now: Date): Promise<Result<TlsPair, TlsFault>> {
  const texts = await readTlsFiles(files);
  return texts.ok ? checkTlsPair(files, texts.value, now) : texts;
}

export async function readTlsFiles(files: TlsFiles): Promise<Result<TlsTexts, TlsFault>> {
  const cert = await readPem(files.certFile);
  if (!cert.ok) return cert;
  const key = await readPem(files.keyFile);
  if (!key.ok) return key;
  const clientCa = await readClientCa(files);
  return clientCa.ok ? ok({ cert: cert.value, key: key.value, ...clientCa.value }) : clientCa;
}

/** Empty where clients need no certificate. */
export async function readClientCa({
  clientCaFile,
}: {
  readonly clientCaFile?: string | undefined;
}): Promise<Result<Pick<TlsTexts, 'clientCa'>, TlsFault>> {
  if (clientCaFile === undefined) return ok({});
  const clientCa = await readPem(clientCaFile);
  return clientCa.ok ? ok({ clientCa: clientCa.value }) : clientCa;
}

async function readPem(file: string): Promise<Result<string, TlsFault>> {
  try {
    return ok(await readFile(file, 'latin1'));
  } catch (error) {
    return fail({ file, reason: systemErrorText(error) });
  }
}

export function checkTlsPair(files: TlsFiles, texts: TlsTexts, now: Date): Result<TlsPair, TlsFault> {
  const leaf = parseCertificate(files.certFile, texts.cert);
  if (!leaf.ok) return leaf;
  const key = parseKey(files.keyFile, texts.key);
  if (!key.ok) return key;
  if (!leaf.value.checkPrivateKey(key.value)) {
    return fail({ file: files.keyFile, reason: `does not belong to the first certificate of "${files.certFile}"` });
  }
  const validity = checkValidity(files.certFile, leaf.value, now);
  if (!validity.ok) return validity;
  if (files.clientCaFile !== undefined && texts.clientCa !== undefined) {
    const clientCa = parseCertificate(files.clientCaFile, texts.clientCa);
    if (!clientCa.ok) return clientCa;
  }
  return tryContext(files, { ...texts, notAfter: leaf.value.validToDate });
}

export function parseCertificate(file: string, pem: string): Result<X509Certificate, TlsFault> {
  try {
    return ok(new X509Certificate(pem));
  } catch {
    return fail({ file, reason: 'holds no PEM certificate' });
  }
}

function parseKey(file: string, pem: string): Result<KeyObject, TlsFault> {
  try {
    return ok(createPrivateKey(pem));
  } catch {
    return fail({ file, reason: 'holds no unencrypted PEM private key' });
  }
}

function checkValidity(file: string, leaf: X509Certificate, now: Date): Result<undefined, TlsFault> {
  if (leaf.validToDate <= now) return fail({ file, reason: `expired on ${leaf.validToDate.toISOString()}` });
  if (leaf.validFromDate > now)
    return fail({ file, reason: `is not valid before ${leaf.validFromDate.toISOString()}` });
  return ok(undefined);
}

/** OpenSSL has rules of its own, such as the smallest key it accepts: better asked here than by the server. */
function tryContext(files: TlsFiles, pair: TlsPair): Result<TlsPair, TlsFault> {
  try {
    createSecureContext({ cert: pair.cert, key: pair.key, ...(pair.clientCa !== undefined && { ca: pair.clientCa }) });
    return ok(pair);
  } catch (error) {
    return fail({ file: files.certFile, reason: `is refused by OpenSSL: ${codeOf(error)}` });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
