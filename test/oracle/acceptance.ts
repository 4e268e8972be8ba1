/**
 * A `sanitize` question -> a world of that one policy, which has a parse error where the policy is refused.
 */
import type { Json } from './generate/json.ts';

export interface SanitizeQuestion {
  readonly op: 'sanitize';
  readonly kind: string;
  readonly object: Json;
  readonly policyClusterName: string;
  readonly options?: {
    readonly nodeSelectorLabels?: boolean;
    readonly l7Proxy?: boolean;
    readonly nonDefaultDeny?: boolean;
  };
}

const SUBJECT = {
  id: 1001,
  labels: { 'k8s:io.kubernetes.pod.namespace': 'shop', 'k8s:io.cilium.k8s.policy.cluster': 'default' },
};

export function acceptanceWorld({ object, policyClusterName, options = {} }: SanitizeQuestion): Json {
  return {
    name: 'acceptance',
    identities: [SUBJECT],
    policies: [object],
    subject: SUBJECT.id,
    options: {
      clusterName: 'default',
      policyDefaultLocalCluster: policyClusterName !== '',
      enableNodeSelectorLabels: options.nodeSelectorLabels ?? false,
      noL7Proxy: options.l7Proxy === false,
      nonDefaultDenyOff: options.nonDefaultDeny === false,
    },
  };
}
