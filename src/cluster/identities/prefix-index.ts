/**
 * Node-local identities by the prefix of their cidr label, in order of address: those inside a prefix stand side by side.
 *
 * A selector of the world but for thousands of prefixes asks for a stretch less as many stretches, where holding it against
 * every identity would cost their product.
 * Invariant: holds the identities that were added with a prefix and not removed.
 * Cost: see prefix-order.ts; a selector O(its prefixes x log n + what it selects) with no look at a label.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { prefixOfLabelKey, type Prefix } from '../../cilium/policy/prefixes/cidr.ts';
import { EVERYWHERE, PrefixOrder, stretchOf, type Stretch } from '../../cilium/policy/prefixes/prefix-order.ts';
import type { Requirement } from '../../cilium/policy/selector.ts';

export class PrefixIndex {
  readonly #order = new PrefixOrder<NumericIdentity>();

  add(id: NumericIdentity, prefix: Prefix): void {
    this.#order.add(prefix, id);
  }

  remove(id: NumericIdentity, prefix: Prefix): void {
    this.#order.remove(prefix, id);
  }

  /** Those whose cidr label is of this prefix. */
  at(prefix: Prefix): Iterable<NumericIdentity> {
    return this.#order.at(prefix);
  }

  /** The identities with a cidr label inside each prefix that has to be there, and inside none that must not. */
  meeting(requirements: readonly Requirement[]): readonly NumericIdentity[] {
    let kept = EVERYWHERE;
    const left: Stretch[] = [];
    for (const { key, operator } of requirements) {
      const prefix = prefixOfLabelKey(key);
      if (operator === 'DoesNotExist') left.push(...(prefix === undefined ? [] : [stretchOf(prefix)]));
      else kept = prefix === undefined ? NOWHERE : common(kept, stretchOf(prefix));
    }
    const ids: NumericIdentity[] = [];
    for (const stretch of without(kept, left)) for (const id of this.#order.between(stretch)) ids.push(id);
    return ids;
  }
}

const NOWHERE: Stretch = { start: '', end: '' };

function common(a: Stretch, b: Stretch): Stretch {
  return { start: a.start > b.start ? a.start : b.start, end: a.end < b.end ? a.end : b.end };
}

function* without({ start, end }: Stretch, left: readonly Stretch[]): Iterable<Stretch> {
  let next = start;
  for (const gap of [...left].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    if (gap.start >= end) break;
    if (next < gap.start) yield { start: next, end: gap.start };
    if (next < gap.end) next = gap.end;
  }
  if (next < end) yield { start: next, end };
}
