/**
 * NetworkPolicy -> rules.
 *
 * Mirrors ParseNetworkPolicy (pkg/k8s/network_policy.go): one rule for each peer. policyTypes only adds default deny: rules
 * that are there are enforced whatever it says.
 */
import type { FieldPath } from '../../field-path.ts';
import { refOf, type NetworkPolicy, type ObjectRef } from '../../objects.ts';
import type { NetworkPolicyPortSpec, NetworkPolicyRuleSpec } from '../../policy-spec.ts';
import { prefixTexts } from './cidr-peers.ts';
import type { ParseContext, PolicyContext } from '../context.ts';
import { hasLongKey, networkPolicyPeers, networkPolicySubject } from './network-policy-peers.ts';
import { readPort, readProtocol, type PortText } from '../ports.ts';
import { portRange } from './rule-ports.ts';
import { matchModePart, portNames } from './unsupported.ts';
import type { Direction, NamedPort, ParsedPolicy, PortRange, Ports, Refusal, Rule, Unsupported } from '../rule.ts';

const PEERS_PER_PAUSE = 64;

/** Yields where the caller may pause. */
export function* parseNetworkPolicy(policy: NetworkPolicy, context: ParseContext): Generator<undefined, ParsedPolicy> {
  const object = refOf(policy);
  for (const refusal of refusals(policy, context)) {
    if (refusal !== undefined) return { kind: 'refused', object, refusal };
    yield;
  }
  const rules = [...(yield* rulesOf(policy, 'ingress', context)), ...(yield* rulesOf(policy, 'egress', context))];
  return { kind: 'parsed', object, rules, prefixes: yield* prefixTexts(textsIn(policy), context) };
}

function* textsIn(policy: NetworkPolicy): Iterable<string> {
  for (const { peers } of trafficOf(policy)) {
    for (const { ipBlock } of peers ?? []) if (ipBlock !== undefined) yield* [ipBlock.cidr, ...ipBlock.except];
  }
}

function trafficOf({ spec }: NetworkPolicy): readonly NetworkPolicyRuleSpec[] {
  return [...(spec.ingress ?? []), ...(spec.egress ?? [])];
}

/** undefined: the caller may pause. */
function* refusals(policy: NetworkPolicy, context: PolicyContext): Iterable<Refusal | undefined> {
  const { profile, config } = context;
  // Until 1.18 its rules are looked at as those of Cilium's own kinds are.
  const isSanitized = profile.longNetworkPolicyKeys === 'refused';
  const { podSelector } = policy.spec;
  if (isSanitized && hasLongKey({ podSelector }, context)) yield longKey('spec.podSelector');
  for (const { path, ports, peers } of trafficOf(policy)) {
    for (const [index, { protocol, port }] of (ports ?? []).entries()) {
      const field = `${path}.ports[${index}]`;
      if (readProtocol(protocol, profile) === undefined) {
        yield { field: `${field}.protocol`, reason: `"${protocol}" is not a protocol of this version` };
      }
      if (isSanitized && portText(port).kind === 'malformed') yield noPort(`${field}.port`, String(port));
    }
    for (const [index, peer] of (peers ?? []).entries()) {
      if (index % PEERS_PER_PAUSE === PEERS_PER_PAUSE - 1) yield undefined;
      if (isSanitized && hasLongKey(peer, context)) yield longKey(peer.path);
      const clashes = profile.refusesIPBlockWithClusterFilter && config.policyDefaultLocalCluster;
      if (peer.ipBlock === undefined || !clashes || !path.startsWith('spec.ingress')) continue;
      yield { field: `${peer.path}.ipBlock`, reason: 'is not taken together with policy-default-local-cluster' };
    }
  }
}

function noPort(field: FieldPath, text: string): Refusal {
  return { field, reason: `"${text}" is neither a number up to 65535 nor a port name` };
}

function longKey(field: FieldPath): Refusal {
  return { field, reason: 'has a label key that is over 63 characters with what Cilium puts before it' };
}

function* rulesOf(
  policy: NetworkPolicy,
  direction: Direction,
  context: ParseContext,
): Generator<undefined, readonly Rule[]> {
  const object = refOf(policy);
  const shared = {
    direction,
    verdict: 'allow',
    subject: networkPolicySubject(policy.spec.podSelector, policy.namespace, context),
    subjectKind: 'endpoint',
    defaultDeny: true,
  } as const;
  const rules: Rule[] = [];
  for (const written of policy.spec[direction] ?? []) {
    // Shared by the rules of all its peers, which may be as many as its ports.
    const ports = portsOf(written, object, context);
    const unsupported = unsupportedParts(written, context);
    for (const peer of yield* networkPolicyPeers(written, object, context)) {
      rules.push({
        ...shared,
        ref: { object, field: written.path },
        peers: { kind: 'list', items: [peer] },
        ports,
        unsupported,
      });
      if (rules.length % PEERS_PER_PAUSE === 0) yield;
    }
  }
  if (rules.length > 0 || !isolates(policy, direction)) return rules;
  const ref = { object, field: 'spec' };
  return [{ ...shared, ref, peers: { kind: 'none' }, ports: { kind: 'any' }, unsupported: [] }];
}

/** Without rules of a direction: whether the policy still denies all of it. */
function isolates({ spec }: NetworkPolicy, direction: Direction): boolean {
  const types = spec.policyTypes ?? [];
  return direction === 'egress' ? types.includes('Egress') : types.includes('Ingress') || !types.includes('Egress');
}

function portsOf({ path, ports }: NetworkPolicyRuleSpec, object: ObjectRef, context: PolicyContext): Ports {
  if (ports === undefined || ports.length === 0) return { kind: 'any' };
  const written = ports.flatMap((port, index) => portAt(port, { object, field: `${path}.ports[${index}]` }, context));
  const names = written.filter((port) => 'name' in port);
  const items = written.filter((port) => 'first' in port);
  return { kind: 'list', items, ...(names.length === 0 ? {} : { names }) };
}

function portAt(
  { protocol, port, endPort }: NetworkPolicyPortSpec,
  ref: PortRange['ref'],
  { profile }: PolicyContext,
): readonly (PortRange | NamedPort)[] {
  const read = portText(port);
  return (readProtocol(protocol, profile) ?? []).map((number) => {
    if (read.kind === 'name') return { protocol: number, name: read.name, ref };
    return { ...portRange(number, read.kind === 'number' ? read.port : 0, endPort ?? 0, profile), ref };
  });
}

/** A port that is not written is every port of its protocol. */
function portText(port: NetworkPolicyPortSpec['port']): PortText {
  return readPort(String(port ?? 0));
}

function unsupportedParts(rule: NetworkPolicyRuleSpec, context: ParseContext): readonly Unsupported[] {
  const parts: Unsupported[] = [];
  for (const [index, { port }] of (rule.ports ?? []).entries()) {
    if (portText(port).kind !== 'name') continue;
    parts.push(portNames(`${rule.path}.ports[${index}].port`));
  }
  for (const { path, ipBlock } of rule.peers ?? []) {
    if (ipBlock !== undefined) parts.push(...matchModePart(`${path}.ipBlock`, context));
  }
  return parts;
}
