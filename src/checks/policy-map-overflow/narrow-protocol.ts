/**
 * One narrowing that may fit: protocol ANY, or none, stands for TCP, UDP and SCTP, which is three entries for each peer.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { formatRuleRef } from '../../cilium/objects.ts';
import { TCP, type Protocol, type Rule } from '../../cilium/policy/rule.ts';
import type { Fix } from '../check.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { Contributor } from './contributors.ts';

const SHOWN = 3;

/** For the rule that contributes most of those that can be narrowed. */
export function narrowProtocol(rules: readonly Rule[], contributors: readonly Contributor[]): Fix | undefined {
  const byPlace = new Map(rules.map((rule) => [formatRuleRef(rule.ref), rule]));
  for (const contributor of contributors) {
    const rule = byPlace.get(formatRuleRef(contributor.rule));
    const fields = rule === undefined ? [] : anyProtocolPorts(rule);
    if (fields.length === 0) continue;
    const patch = fields.map((field) => ({ op: 'add', path: `${pointerTo(field)}/protocol`, value: 'TCP' }) as const);
    return { kind: 'patch', patch, text: `say protocol TCP in ${shortList(fields)} if no other is meant` };
  }
  return undefined;
}

/** Ports as written that stand for several protocols. */
function anyProtocolPorts({ ports }: Rule): readonly FieldPath[] {
  if (ports.kind === 'any') return [];
  const protocols = new Map<FieldPath, Set<Protocol>>();
  for (const { protocol, ref } of [...ports.items, ...(ports.names ?? [])]) {
    getOrMake(protocols, ref.field, () => new Set<Protocol>()).add(protocol);
  }
  return [...protocols].filter(([, seen]) => seen.size > 1 && seen.has(TCP)).map(([field]) => field);
}

function shortList(fields: readonly FieldPath[]): string {
  const rest = fields.length - SHOWN;
  return `${fields.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
