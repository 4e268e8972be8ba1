/**
 * Policies of a scene: in namespace `a`, for all its pods unless they say otherwise.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import type { Json } from './json.ts';

export const NAMESPACE = 'io.kubernetes.pod.namespace';
export const CLUSTER = 'io.cilium.k8s.policy.cluster';
export const WEB = { ports: [{ port: '80', protocol: 'TCP' }] };

export function cnp(spec: Json, name = 's'): Json {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name, namespace: 'a' },
    spec: whole(spec),
  };
}

export function ccnp(spec: Json, name = 't'): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name }, spec: whole(spec) };
}

export function knp(spec: Json): Json {
  const metadata = { name: 'k', namespace: 'a' };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: { podSelector: {}, ...spec } };
}

function whole(spec: Json): Json {
  return { endpointSelector: {}, ...spec };
}

export function portOrNot(random: Random): Json {
  return pick<Json>([{}, { toPorts: [WEB] }], random);
}
