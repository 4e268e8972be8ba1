/**
 * Kafka and l7 rules in 1.20, which has no parsers for them: the rule allows whatever comes on its ports.
 *
 * The agent has no fields for them and reads past them. A CRD of 1.20 takes no such policy: it was stored before, or agents are
 * newer than the CRD.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { L7Spec } from '../../cilium/policy-spec.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { MisreadingReasons } from '../facts/findings/policy-pitfalls.ts';
import type { Element } from './element.ts';
import { packetOf, peerIn } from '../facts/example-flow.ts';
import type { Ground, Misreading } from './misreading.ts';

export function* rulesWithoutParser({ rule, written }: Element, { settings, ends }: Ground): Iterable<Misreading> {
  if (settings.profile.parsesKafka || rule.ports.kind === 'any') return;
  for (const { path, rules } of written?.traffic.toPorts ?? []) {
    const reason = unreadRules(rules);
    const range = rule.ports.items.find(({ ref }) => isIn(ref.field, path));
    if (reason === undefined || range === undefined) continue;
    yield {
      id: 'rules-without-parser',
      reason,
      field: `${path}.rules`,
      meant: withoutPorts(rule, path),
      flows: [{ peer: peerIn(rule, ends), ...packetOf(range) }],
      content: JSON.stringify([reason, range.protocol, range.first]),
      fixes: [
        {
          kind: 'patch',
          patch: [{ op: 'remove', path: `${pointerTo(path)}/rules` }],
          text: `remove ${path}.rules, which do nothing, or the rule, if not everything may come on its ports`,
        },
      ],
    };
  }
}

function unreadRules(rules: L7Spec | undefined): MisreadingReasons['rules-without-parser'] | undefined {
  if ((rules?.kafka ?? []).length > 0) return 'kafka';
  if ((rules?.l7 ?? []).length > 0) return 'l7';
  return (rules?.l7proto ?? '') === '' ? undefined : 'l7proto';
}

function withoutPorts(rule: Rule, path: FieldPath): Rule {
  if (rule.ports.kind === 'any') return rule;
  const { items, names = [] } = rule.ports;
  const isElsewhere = ({ ref }: { readonly ref: { readonly field: FieldPath } }): boolean => !isIn(ref.field, path);
  return { ...rule, ports: { kind: 'list', items: items.filter(isElsewhere), names: names.filter(isElsewhere) } };
}

function isIn(field: FieldPath, path: FieldPath): boolean {
  return field.startsWith(`${path}.ports[`);
}
