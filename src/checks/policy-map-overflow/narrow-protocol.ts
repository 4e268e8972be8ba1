/**
 * One narrowing that may fit: protocol ANY, or none, stands for TCP, UDP and SCTP, which is three entries for each peer.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import type { RuleRef } from '../../cilium/objects.ts';
import { TCP, type PortRange, type Rule } from '../../cilium/policy/rule.ts';
import type { Fix } from '../check.ts';
import { pointerTo } from '../facts/json-pointer.ts';
import { placeOf, type Contributor } from './contributors.ts';

/** For the rule that contributes most of those that can be narrowed. */
export function narrowProtocol(rules: readonly Rule[], contributors: readonly Contributor[]): Fix | undefined {
  for (const { rule: ref } of contributors) {
    const fields = anyProtocolPorts(rules, ref);
    if (fields.length === 0) continue;
    const patch = fields.map((field) => ({ op: 'add', path: `${pointerTo(field)}/protocol`, value: 'TCP' }) as const);
    return { kind: 'patch', patch, text: `say protocol TCP in ${fields.join(', ')} if no other is meant` };
  }
  return undefined;
}

function anyProtocolPorts(rules: readonly Rule[], ref: RuleRef): readonly FieldPath[] {
  const rule = rules.find((candidate) => placeOf(candidate.ref) === placeOf(ref));
  if (rule === undefined || rule.ports.kind === 'any') return [];
  const written: readonly Pick<PortRange, 'protocol' | 'ref'>[] = [...rule.ports.items, ...(rule.ports.names ?? [])];
  const fields = new Set(written.map((port) => port.ref.field));
  return [...fields].filter((field) => {
    const protocols = written.filter((port) => port.ref.field === field).map(({ protocol }) => protocol);
    return protocols.length > 1 && protocols.includes(TCP);
  });
}
