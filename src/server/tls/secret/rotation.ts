/**
 * What is to be done next to certificates that are kept in a Secret, so that at each moment every client trusts what every replica
 * serves.
 *
 * Pure: a function of what is kept, of the time, and of whether it has been so for long enough. A serving certificate is made anew
 * when a third of its life is left, by the same authority. An authority is followed by another in three steps with a wait between
 * them: the next is trusted beside it (`announce`), signs (`take-over`), and only then is the former trusted no more (`forget`).
 */
import type { X509Certificate } from 'node:crypto';
import { isNamedBy } from '../certificate-standing.ts';
import type { KeptCertificates } from './certificate-secret.ts';

export interface Lifetimes {
  readonly servingMs: number;
  readonly authorityMs: number;
  /** How long clients have to follow a change of what they trust, and replicas one of what they serve. */
  readonly overlapMs: number;
}

export const DEFAULT_LIFETIMES: Lifetimes = {
  servingMs: 90 * 24 * 60 * 60 * 1000,
  authorityMs: 3 * 365 * 24 * 60 * 60 * 1000,
  overlapMs: 60 * 60 * 1000,
};

export type Step =
  /** Everything anew: nothing that is there can be gone on with. */
  | { readonly kind: 'begin'; readonly because: string }
  | { readonly kind: 'renew'; readonly because: string }
  | { readonly kind: 'announce' | 'take-over' | 'forget'; readonly because: string }
  | { readonly kind: 'nothing' };

export interface Moment {
  readonly now: Date;
  /** What is kept, and trusted, has been the same for the time of the overlap. */
  readonly isSettled: boolean;
  readonly lifetimes: Lifetimes;
  /** Somebody wants another authority. */
  readonly isAsked: boolean;
  /** That a serving certificate has to have. */
  readonly names: readonly string[];
}

const NOTHING: Step = { kind: 'nothing' };

export function nextStep(kept: KeptCertificates | undefined, moment: Moment): Step {
  if (kept === undefined) return { kind: 'begin', because: 'there was none' };
  const { authority, next, former } = kept;
  const { now, isSettled, lifetimes } = moment;
  const isFollowed = next !== undefined && whyInvalid(next.x509, now) === undefined;
  if (isFollowed && isSettled) {
    return { kind: 'take-over', because: 'the next authority has been trusted for long enough' };
  }
  // Also where it was made by the clock of a leader that was ahead: nobody else takes what it signs.
  const useless = whyInvalid(authority.x509, now);
  if (useless !== undefined) return { kind: 'begin', because: `the authority ${useless}` };
  if (!isFollowed && moment.isAsked) return { kind: 'announce', because: 'it was asked for' };
  const wornOut = whyRenewed(kept, moment);
  if (wornOut !== undefined) return { kind: 'renew', because: wornOut };
  if (!isFollowed && leftMs(authority.x509, now) <= announcedMs(lifetimes)) {
    return { kind: 'announce', because: `the authority ${endOf(authority.x509)}` };
  }
  if (former === undefined) return NOTHING;
  if (leftMs(former, now) <= 0) return { kind: 'forget', because: `the former authority ${endOf(former)}` };
  return isSettled ? { kind: 'forget', because: 'its successor has served for long enough' } : NOTHING;
}

/** A serving certificate lives no longer than what it is signed by: this much before its end an authority has a successor. */
function announcedMs({ authorityMs, servingMs, overlapMs }: Lifetimes): number {
  return Math.max(authorityMs / 3, servingMs + 2 * overlapMs);
}

function whyRenewed({ serving, authority }: KeptCertificates, { now, names, lifetimes }: Moment): string | undefined {
  if (!serving.ok) return `${serving.error.file} ${serving.error.reason}`;
  const { x509 } = serving.value;
  const invalid = whyInvalid(x509, now);
  if (invalid !== undefined) return `it ${invalid}`;
  // One that ends with its authority would be followed by another such.
  const mayLast = x509.validToDate < authority.x509.validToDate;
  if (mayLast && leftMs(x509, now) <= lifetimes.servingMs / 3) return `it ${endOf(x509)}`;
  const missing = names.find((name) => !isNamedBy(x509, name));
  return missing === undefined ? undefined : `it does not name "${missing}"`;
}

function whyInvalid(certificate: X509Certificate, now: Date): string | undefined {
  if (leftMs(certificate, now) <= 0) return endOf(certificate);
  const { validFromDate } = certificate;
  return validFromDate > now ? `is not valid before ${validFromDate.toISOString()}` : undefined;
}

function leftMs({ validToDate }: X509Certificate, now: Date): number {
  return validToDate.getTime() - now.getTime();
}

function endOf({ validToDate }: X509Certificate): string {
  return `ends on ${validToDate.toISOString()}`;
}

/** PEM: all that clients have to trust, in the order in which it signs. */
export function trustOf({ former, authority, next }: KeptCertificates): string {
  return [former, authority.x509, next?.x509].flatMap((one) => (one === undefined ? [] : [one.toString()])).join('');
}
