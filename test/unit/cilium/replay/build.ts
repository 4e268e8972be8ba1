/**
 * Small builders for replay tests: they show what matters in a test and fill in the rest.
 */
import { labelArray, type Label, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import type {
  CiliumClusterwideNetworkPolicy,
  CiliumNetworkPolicy,
  NetworkPolicy,
} from '../../../../src/cilium/objects.ts';
import type {
  CiliumRuleSpec,
  MatchExpression,
  NetworkPolicySpec,
  PortRuleSpec,
  PortSpec,
  SelectorSpec,
  TrafficRuleSpec,
} from '../../../../src/cilium/policy-spec.ts';
import { parseVersion, profileOf, type Profile } from '../../../../src/cilium/profile.ts';
import type { ReplayFlow, ReplayOptions, ReplayPeer } from '../../../../src/cilium/replay/flow.ts';

export const VERSIONS = ['1.18.8', '1.19.7', '1.20.2'] as const;

export function profile(version: string): Profile {
  const parsed = parseVersion(version);
  if (!parsed.ok) throw new Error(parsed.error.reason);
  const found = profileOf(parsed.value);
  if (!found.ok) throw new Error(found.error.reason);
  return found.value;
}

export function options(version = '1.20.2', config: Partial<ReplayOptions['config']> = {}): ReplayOptions {
  const switches = profile(version);
  return {
    profile: switches,
    config: {
      clusterName: 'default',
      cidrMatchMode: [],
      policyDefaultLocalCluster: switches.policyDefaultLocalCluster,
      enforcement: 'default',
      allowLocalhost: 'always',
      hostFirewall: false,
      nonDefaultDeny: true,
      ipv4: true,
      ipv6: false,
      ...config,
    },
  };
}

/** `k8s:app=web`, `reserved:host`. */
export function labels(...texts: readonly string[]): LabelArray {
  return labelArray(texts.map(readLabel));
}

function readLabel(text: string): Label {
  const [, source = '', key = '', value = ''] = /^([^:]*):([^=]*)=?(.*)$/.exec(text) ?? [];
  return { source, key, value };
}

/** The labels of a pod of this namespace in cluster `default`. */
export function pod(namespace: string, ...more: readonly string[]): LabelArray {
  return labels(
    `k8s:io.kubernetes.pod.namespace=${namespace}`,
    `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
    'k8s:io.cilium.k8s.policy.cluster=default',
    ...more,
  );
}

export function endpoint(own: LabelArray): ReplayPeer {
  return { kind: 'endpoint', labels: own };
}

export function address(text: string, ...more: readonly string[]): ReplayPeer {
  return { kind: 'address', address: text, labels: labels(...more) };
}

const WEB = pod('a', 'k8s:app=web');

/** A TCP packet to port 80, arriving at the pod a/web. */
export function flow(peer: ReplayPeer, more: Partial<ReplayFlow> = {}): ReplayFlow {
  return { direction: 'ingress', subject: WEB, peer, protocol: 6, port: 80, ...more };
}

export function selector(
  matchLabels: Readonly<Record<string, string>> = {},
  ...matchExpressions: readonly MatchExpression[]
): SelectorSpec {
  return { matchLabels: new Map(Object.entries(matchLabels)), matchExpressions };
}

export function expression(key: string, operator: string, ...values: readonly string[]): MatchExpression {
  return { key, operator, values };
}

export function ports(...specs: readonly (Partial<PortSpec> & { readonly port: string })[]): PortRuleSpec {
  return {
    path: 'toPorts[0]',
    ports: specs.map((spec) => ({ endPort: 0, protocol: 'TCP', ...spec })),
    serverNames: [],
  };
}

type Element = Omit<TrafficRuleSpec, 'path'>;

interface RuleParts {
  readonly subject?: SelectorSpec;
  readonly ingress?: readonly Element[];
  readonly ingressDeny?: readonly Element[];
  readonly egress?: readonly Element[];
  readonly egressDeny?: readonly Element[];
  readonly enableDefaultDeny?: CiliumRuleSpec['enableDefaultDeny'];
}

function rule({ subject = selector(), enableDefaultDeny = {}, ...lists }: RuleParts): CiliumRuleSpec {
  const named = Object.entries(lists).map(([name, elements]) => [
    name,
    elements.map((element, index) => ({ path: `spec.${name}[${index}]`, ...element })),
  ]);
  const built: Partial<CiliumRuleSpec> = Object.fromEntries(named) as Partial<CiliumRuleSpec>;
  return { path: 'spec', endpointSelector: subject, enableDefaultDeny, ...built };
}

/** A policy of namespace a. */
export function cnp(parts: RuleParts): CiliumNetworkPolicy {
  return { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p', uid: '', terminating: false, rules: [rule(parts)] };
}

export function ccnp(parts: RuleParts): CiliumClusterwideNetworkPolicy {
  return { kind: 'CiliumClusterwideNetworkPolicy', name: 'c', uid: '', terminating: false, rules: [rule(parts)] };
}

export function knp(spec: Partial<NetworkPolicySpec>): NetworkPolicy {
  return {
    kind: 'NetworkPolicy',
    namespace: 'a',
    name: 'k',
    uid: '',
    terminating: false,
    spec: { podSelector: selector(), ...spec },
  };
}
