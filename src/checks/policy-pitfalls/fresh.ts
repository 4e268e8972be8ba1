/**
 * Which pitfalls of a policy are new: those that its former version did not have, and more of the kind than it had.
 *
 * They are compared by what they are about, not by where they stand.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { MisreadingId } from '../facts/findings/policy-pitfalls.ts';
import type { ShownMisreading } from './pitfall-finding.ts';

/** `former`: what opens in the version before, among other things. */
export function freshAmong(
  opening: readonly ShownMisreading[],
  former: readonly ShownMisreading[],
): ReadonlySet<ShownMisreading> {
  const before = former.filter(({ effect }) => effect === 'opens');
  const known = new Set(before.map(({ content }) => content));
  const more = counts(opening);
  const had = counts(before);
  const isMore = (id: MisreadingId): boolean => (more.get(id) ?? 0) > (had.get(id) ?? 0);
  return new Set(opening.filter(({ content, misreading }) => !known.has(content) && isMore(misreading.id)));
}

function counts(found: readonly ShownMisreading[]): ReadonlyMap<MisreadingId, number> {
  const numbers = new Map<MisreadingId, number>();
  for (const { misreading } of found) numbers.set(misreading.id, getOrMake(numbers, misreading.id, () => 0) + 1);
  return numbers;
}
