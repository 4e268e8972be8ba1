/**
 * Which of two policy-map entries wins: one number, higher wins.
 *
 * Mirrors pkg/policy/types/entry.go (1.20): 24 bits of inverted priority above a byte that says deny (255), redirect (by
 * listener priority) or allow (1). Until 1.18 Cilium kept a deny flag and a proxy priority, which order the same way.
 */
import type { Redirect } from './rule.ts';

export type Precedence = number;

/** Lower wins. */
export type Priority = number;

/** The first level: what CNP, CCNP and NetworkPolicy say where there is no rule of an earlier tier. */
export const NORMAL_PRIORITY: Priority = 0;

export type Outcome =
  | { readonly effect: 'allow' }
  | { readonly effect: 'deny' }
  | { readonly effect: 'redirect'; readonly redirect: Redirect };

const LOWEST_PRIORITY = 2 ** 24 - 1;
const DENY = 255;
const ALLOW = 1;

export function precedenceOf(priority: Priority, outcome: Outcome): Precedence {
  return (LOWEST_PRIORITY - priority) * 256 + byteOf(outcome);
}

export function effectOf(precedence: Precedence): Outcome['effect'] {
  const byte = precedence % 256;
  if (byte === DENY) return 'deny';
  return byte === ALLOW ? 'allow' : 'redirect';
}

/** Of two precedences the higher tier is that of the lower priority. */
export function tierOf(precedence: Precedence): number {
  return Math.floor(precedence / 256);
}

export function isDeny(precedence: Precedence): boolean {
  return precedence % 256 === DENY;
}

function byteOf(outcome: Outcome): number {
  switch (outcome.effect) {
    case 'allow':
      return ALLOW;
    case 'deny':
      return DENY;
    case 'redirect':
      return DENY - outcome.redirect.priority;
  }
}
