/**
 * Ports of protocol ANY, or of none, which stand for TCP, UDP and SCTP: three entries for each peer, where TCP may be all that is
 * meant. A port that is known for its use with UDP is left alone.
 *
 * Cost: O(ports as written), whatever the number of peers that share them.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import { TCP, type PortRange, type Ports, type Protocol, type Rule } from '../../cilium/policy/rule.ts';
import type { Fix } from '../check.ts';

export type PatchFix = Extract<Fix, { kind: 'patch' }>;

const SHOWN = 3;

/** For the rules that stand in one place. */
export function protocolPatch(element: readonly Rule[]): PatchFix | undefined {
  const lists = new Set(element.map(({ ports }) => ports));
  const fields = [...new Set([...lists].flatMap(anyProtocolPorts))];
  if (fields.length === 0) return undefined;
  const patch = fields.map((field) => ({ op: 'add', path: `${pointerTo(field)}/protocol`, value: 'TCP' }) as const);
  return { kind: 'patch', patch, text: `say protocol TCP in ${shortList(fields)} if no other is meant` };
}

/** Ports as written that stand for several protocols, TCP among them, and are not known for another. */
export function anyProtocolPorts(ports: Ports): readonly FieldPath[] {
  if (ports.kind === 'any') return [];
  const protocols = new Map<FieldPath, Set<Protocol>>();
  for (const range of ports.items) {
    if (!isKnownForOthers(range)) getOrMake(protocols, range.ref.field, () => new Set<Protocol>()).add(range.protocol);
  }
  return [...protocols].filter(([, seen]) => seen.size > 1 && seen.has(TCP)).map(([field]) => field);
}

/** Services that many clients reach by UDP (IANA Service Name and Transport Protocol Port Number Registry). */
const UDP_PORTS: readonly number[] = [
  53, 67, 68, 69, 88, 123, 137, 138, 161, 162, 389, 443, 464, 500, 514, 520, 546, 547, 853, 1194, 1701, 1812, 1813,
  2049, 3478, 4500, 4789, 5060, 5353, 6081, 8472, 51820,
];
const WIDE = 16;

/** Without UDP a rule for DNS, or for one of a few ports, would cut what it is for. Of a wide interval nobody can tell. */
function isKnownForOthers({ first, last, redirect }: PortRange): boolean {
  if (redirect?.parser === 'dns') return true;
  return last - first < WIDE && UDP_PORTS.some((port) => first <= port && port <= last);
}

function shortList(fields: readonly FieldPath[]): string {
  const rest = fields.length - SHOWN;
  return `${fields.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
