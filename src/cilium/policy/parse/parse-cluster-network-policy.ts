/**
 * ClusterNetworkPolicy -> rules.
 *
 * Mirrors ParseClusterNetworkPolicy (pkg/k8s/cluster_network_policy.go, 1.20): one rule for each peer, all of a rule element at the
 * priority of the policy plus a hundredth for each element before it. None turns default deny on. A peer that the agent does
 * not know accepts nothing, and where the element denies or passes it denies everything. Names bring along the queries for
 * them, to whatever is labelled as the cluster's DNS.
 */
import { refOf, type ClusterNetworkPolicy, type RuleRef } from '../../objects.ts';
import type { ClusterNetworkPolicyPeerSpec, ClusterNetworkPolicyRuleSpec } from '../../policy-spec.ts';
import type { ParseContext } from '../context.ts';
import type { ParsedPolicy, Peers, Rule, TierPlace } from '../rule.ts';
import { endpointSelector, equals, WILDCARD, type EndpointSelector } from '../selector.ts';
import { prefixTexts } from './cidr-peers.ts';
import { clusterPolicyPeer, clusterPolicySubject, fqdnOf } from './cluster-network-policy-peers.ts';
import { clusterPolicyPorts, dnsPorts } from './cluster-network-policy-ports.ts';
import { clusterPolicyRefusals } from './cluster-network-policy-refusals.ts';
import {
  unsupportedInPeer,
  unsupportedPass,
  unsupportedPorts,
  unsupportedSelectors,
} from './cluster-network-policy-unsupported.ts';

const RULES_PER_PAUSE = 64;

/** Yields where the caller may pause. */
export function* parseClusterNetworkPolicy(
  policy: ClusterNetworkPolicy,
  context: ParseContext,
): Generator<undefined, ParsedPolicy> {
  const object = refOf(policy);
  for (const refusal of clusterPolicyRefusals(policy.spec, context)) {
    if (refusal !== undefined) return { kind: 'refused', object, refusal };
    yield;
  }
  const rules: Rule[] = [];
  for (const rule of rulesOf(policy, context)) if (rules.push(rule) % RULES_PER_PAUSE === 0) yield;
  return { kind: 'parsed', object, rules, prefixes: yield* prefixTexts(networksIn(policy), context) };
}

function* networksIn({ spec }: ClusterNetworkPolicy): Iterable<string> {
  for (const { peers } of spec.egress) {
    for (const peer of peers) if (peer.kind === 'networks') yield* peer.networks;
  }
}

function* rulesOf(policy: ClusterNetworkPolicy, context: ParseContext): Iterable<Rule> {
  const { subject } = policy.spec;
  if (subject === undefined) return;
  const object = refOf(policy);
  const ofPolicy = {
    subject: clusterPolicySubject(subject, context),
    subjectKind: 'endpoint',
    defaultDeny: false,
  } as const;
  const uncovered = unsupportedSelectors(subject, context);
  for (const direction of ['ingress', 'egress'] as const) {
    for (const [index, element] of policy.spec[direction].entries()) {
      const ofElement = {
        ref: { object, field: element.path },
        verdict: verdictOf(element),
        tierPlace: placeOf(policy, index),
        ports: clusterPolicyPorts(element, object, context.profile),
        unsupported: [...uncovered, ...unsupportedPorts(element)],
      };
      yield* elementRules(element, { ...ofPolicy, direction, ...ofElement }, context);
    }
  }
}

function verdictOf({ action }: ClusterNetworkPolicyRuleSpec): Rule['verdict'] {
  if (action === 'Deny') return 'deny';
  return action === 'Pass' ? 'pass' : 'allow';
}

function placeOf({ spec }: ClusterNetworkPolicy, index: number): TierPlace {
  return { tier: spec.tier === 'Baseline' ? 'Baseline' : 'Admin', priority: spec.priority + index / 100 };
}

/** A rule that lacks its peers. */
type Peerless = Omit<Rule, 'peers'>;

function* elementRules(element: ClusterNetworkPolicyRuleSpec, rule: Peerless, context: ParseContext): Iterable<Rule> {
  const modelled =
    rule.verdict === 'pass' ? { ...rule, unsupported: [...rule.unsupported, unsupportedPass(element)] } : rule;
  if (element.peers.length === 0) yield { ...modelled, peers: listOf([WILDCARD], rule.ref) };
  for (const peer of element.peers) {
    if (peer.kind !== 'unknown') yield* peerRules(peer, modelled, context);
    else if (rule.verdict !== 'allow')
      yield { ...rule, verdict: 'deny', peers: listOf([WILDCARD], placeIn(rule, peer)) };
  }
}

const DNS_SERVERS = endpointSelector([equals('any', 'k8s-app', 'kube-dns')]);

function* peerRules(
  peer: Exclude<ClusterNetworkPolicyPeerSpec, { readonly kind: 'unknown' }>,
  rule: Peerless,
  context: ParseContext,
): Iterable<Rule> {
  const ref = placeIn(rule, peer);
  const unsupported = [...rule.unsupported, ...unsupportedInPeer(peer, context)];
  if (peer.kind === 'domainNames') {
    const ports = dnsPorts(peer.domainNames.map(fqdnOf), ref, context.profile);
    yield { ...rule, unsupported, ports, peers: listOf([DNS_SERVERS], ref) };
  }
  const selectors = clusterPolicyPeer(peer, context);
  yield { ...rule, unsupported, peers: selectors.length === 0 ? emptyPeers(rule) : listOf(selectors, ref) };
}

/** Like any list without an item, it stands for everybody where there are ports, and for nobody else. */
function emptyPeers({ ports }: Peerless): Peers {
  return { kind: ports.kind === 'any' ? 'none' : 'any' };
}

function listOf(selectors: readonly EndpointSelector[], ref: RuleRef): Peers {
  return { kind: 'list', items: [{ selectors, ref }] };
}

function placeIn({ ref }: Peerless, { path }: ClusterNetworkPolicyPeerSpec): RuleRef {
  return { object: ref.object, field: path };
}
