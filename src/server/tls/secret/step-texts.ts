/**
 * What is to be kept in a Secret after a step: makes the certificates that it asks for.
 */
import { X509Certificate } from 'node:crypto';
import type { PemPair, Validity } from '../certificates.ts';
import type { Authority, CertificateTexts, KeptCertificates } from './certificate-secret.ts';
import type { Moment, Step } from './rotation.ts';

/** Clocks of a cluster differ a little. */
const BACKDATE_MS = 60 * 60 * 1000;

type Making = Pick<Moment, 'now' | 'lifetimes' | 'names'>;

export async function textsAfter(
  step: Exclude<Step, { readonly kind: 'nothing' }>,
  kept: KeptCertificates | undefined,
  making: Making,
): Promise<CertificateTexts> {
  if (step.kind === 'begin' || kept === undefined) return begun(making);
  const { authority, next, former } = kept;
  const serving = kept.serving.ok ? kept.serving.value : await servingBy(authority, making);
  const texts = { authority, next, former: former?.toString(), serving };
  switch (step.kind) {
    case 'renew':
      return { ...texts, serving: await servingBy(authority, making) };
    case 'announce':
      return { ...texts, next: await authorityFor(making) };
    case 'take-over':
      return next === undefined ? begun(making) : successionOf(next, authority, making);
    case 'forget':
      return { ...texts, former: undefined };
  }
}

/** The key of who signed before is thrown away. */
async function successionOf(next: Authority, former: Authority, making: Making): Promise<CertificateTexts> {
  return { authority: next, former: former.x509.toString(), serving: await servingBy(next, making) };
}

async function begun(making: Making): Promise<CertificateTexts> {
  const authority = await authorityFor(making);
  return { authority, serving: await servingBy(authority, making) };
}

async function authorityFor({ now, lifetimes }: Making): Promise<PemPair> {
  const { makeAuthority } = await import('../certificates.ts');
  return makeAuthority(validity(now, now.getTime() + lifetimes.authorityMs));
}

/** It ends no later than what it is signed by. */
async function servingBy(authority: PemPair, { now, lifetimes, names }: Making): Promise<PemPair> {
  const { makeServingCertificate } = await import('../certificates.ts');
  const endMs = Math.min(
    now.getTime() + lifetimes.servingMs,
    new X509Certificate(authority.cert).validToDate.getTime(),
  );
  return makeServingCertificate(authority, names, validity(now, endMs));
}

function validity(now: Date, endMs: number): Validity {
  return { notBefore: new Date(now.getTime() - BACKDATE_MS), notAfter: new Date(endMs) };
}
