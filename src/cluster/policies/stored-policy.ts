/**
 * A policy as the model keeps it: as written, as the agent reads it, and its rules by the subjects that they select.
 *
 * A policy of thousands of rules has few subjects: an identity is held against these, not against every rule.
 */
import { formatRef, refOf, type PolicyObject } from '../../cilium/objects.ts';
import { listedSelectors, rulesOf, type ParsedPolicy, type Rule } from '../../cilium/policy/rule.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import { portName, type PortName } from '../ports/port-name.ts';

export interface StoredPolicy {
  readonly object: PolicyObject;
  readonly parsed: ParsedPolicy;
  readonly groups: readonly SubjectGroup[];
  /** Whether a peer is told by DNS names. */
  readonly asksForDNSNames: boolean;
}

/** Rules of one policy that select the same subjects. */
export interface SubjectGroup {
  /** Of this group of this version of this policy alone. */
  readonly key: string;
  /** Any of them; all select what it selects. */
  readonly example: Rule;
  readonly rules: readonly Rule[];
  /** Names of an endpoint's own ports that they ask for: those of ingress. */
  readonly ownNames: ReadonlySet<PortName>;
}

/** `generation` tells versions of one object apart. */
export function storedPolicy(object: PolicyObject, parsed: ParsedPolicy, generation: number): StoredPolicy {
  const name = `${formatRef(refOf(object))}#${generation}`;
  const groups = new Map<string, { readonly key: string; readonly example: Rule; readonly rules: Rule[] }>();
  for (const rule of rulesOf(parsed)) {
    const subject = `${rule.subjectKind} ${rule.subject.key}`;
    const group = groups.get(subject);
    if (group === undefined)
      groups.set(subject, { key: [name, '.', groups.size, ' '].join(''), example: rule, rules: [rule] });
    else group.rules.push(rule);
  }
  return {
    object,
    parsed,
    groups: [...groups.values()].map((group) => ({ ...group, ownNames: ownNames(group.rules) })),
    asksForDNSNames: rulesOf(parsed).some(({ peers }) =>
      listedSelectors(peers).some(({ origin }) => origin === 'fqdn'),
    ),
  };
}

function ownNames(rules: readonly Rule[]): ReadonlySet<PortName> {
  return portNames(rules.filter(({ direction }) => direction === 'ingress'));
}

/** The names of ports that a policy asks for. */
export function portNamesIn(policy: StoredPolicy | undefined): ReadonlySet<PortName> {
  return portNames(rulesOf(policy?.parsed));
}

const NO_NAMES: ReadonlySet<PortName> = new Set();

/** Thousands of rules share a list of ports. */
function portNames(rules: readonly Rule[]): ReadonlySet<PortName> {
  const lists = [...new Set(rules.map(({ ports }) => ports))];
  const names = lists.flatMap((ports) => (ports.kind === 'any' ? [] : (ports.names ?? [])));
  if (names.length === 0) return NO_NAMES;
  return new Set(names.map(({ name, protocol }) => portName(name, protocol)));
}

/** The peer selectors of a policy, for the selector cache. */
export function* peerSelectorsOf({ parsed }: StoredPolicy): Iterable<EndpointSelector> {
  for (const { peers } of rulesOf(parsed)) yield* listedSelectors(peers);
}
