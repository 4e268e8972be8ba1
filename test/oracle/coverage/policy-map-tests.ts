/**
 * What rows of the policy-map table ask of a world, in their words.
 */
import type { Json } from '../generate/json.ts';
import { json, layer7Of, list, peersOf, portsOf, texts, type LiveRule, type SeenWorld } from './seen-world.ts';

export type Test = (seen: SeenWorld) => boolean;
type RuleTest = (rule: LiveRule, seen: SeenWorld) => boolean;
type Direction = LiveRule['direction'];

export function both(one: Test, other: Test): Test {
  return (seen) => one(seen) && other(seen);
}

/** Some rule in force. */
export function rule(test: RuleTest): Test {
  return (seen) => seen.rules.some((one) => test(one, seen));
}

/** Two rules in force of one direction. */
export function pair(test: (one: LiveRule, other: LiveRule) => boolean): Test {
  return ({ rules }) =>
    rules.some((one) => rules.some((other) => one !== other && one.direction === other.direction && test(one, other)));
}

/** An element of `from...` or `to...`. */
export function peer(field: string, test: (peer: Json, rule: LiveRule, seen: SeenWorld) => boolean): Test {
  return rule((one, seen) => (peersOf(one, field) ?? []).some((each) => test(each, one, seen)));
}

export function hasEntity(name: string): Test {
  return rule((one) => texts(peersOf(one, 'Entities')).includes(name));
}

/** A peer of a NetworkPolicy. */
export function knpPeer(test: (peer: Json) => boolean): Test {
  return rule(({ kind, element }) => kind === 'NetworkPolicy' && list(element['from'] ?? element['to']).some(test));
}

export function hasPort(test: (port: Json) => boolean, side?: Direction): Test {
  return rule((one) => (side === undefined || one.direction === side) && portsOf(one).some(test));
}

export function isNamed({ port }: Json): boolean {
  return ['http', 'dns', 'nope'].includes(String(port));
}

export function hasLayer7(test: (rules: Json) => boolean): Test {
  return rule((one) => layer7Of(one).some(test));
}

/** A prefix that stands in any list. */
export function hasPrefix(test: (prefix: string) => boolean): Test {
  return rule((one) => {
    const written = [...(peersOf(one, 'CIDR') ?? []), ...(peersOf(one, 'CIDRSet') ?? []).map(({ cidr }) => cidr)];
    const blocks = list(one.element['from'] ?? one.element['to']).map(({ ipBlock }) => json(ipBlock)['cidr']);
    return [...written, ...blocks].some((prefix) => typeof prefix === 'string' && test(prefix));
  });
}

export function enforced(ingress: boolean, egress: boolean): Test {
  return ({ answer }) => answer['ingressEnforced'] === ingress && answer['egressEnforced'] === egress;
}

/** Of a subject that some rule selects. */
export function hasLabel(name: string): Test {
  return ({ subject, rules }) => name in subject && rules.length > 0;
}

export function option(name: string): Test {
  return ({ options }) => name in options;
}

/** Some policy says it, in force or not. */
export function writes(pattern: RegExp): Test {
  return ({ policies }) => pattern.test(JSON.stringify(policies));
}

export function cidrGroupMembers({ policies }: SeenWorld): readonly string[] {
  const groups = policies.filter(({ kind }) => kind === 'CiliumCIDRGroup');
  return groups.flatMap(({ spec }) => texts(json(spec)['externalCIDRs']));
}

/** Two groups that have a prefix in common. */
export function sharesMember(seen: SeenWorld): boolean {
  const members = cidrGroupMembers(seen);
  return new Set(members).size < members.length;
}

/** A prefix that has the labels of a group without being in it. */
export function inheritsGroup(seen: SeenWorld): boolean {
  const members = new Set(cidrGroupMembers(seen).map((prefix) => `cidr:${prefix.replaceAll(':', '-')}`));
  return list(seen.answer['localIdentities']).some(({ labels }) => {
    const prefixes = texts(labels).filter((label) => label.startsWith('cidr:'));
    const hasGroup = texts(labels).some((label) => label.startsWith('cidrgroup:'));
    return hasGroup && prefixes.length > 0 && prefixes.every((label) => !members.has(label));
  });
}

const POLICIES = /NetworkPolicy$/;

/** Nothing that could select the endpoint. */
export function hasNoPolicies({ policies }: SeenWorld): boolean {
  return !policies.some(({ kind }) => POLICIES.test(String(kind)));
}

/** An address that was learned for names of two selectors. */
export function hasOverlappingNames({ answer }: SeenWorld): boolean {
  const isName = (label: string): boolean => label.startsWith('fqdn:');
  return list(answer['localIdentities']).some(({ labels }) => texts(labels).filter(isName).length > 1);
}
