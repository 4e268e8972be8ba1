/**
 * The clauses of a NetworkPolicy that selects the subject of a flow.
 *
 * Restates pkg/k8s/network_policy.go: every direction that has rules is enforced, whatever policyTypes says; a direction
 * without rules is enforced if policyTypes names it, and ingress also if policyTypes names nothing else.
 */
import type { NetworkPolicy, ObjectRef } from '../objects.ts';
import type { NetworkPolicyPeerSpec, NetworkPolicyRuleSpec, SelectorSpec } from '../policy-spec.ts';
import type { Clause } from './clause.ts';
import {
  conditionsOf,
  equals,
  exists,
  kubernetesKey,
  meets,
  NAMESPACE_KEY,
  NAMESPACE_LABELS,
  type Condition,
} from './conditions.ts';
import type { ReplayContext, ReplayFlow } from './flow.ts';
import { conditionsMatch, withCluster } from './peers.ts';
import { kubernetesPortsMatch } from './ports.ts';
import { cidrMatches } from './prefixes.ts';
import { allOf, anyOf, type Truth } from './truth.ts';

export function* networkPolicyClauses(
  policy: NetworkPolicy,
  flow: ReplayFlow,
  options: ReplayContext,
): Iterable<Clause> {
  const { namespace, spec } = policy;
  const subject = [...conditionsOf(spec.podSelector, kubernetesKey()), equals(NAMESPACE_KEY, namespace)];
  if (!meets(flow.subject, subject)) return;
  const object: ObjectRef = { kind: 'NetworkPolicy', namespace, name: policy.name };
  const rules = (flow.direction === 'ingress' ? spec.ingress : spec.egress) ?? [];
  if (rules.length === 0 && isEnforced(policy, flow)) yield clause({ object, field: 'spec' }, 'no');
  for (const rule of rules) yield clause({ object, field: rule.path }, ruleApplies(rule, namespace, flow, options));
}

function clause(ref: Clause['ref'], applies: Truth): Clause {
  return { ref, effect: 'allow', defaultDeny: true, applies, wildcard: false };
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
  { ipBlock, podSelector, namespaceSelector }: NetworkPolicyPeerSpec,
  namespace: string,
  { peer }: ReplayFlow,
  options: ReplayContext,
): Truth {
  if (ipBlock !== undefined) return cidrMatches(ipBlock.cidr, ipBlock.except, peer, options);
  return conditionsMatch(
    withCluster(
      [...podConditions(podSelector, options), ...inNamespaces(namespaceSelector, namespace, options)],
      options,
    ),
    peer,
    options,
  );
}

function podConditions(selector: SelectorSpec | undefined, { readings }: ReplayContext): readonly Condition[] {
  if (selector === undefined) return [];
  return readings.conditions(selector, 'pods', () => conditionsOf(selector, kubernetesKey()));
}

/** An empty namespaceSelector is every namespace, so every pod; others are read off the namespace's labels. */
function inNamespaces(
  selector: SelectorSpec | undefined,
  own: string,
  { readings }: ReplayContext,
): readonly Condition[] {
  if (selector === undefined) return [equals(NAMESPACE_KEY, own)];
  return readings.conditions(selector, 'namespaces', () => {
    const conditions = conditionsOf(selector, kubernetesKey(NAMESPACE_LABELS));
    return conditions.length === 0 ? [exists('k8s', NAMESPACE_KEY)] : conditions;
  });
}
