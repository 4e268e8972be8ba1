/**
 * `cidrGroupSelector: {}`: everybody, pods and nodes as well, where every CIDR group is meant.
 *
 * A selector without requirements is the wildcard (CIDRSelector, pkg/policy/types/selector.go).
 */
import { peerField } from '../../cilium/policy/parse/peer-field.ts';
import type { Element } from './element.ts';
import { portIn } from '../facts/example-flow.ts';
import { withPeer, type Ground, type Misreading } from './misreading.ts';

export function* emptyCIDRGroupSelector({ rule, written }: Element, { ends }: Ground): Iterable<Misreading> {
  const packet = portIn(rule.ports);
  if (written === undefined || packet === undefined) return;
  for (const [index, { cidrGroupSelector: selector, except }] of (written.traffic.cidrSet ?? []).entries()) {
    const isEmpty = selector?.matchLabels.size === 0 && selector.matchExpressions.length === 0 && except.length === 0;
    if (!isEmpty) continue;
    const field = `${peerField(written.traffic, written.place, 'cidrSet')}[${index}]`;
    yield {
      id: 'empty-cidr-group-selector',
      reason: 'everybody',
      field,
      meant: withPeer(rule, field, []),
      flows: [{ peer: ends.somePod(rule), ...packet }],
      content: '',
      fixes: [
        { kind: 'words', text: `name the groups that are meant in ${field}: cidrGroupRef, or a label that they have` },
      ],
    };
  }
}
