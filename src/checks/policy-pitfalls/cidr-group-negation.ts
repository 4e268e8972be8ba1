/**
 * A cidrGroupSelector of nothing but NotIn and DoesNotExist: until 1.19 it takes every identity that lacks the label, pods and
 * nodes as well.
 *
 * Since 1.20 such selectors reach identities with a world label only.
 */
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { SelectorSpec } from '../../cilium/policy-spec.ts';
import { peerField } from '../../cilium/policy/parse/peer-field.ts';
import type { Fix } from '../check.ts';
import type { Element } from './element.ts';
import { portIn } from '../facts/example-flow.ts';
import { withPeer, type Ground, type Misreading } from './misreading.ts';

export function* cidrGroupNegation({ rule, written }: Element, { ends }: Ground): Iterable<Misreading> {
  const packet = portIn(rule.ports);
  if (written === undefined || packet === undefined) return;
  for (const [index, { cidrGroupSelector: selector, except }] of (written.traffic.cidrSet ?? []).entries()) {
    if (selector === undefined || selector === null || !onlyExcludes(selector, except)) continue;
    const field = `${peerField(written.traffic, written.place, 'cidrSet')}[${index}]`;
    yield {
      id: 'cidr-group-negation',
      reason: 'pods',
      field,
      meant: withPeer(rule, field, []),
      flows: [{ peer: ends.somePod(rule), ...packet }],
      content: JSON.stringify([selector.matchExpressions, except]),
      fixes: [fixOf(selector, field)],
    };
  }
}

function onlyExcludes({ matchLabels, matchExpressions }: SelectorSpec, except: readonly string[]): boolean {
  const isNegative = matchExpressions.every(({ operator }) => operator === 'NotIn' || operator === 'DoesNotExist');
  return matchLabels.size === 0 && isNegative && matchExpressions.length + except.length > 0;
}

/** Groups without the label are left out then: whether one is meant the author has to say. */
function fixOf({ matchExpressions }: SelectorSpec, field: string): Fix {
  const key = matchExpressions.find(({ operator }) => operator === 'NotIn')?.key;
  if (key === undefined) return { kind: 'words', text: `name the groups that are meant in ${field}: cidrGroupRef` };
  const path = `${pointerTo(field)}/cidrGroupSelector/matchExpressions/-`;
  const text = `add { key: "${key}", operator: Exists } to the matchExpressions of ${field}.cidrGroupSelector, if every group that is meant has the label`;
  return { kind: 'patch', patch: [{ op: 'add', path, value: { key, operator: 'Exists' } }], text };
}
