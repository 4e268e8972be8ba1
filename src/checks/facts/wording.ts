/**
 * Numbers and lists as a sentence says them.
 */

import type { Tenant } from '../../cluster/tenant.ts';

/** `1 pod`, `12 pods`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** 37 -> 40, 2311 -> 2000: what a tenant may read about identities of others. */
export function roundedToOneDigit(number: number): number {
  return inOneDigit(number, Math.round);
}

/** 37 -> 30: so that what is more than the number is more than what is said of it. */
export function roundedDownToOneDigit(number: number): number {
  return inOneDigit(number, Math.floor);
}

function inOneDigit(number: number, round: (number: number) => number): number {
  if (number < 10) return number;
  const unit = 10 ** Math.floor(Math.log10(number));
  return round(number / unit) * unit;
}

const MOST_QUOTED = 5;

/** `total` where `items` are only the first of them: `a`, `a and b`, `a, b and 3 more`. */
export function listed(items: readonly string[], { most = items.length, total = items.length } = {}): string {
  const shown = items.slice(0, most);
  const rest = total - shown.length;
  const last = rest > 0 ? `${rest} more` : (shown.pop() ?? '');
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** The same, each in quotes and no more than five: `"a" and "b"`. */
export function quotedList(names: readonly string[], total = names.length): string {
  return listed(
    names.slice(0, MOST_QUOTED).map((name) => `"${name}"`),
    { total },
  );
}

/** `tenant web`, `namespace team-a`: whose something is. */
export function tenantText(tenant: Tenant): string {
  const slash = tenant.indexOf('/');
  if (slash < 0) return 'the cluster';
  const name = tenant.slice(slash + 1);
  return tenant.startsWith('label/') ? `tenant ${name}` : `namespace ${name}`;
}
