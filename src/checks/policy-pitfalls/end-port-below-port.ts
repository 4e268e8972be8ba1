/**
 * An endPort below its port: the port alone, and not the range between them.
 *
 * Nothing refuses it, and a range that is none is one port (newL4Filter, pkg/policy/l4.go).
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { PortRange, Rule } from '../../cilium/policy/rule.ts';
import type { Fix } from '../check.ts';
import type { Element } from './element.ts';
import { peerIn } from '../facts/example-flow.ts';
import type { Ground, Misreading } from './misreading.ts';
import { oddRanges } from './odd-ranges.ts';

export function* endPortBelowPort(element: Element, { ends }: Ground): Iterable<Misreading> {
  const { rule } = element;
  for (const range of oddRanges(element, isUpsideDown)) {
    const { field } = range.ref;
    const peer = peerIn(rule, ends);
    yield {
      id: 'end-port-below-port',
      reason: 'one-port',
      field,
      meant: withTurned(rule, field),
      flows: lostPorts(range).map((port) => ({ peer, protocol: range.protocol, port })),
      content: `${range.protocol} ${range.first} ${range.endPort ?? 0}`,
      fixes: [turned(range)],
    };
  }
}

function isUpsideDown({ first, endPort = 0 }: PortRange): boolean {
  return endPort > 0 && endPort < first;
}

/** Of the range that is lost; others of the rule may name one of them. */
function lostPorts({ first, endPort = 0 }: PortRange): readonly number[] {
  return [...new Set([endPort, endPort + 1, first - 1])].filter((port) => port < first);
}

function withTurned(rule: Rule, field: FieldPath): Rule {
  if (rule.ports.kind === 'any') return rule;
  const turn = (range: PortRange): PortRange =>
    range.ref.field === field
      ? { ...range, first: range.endPort ?? 0, last: range.first, endPort: range.first }
      : range;
  return { ...rule, ports: { ...rule.ports, items: rule.ports.items.map(turn) } };
}

function turned({ first, endPort = 0, ref }: PortRange): Fix {
  const path = pointerTo(ref.field);
  const patch = [
    { op: 'replace', path: `${path}/port`, value: String(endPort) },
    { op: 'replace', path: `${path}/endPort`, value: first },
  ] as const;
  return { kind: 'patch', patch, text: `write port ${endPort} and endPort ${first} in ${ref.field}` };
}
