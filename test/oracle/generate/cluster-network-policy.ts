/**
 * ClusterNetworkPolicy of 1.20, without Pass, whose count varies in Cilium itself.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import type { Json } from './json.ts';

export interface Place {
  readonly tier: 'Admin' | 'Baseline';
  readonly action: 'Accept' | 'Deny';
}

export function clusterNetworkPolicy(name: string, random: Random): Json {
  const tier = pick(['Admin', 'Baseline'] as const, random);
  const action = pick(['Accept', 'Deny'] as const, random);
  return clusterNetworkPolicyAt({ tier, action }, name, random);
}

/** One that decides something about every pod of a namespace label, in a tier. */
export function clusterNetworkPolicyAt({ tier, action }: Place, name: string, random: Random): Json {
  const rule = { action, from: [{ namespaces: pick<Json>([{}, { matchLabels: { team: 'blue' } }], random) }] };
  const spec = { tier, priority: below(3, random), subject: { namespaces: {} }, ingress: [rule] };
  return { apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: { name }, spec };
}
