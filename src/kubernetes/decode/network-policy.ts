/**
 * NetworkPolicy -> its rules as written.
 *
 * Mirrors the slim NetworkPolicy that the agent unmarshals into (pkg/k8s/slim/k8s/api/networking/v1).
 */
import type { NetworkPolicy } from '../../cilium/objects.ts';
import type {
  NetworkPolicyPeerSpec,
  NetworkPolicyPortSpec,
  NetworkPolicyRuleSpec,
  NetworkPolicySpec,
} from '../../cilium/policy-spec.ts';
import { defined } from './defined.ts';
import { namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';
import { optionalSelector, selectorAt } from './selector.ts';

export function decodeNetworkPolicy(root: JsonNode): NetworkPolicy {
  const spec = root.field('spec');
  if (spec.value === null) spec.required();
  return { kind: 'NetworkPolicy', ...namespaced(root), spec: specAt(spec) };
}

function specAt(spec: JsonNode): NetworkPolicySpec {
  return defined({
    podSelector: selectorAt(spec.field('podSelector')),
    ingress: spec
      .field('ingress')
      .asList()
      ?.map((rule) => ruleAt(rule, 'from')),
    egress: spec
      .field('egress')
      .asList()
      ?.map((rule) => ruleAt(rule, 'to')),
    policyTypes: spec.field('policyTypes').asStrings(),
  });
}

function ruleAt(rule: JsonNode, peers: 'from' | 'to'): NetworkPolicyRuleSpec {
  return defined({
    path: rule.path,
    peers: rule.field(peers).asList()?.map(peerAt),
    ports: rule.field('ports').asList()?.map(portAt),
  });
}

function peerAt(peer: JsonNode): NetworkPolicyPeerSpec {
  const block = peer.field('ipBlock');
  return defined({
    path: peer.path,
    podSelector: optionalSelector(peer.field('podSelector')),
    namespaceSelector: optionalSelector(peer.field('namespaceSelector')),
    ipBlock: block.isAbsent
      ? undefined
      : { cidr: block.field('cidr').asString() ?? '', except: block.field('except').asStrings() ?? [] },
  });
}

function portAt(port: JsonNode): NetworkPolicyPortSpec {
  return defined({
    protocol: port.field('protocol').asString() ?? 'TCP',
    port: port.field('port').asIntOrString(),
    endPort: port.field('endPort').asInt32(),
  });
}
