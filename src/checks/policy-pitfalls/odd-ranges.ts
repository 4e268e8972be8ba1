/**
 * The port ranges of a rule that are odd in some way, each place in the policy once: protocol ANY makes several of one.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import type { PortRange } from '../../cilium/policy/rule.ts';
import type { Element } from './element.ts';

export function* oddRanges({ rule, written }: Element, isOdd: (range: PortRange) => boolean): Iterable<PortRange> {
  if (written === undefined || rule.ports.kind === 'any') return;
  const seen = new Set<FieldPath>();
  for (const range of rule.ports.items) {
    if (!isOdd(range) || seen.has(range.ref.field)) continue;
    seen.add(range.ref.field);
    yield range;
  }
}
