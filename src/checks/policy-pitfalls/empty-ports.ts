/**
 * An element of toPorts that names no port: nothing, where every port is meant.
 *
 * Filters are made for each port that is named (createL4Filter, pkg/policy/l4.go); leaving toPorts out is every port.
 */
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { PortRuleSpec } from '../../cilium/policy-spec.ts';
import { TCP, type Rule } from '../../cilium/policy/rule.ts';
import type { Fix } from '../check.ts';
import type { Element } from './element.ts';
import { peerIn } from '../facts/example-flow.ts';
import { aboutEverybody, type Ground, type Misreading } from './misreading.ts';

/** Perhaps the rule names one of them elsewhere. */
const PORTS = [80, 8080, 65_535];

export function* emptyPorts({ rule, written }: Element, { ends }: Ground): Iterable<Misreading> {
  const toPorts = written?.traffic.toPorts ?? [];
  if (rule.peers.kind === 'none') return;
  for (const { path, ports } of toPorts) {
    if (ports.length > 0) continue;
    const peer = peerIn(rule, ends);
    yield {
      id: 'empty-ports',
      reason: 'no-port',
      field: path,
      meant: onEveryPort(rule),
      flows: PORTS.map((port) => ({ peer, protocol: TCP, port })),
      content: '',
      fixes: [fixOf(path, toPorts, rule)],
    };
  }
}

function onEveryPort(rule: Rule): Rule {
  return { ...(rule.peers.kind === 'any' ? aboutEverybody(rule) : rule), ports: { kind: 'any' } };
}

/** A rule with neither peers nor ports would allow nothing, too. */
function fixOf(path: string, toPorts: readonly PortRuleSpec[], { peers, ref }: Rule): Fix {
  if (toPorts.some(({ ports }) => ports.length > 0)) {
    return { kind: 'patch', patch: [{ op: 'remove', path: pointerTo(path) }], text: `remove ${path}` };
  }
  if (peers.kind === 'any') return { kind: 'words', text: `name the ports and the peers in ${ref.field}` };
  const patch = [{ op: 'remove', path: `${pointerTo(ref.field)}/toPorts` }] as const;
  return { kind: 'patch', patch, text: `leave ${ref.field}.toPorts out, which is every port` };
}
