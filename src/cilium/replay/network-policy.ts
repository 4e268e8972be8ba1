/**
 * The clauses of a NetworkPolicy that selects the subject of a flow.
 *
 * Restates pkg/k8s/network_policy.go: every direction that has rules is enforced, whatever policyTypes says; a direction
 * without rules is enforced if policyTypes names it, and ingress also if policyTypes names nothing else. Both selectors of a
 * peer are one, so that of a label that is asked for twice in matchLabels the pod's holds, and the policy's own namespace and
 * cluster before that.
 */
import type { NetworkPolicy, ObjectRef } from '../objects.ts';
import type { NetworkPolicyPeerSpec, NetworkPolicyRuleSpec, SelectorSpec } from '../policy-spec.ts';
import type { Clause } from './clause.ts';
import {
  CLUSTER_KEY,
  conditionsOf,
  exists,
  kubernetesKey,
  meets,
  NAMESPACE_KEY,
  NAMESPACE_LABELS,
  type Condition,
} from './conditions.ts';
import type { ReplayContext, ReplayFlow } from './flow.ts';
import { conditionsMatch } from './peers.ts';
import { kubernetesPortsMatch } from './ports.ts';
import { cidrMatches } from './prefixes.ts';
import { allOf, anyOf, type Truth } from './truth.ts';

const ANY_POD: SelectorSpec = { matchLabels: new Map(), matchExpressions: [] };

export function* networkPolicyClauses(
  policy: NetworkPolicy,
  flow: ReplayFlow,
  options: ReplayContext,
): Iterable<Clause> {
  const { namespace, spec } = policy;
  const matchLabels = new Map([...spec.podSelector.matchLabels, [NAMESPACE_KEY, namespace]]);
  if (!meets(flow.subject, conditionsOf({ ...spec.podSelector, matchLabels }, kubernetesKey()))) return;
  const object: ObjectRef = { kind: 'NetworkPolicy', namespace, name: policy.name };
  const rules = (flow.direction === 'ingress' ? spec.ingress : spec.egress) ?? [];
  if (rules.length === 0 && isEnforced(policy, flow)) yield clause({ object, field: 'spec' }, 'no');
  for (const rule of rules) yield clause({ object, field: rule.path }, ruleApplies(rule, namespace, flow, options));
}

function clause(ref: Clause['ref'], applies: Truth): Clause {
  return { ref, effect: 'allow', defaultDeny: true, applies };
}

function isEnforced({ spec }: NetworkPolicy, { direction }: ReplayFlow): boolean {
  const types = spec.policyTypes ?? [];
  if (direction === 'egress') return types.includes('Egress');
  return types.includes('Ingress') || !types.includes('Egress');
}

function ruleApplies(rule: NetworkPolicyRuleSpec, namespace: string, flow: ReplayFlow, options: ReplayContext): Truth {
  const { peers = [], ports } = rule;
  const peer = peers.length === 0 ? 'yes' : anyOf(peers.map((item) => peerMatches(item, namespace, flow, options)));
  return allOf([peer, kubernetesPortsMatch(ports, flow)]);
}

function peerMatches(
  { ipBlock, podSelector = ANY_POD, namespaceSelector }: NetworkPolicyPeerSpec,
  namespace: string,
  { peer }: ReplayFlow,
  options: ReplayContext,
): Truth {
  if (ipBlock !== undefined) return cidrMatches(ipBlock.cidr, ipBlock.except, peer, options);
  const conditions = options.readings.conditions(namespaceSelector ?? podSelector, 'pods', () =>
    namespaceSelector === undefined
      ? podConditions(podSelector, new Map([[NAMESPACE_KEY, namespace]]), options)
      : [...podConditions(podSelector, new Map(), options), ...namespaceConditions(namespaceSelector, podSelector)],
  );
  return conditionsMatch(conditions, peer, options);
}

/** `imposed` takes the place of what matchLabels says of these keys. */
function podConditions(
  selector: SelectorSpec,
  imposed: ReadonlyMap<string, string>,
  { config }: ReplayContext,
): readonly Condition[] {
  const isLocal = config.policyDefaultLocalCluster && !namesCluster(selector);
  const cluster = isLocal ? [[CLUSTER_KEY, config.clusterName] as const] : [];
  const matchLabels = new Map([...selector.matchLabels, ...imposed, ...cluster]);
  return conditionsOf({ ...selector, matchLabels }, kubernetesKey());
}

/** The empty name in matchLabels names no cluster. */
function namesCluster({ matchLabels, matchExpressions }: SelectorSpec): boolean {
  return (matchLabels.get(CLUSTER_KEY) ?? '') !== '' || matchExpressions.some(({ key }) => key === CLUSTER_KEY);
}

/** An empty namespaceSelector is every namespace, so every pod; others are read off the namespace's labels. */
function namespaceConditions(selector: SelectorSpec, pods: SelectorSpec): readonly Condition[] {
  const conditions = conditionsOf(selector, kubernetesKey(NAMESPACE_LABELS));
  if (conditions.length === 0) return [exists('k8s', NAMESPACE_KEY)];
  const isMatchLabel = (index: number): boolean => index < selector.matchLabels.size;
  return conditions.filter(({ key }, index) => !(isMatchLabel(index) && pods.matchLabels.has(key)));
}
