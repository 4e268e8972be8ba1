/**
 * The clauses of a ClusterNetworkPolicy that selects the subject of a flow.
 *
 * Restates pkg/k8s/cluster_network_policy.go (1.20): of a rule element all peers are asked, and one that the agent does not know
 * denies everything unless the element accepts. Not modelled: Pass, nodes, names, and selectors that no label selector of
 * Kubernetes can be.
 */
import type { ClusterNetworkPolicy, RuleRef } from '../objects.ts';
import type {
  ClusterNetworkPolicyPeerSpec,
  ClusterNetworkPolicyProtocolSpec,
  ClusterNetworkPolicyRuleSpec,
  NamespacedPodSpec,
  NetworkPolicyPortSpec,
  SelectorSpec,
} from '../policy-spec.ts';
import type { Clause } from './clause.ts';
import {
  conditionsOf,
  exists,
  kubernetesKey,
  meets,
  NAMESPACE_KEY,
  NAMESPACE_LABELS,
  type Condition,
} from './conditions.ts';
import type { ReplayContext, ReplayFlow, ReplayPeer } from './flow.ts';
import { hasReserved } from './peer-labels.ts';
import { conditionsMatch, withCluster } from './peers.ts';
import { kubernetesPortsMatch } from './ports.ts';
import { cidrMatches } from './prefixes.ts';
import { allOf, anyOf, truthOf, type Truth } from './truth.ts';

export function* clusterNetworkPolicyClauses(
  policy: ClusterNetworkPolicy,
  flow: ReplayFlow,
  options: ReplayContext,
): Iterable<Clause> {
  const { spec } = policy;
  const selected = selectsSubject(policy, flow, options);
  if (selected === 'no') return;
  for (const [index, element] of spec[flow.direction].entries()) {
    const ref: RuleRef = { object: { kind: policy.kind, name: policy.name }, field: element.path };
    const level = {
      tier: spec.tier === 'Baseline' ? 'Baseline' : 'Admin',
      priority: spec.priority + index / 100,
    } as const;
    for (const { effect, applies } of readingsOf(element, flow, options)) {
      yield { ref, level, effect, defaultDeny: false, applies: allOf([selected, applies]) };
    }
  }
}

type Reading = Pick<Clause, 'effect' | 'applies'>;

/** What an element says by the peers that the agent knows, by those that it does not, and about queries for names. */
function* readingsOf(
  element: ClusterNetworkPolicyRuleSpec,
  flow: ReplayFlow,
  options: ReplayContext,
): Iterable<Reading> {
  const effect = effectOf(element);
  const { peers } = element;
  const ports = kubernetesPortsMatch(element.protocols.map(portOf), flow);
  if (peers.length === 0) yield { effect, applies: ports };
  const matching = anyOf(peers.map((peer) => peerMatches(peer, flow.peer, options)));
  yield { effect, applies: allOf([ports, matching]) };
  const isUnread = peers.some(({ kind }) => kind === 'unknown');
  if (isUnread && effect !== 'allow') yield { effect: 'deny', applies: ports };
  const hasNames = peers.some(({ kind }) => kind === 'domainNames');
  if (hasNames && meets(flow.peer.labels ?? [], DNS_SERVERS)) yield { effect, applies: 'maybe' };
}

/** Which of their ports are for DNS is not modelled. */
const DNS_SERVERS: readonly Condition[] = [{ source: 'any', key: 'k8s-app', operator: 'In', values: ['kube-dns'] }];

function effectOf({ action }: ClusterNetworkPolicyRuleSpec): Clause['effect'] {
  if (action === 'Deny') return 'deny';
  return action === 'Pass' ? 'pass' : 'allow';
}

/** Of any cluster. */
function selectsSubject({ spec }: ClusterNetworkPolicy, { subject }: ReplayFlow, options: ReplayContext): Truth {
  if (spec.subject === undefined) return 'no';
  const conditions = conditionsIn(spec.subject, options);
  return conditions === undefined ? 'maybe' : truthOf(meets(subject, conditions));
}

function peerMatches(spec: ClusterNetworkPolicyPeerSpec, peer: ReplayPeer, options: ReplayContext): Truth {
  switch (spec.kind) {
    case 'pods':
    case 'namespaces': {
      const conditions = conditionsIn(spec, options);
      if (conditions === undefined) return 'maybe';
      // Namespaces are those of every cluster.
      return conditionsMatch(spec.kind === 'pods' ? withCluster(conditions, options) : conditions, peer, options);
    }
    case 'nodes':
      return NODE_KEYS.some((key) => hasReserved(peer.labels ?? [], key)) ? 'maybe' : 'no';
    case 'networks':
      if (spec.networks.length === 0) return 'maybe';
      return anyOf(spec.networks.map((text) => cidrMatches(text, [], peer, options)));
    case 'domainNames':
      return peer.kind === 'address' || spec.domainNames.length === 0 ? 'maybe' : 'no';
    case 'unknown':
      return 'no';
  }
}

const NODE_KEYS = ['host', 'remote-node'];

/** undefined for what no label selector of Kubernetes can be: the agent reads it in its own way. */
function conditionsIn(
  spec: Extract<ClusterNetworkPolicyPeerSpec, { readonly kind: 'pods' | 'namespaces' }>,
  options: ReplayContext,
): readonly Condition[] | undefined {
  return spec.kind === 'pods' ? podConditions(spec.pods, options) : namespaceConditions(spec.namespaces, options);
}

function podConditions(
  { podSelector, namespaceSelector }: NamespacedPodSpec,
  options: ReplayContext,
): readonly Condition[] | undefined {
  const namespaces = namespaceConditions(namespaceSelector, options);
  if (namespaces === undefined || !isPlain(podSelector)) return undefined;
  const pods = options.readings.conditions(podSelector, 'pods', () => conditionsOf(podSelector, kubernetesKey()));
  return [...namespaces, ...pods];
}

/** Every namespace has a name, so that a selector without requirements takes all. */
function namespaceConditions(selector: SelectorSpec, { readings }: ReplayContext): readonly Condition[] | undefined {
  if (!isPlain(selector)) return undefined;
  return readings.conditions(selector, 'namespaces', () => {
    const conditions = conditionsOf(selector, kubernetesKey(NAMESPACE_LABELS));
    return conditions.length === 0 ? [exists('k8s', NAMESPACE_KEY)] : conditions;
  });
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

function isPlain({ matchLabels, matchExpressions }: SelectorSpec): boolean {
  const keys = [...matchLabels.keys(), ...matchExpressions.map(({ key }) => key)];
  const hasSource = keys.some((key) => key.includes(':') || key.startsWith('$'));
  return !hasSource && matchExpressions.every(({ operator }) => OPERATORS.includes(operator));
}

/** A port without a protocol is one of TCP, UDP and SCTP. */
function portOf(written: ClusterNetworkPolicyProtocolSpec): NetworkPolicyPortSpec {
  if (written.kind === 'name') return { protocol: 'ANY', port: written.name };
  return { protocol: written.protocol, port: written.port, endPort: written.endPort };
}
