/**
 * NetworkPolicy -> rules.
 *
 * Mirrors pkg/k8s/network_policy.go. All keys are pod labels; a namespaceSelector selects by labels of the namespace;
 * policyTypes only adds default deny: rules that are there are enforced whatever it says.
 */
import { CLUSTER_KEY, NAMESPACE_LABEL_PREFIX, POD_NAMESPACE_KEY } from '../identity/pod-labels.ts';
import { refOf, type NetworkPolicy, type ObjectRef } from '../objects.ts';
import type {
  NetworkPolicyPeerSpec,
  NetworkPolicyPortSpec,
  NetworkPolicyRuleSpec,
  SelectorSpec,
} from '../policy-spec.ts';
import { cidrRuleSelectors, prefixTexts } from './cidr-peers.ts';
import type { ParseContext, PolicyContext } from './context.ts';
import { readPort, readProtocol } from './ports.ts';
import { portRange } from './rule-ports.ts';
import type {
  Direction,
  NamedPort,
  ParsedPolicy,
  Peers,
  PortRange,
  Ports,
  Refusal,
  Rule,
  Unsupported,
} from './rule.ts';
import { endpointSelector, equals, exists, WILDCARD, type EndpointSelector } from './selector.ts';
import { kubernetesKeyParts, readSelector, sealed, withLabel, type WrittenSelector } from './written-selector.ts';

export function parseNetworkPolicy(policy: NetworkPolicy, context: ParseContext): ParsedPolicy {
  const object = refOf(policy);
  for (const refusal of refusals(policy, context)) return { kind: 'refused', object, refusal };
  const rules = [...rulesOf(policy, 'ingress', context), ...rulesOf(policy, 'egress', context)];
  const blocks = trafficOf(policy).flatMap(({ peers }) => (peers ?? []).flatMap(({ ipBlock }) => ipBlock ?? []));
  const prefixes = prefixTexts(blocks.flatMap(({ cidr, except }) => [cidr, ...except]));
  return { kind: 'parsed', object, rules, prefixes: [...new Set(prefixes)] };
}

function trafficOf({ spec }: NetworkPolicy): readonly NetworkPolicyRuleSpec[] {
  return [...(spec.ingress ?? []), ...(spec.egress ?? [])];
}

function* refusals(policy: NetworkPolicy, { profile, config }: PolicyContext): Iterable<Refusal> {
  for (const { path, ports, peers } of trafficOf(policy)) {
    for (const [index, { protocol }] of (ports ?? []).entries()) {
      if (readProtocol(protocol, profile) !== undefined) continue;
      yield { field: `${path}.ports[${index}].protocol`, reason: `"${protocol}" is not a protocol of this version` };
    }
    const clashes = profile.refusesIPBlockWithClusterFilter && config.policyDefaultLocalCluster;
    for (const peer of clashes && path.startsWith('spec.ingress') ? (peers ?? []) : []) {
      if (peer.ipBlock === undefined) continue;
      yield { field: `${peer.path}.ipBlock`, reason: 'is not taken together with policy-default-local-cluster' };
    }
  }
}

function rulesOf(policy: NetworkPolicy, direction: Direction, context: ParseContext): readonly Rule[] {
  const object = refOf(policy);
  const written = policy.spec[direction] ?? [];
  const shared = {
    direction,
    verdict: 'allow',
    subject: sealed(inNamespace(podLabels(policy.spec.podSelector), policy.namespace)),
    subjectKind: 'endpoint',
    defaultDeny: true,
  } as const;
  const rules = written.map((rule): Rule => ({
    ...shared,
    ref: { object, field: rule.path },
    peers: peersOf(rule, object, context),
    ports: portsOf(rule, object, context),
    unsupported: unsupportedParts(rule, context),
  }));
  if (rules.length > 0 || !isolates(policy, direction)) return rules;
  const ref = { object, field: 'spec' };
  return [{ ...shared, ref, peers: { kind: 'none' }, ports: { kind: 'any' }, unsupported: [] }];
}

/** Without rules of a direction: whether the policy still denies all of it. */
function isolates({ spec }: NetworkPolicy, direction: Direction): boolean {
  const types = spec.policyTypes ?? [];
  return direction === 'egress' ? types.includes('Egress') : types.includes('Ingress') || !types.includes('Egress');
}

function peersOf(rule: NetworkPolicyRuleSpec, object: ObjectRef, context: ParseContext): Peers {
  const peers = rule.peers ?? [];
  if (peers.length === 0) {
    return { kind: 'list', items: [{ selectors: [WILDCARD], ref: { object, field: rule.path } }] };
  }
  const items = peers.map((peer) => ({
    selectors: peerSelectors(peer, object, context),
    ref: { object, field: peer.path },
  }));
  return { kind: 'list', items };
}

function peerSelectors(
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeerSpec,
  object: ObjectRef,
  context: ParseContext,
): readonly EndpointSelector[] {
  if (ipBlock !== undefined) return cidrRuleSelectors(ipBlock, context);
  const pods = inCluster(podLabels(podSelector), context);
  if (namespaceSelector === undefined) return [sealed(inNamespace(pods, object.namespace ?? ''))];
  const namespaces = namespaceLabels(namespaceSelector);
  const labels = new Map([...namespaces.labels, ...pods.labels]);
  return [endpointSelector([...labels.values(), ...namespaces.expressions, ...pods.expressions])];
}

function podLabels(spec: SelectorSpec | undefined): WrittenSelector {
  return readSelector(spec ?? { matchLabels: new Map(), matchExpressions: [] }, kubernetesKeyParts);
}

/** An empty namespaceSelector selects whatever is in a namespace. */
function namespaceLabels(spec: SelectorSpec): WrittenSelector {
  const written = readSelector(spec, (key) => ({ source: 'k8s', key: `${NAMESPACE_LABEL_PREFIX}${key}` }));
  const isEmpty = written.labels.size === 0 && written.expressions.length === 0;
  return isEmpty ? { ...written, expressions: [exists('k8s', POD_NAMESPACE_KEY)] } : written;
}

function inNamespace(written: WrittenSelector, namespace: string): WrittenSelector {
  return withLabel(written, equals('k8s', POD_NAMESPACE_KEY, namespace));
}

/** The empty cluster name in matchLabels does not count as one. */
function inCluster(written: WrittenSelector, { config }: PolicyContext): WrittenSelector {
  const matched = written.labels.get(`k8s:${CLUSTER_KEY}`)?.values[0] ?? '';
  const named = matched !== '' || written.expressions.some(({ key }) => key === CLUSTER_KEY);
  if (named || !config.policyDefaultLocalCluster) return written;
  return withLabel(written, equals('k8s', CLUSTER_KEY, config.clusterName));
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
  const read = readPort(String(port ?? 0));
  return (readProtocol(protocol, profile) ?? []).map((number) => {
    if (read.kind === 'name') return { protocol: number, name: read.name, ref };
    return { ...portRange(number, read.kind === 'number' ? read.port : 0, endPort ?? 0, profile), ref };
  });
}

function unsupportedParts(rule: NetworkPolicyRuleSpec, { config, supplies }: ParseContext): readonly Unsupported[] {
  const parts: Unsupported[] = [];
  for (const [index, { port }] of (rule.ports ?? []).entries()) {
    if (readPort(String(port ?? 0)).kind !== 'name' || supplies?.has('named-ports') === true) continue;
    parts.push({ feature: 'port names', field: `${rule.path}.ports[${index}].port` });
  }
  for (const { path, ipBlock } of config.cidrMatchMode.length > 0 ? (rule.peers ?? []) : []) {
    if (ipBlock !== undefined) parts.push({ feature: 'policy-cidr-match-mode', field: `${path}.ipBlock` });
  }
  return parts;
}
