/**
 * ICMP type 0: every type, where EchoReply is meant.
 *
 * A type is kept as a port (pkg/policy/api/icmp.go), and port 0 is every port. Replies to what is let through need no rule.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { TrafficRuleSpec } from '../../cilium/policy-spec.ts';
import { ICMP, ICMPV6, type Rule } from '../../cilium/policy/rule.ts';
import type { Fix } from '../check.ts';
import type { Element } from './element.ts';
import { peerIn } from '../facts/example-flow.ts';
import { emptyRuleInstead, withoutPortAt, type Ground, type Misreading } from './misreading.ts';

/** Of each family, what is asked for most comes first. */
const TYPES: ReadonlyMap<number, readonly number[]> = new Map([
  [ICMP, [8, 3, 11, 5, 13, 17]],
  [ICMPV6, [128, 1, 3, 133, 135, 137]],
]);

export function* icmpTypeZero({ rule, written }: Element, { ends }: Ground): Iterable<Misreading> {
  if (written === undefined || rule.ports.kind === 'any') return;
  for (const { protocol, first, ref } of rule.ports.items) {
    const types = TYPES.get(protocol);
    if (types === undefined || first !== 0) continue;
    const peer = peerIn(rule, ends);
    yield {
      id: 'icmp-type-zero',
      reason: 'every-type',
      field: ref.field,
      meant: withoutPortAt(rule, ref.field),
      flows: types.map((port) => ({ peer, protocol, port })),
      content: String(protocol),
      fixes: [removal(rule, written.traffic, ref.field)],
    };
  }
}

/** Never the last field alone: a rule that names no type is one of every packet. */
function removal(rule: Rule, { icmps = [] }: TrafficRuleSpec, field: FieldPath): Fix {
  const list = field.slice(0, field.lastIndexOf('.fields['));
  const own = icmps[Number(/\[(\d+)\]$/.exec(list)?.[1] ?? 0)];
  const target = (own?.fields.length ?? 0) > 1 ? field : list;
  if (target === list && icmps.length === 1) return emptyRuleInstead(rule);
  const text = `remove ${target}: replies need no rule`;
  return { kind: 'patch', patch: [{ op: 'remove', path: pointerTo(target) }], text };
}
