/**
 * NetworkPolicy as the API server stores it: policyTypes and protocols are filled in, selectors are valid label selectors.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import type { Json } from './json.ts';

const POD_KEYS = [
  'app',
  'tier',
  'nope',
  'host',
  'io.cilium.k8s.policy.cluster',
  'io.kubernetes.pod.namespace',
  'io.cilium.k8s.namespace.labels.team',
];
const NAMESPACE_KEYS = ['team', 'kubernetes.io/metadata.name', 'nope', 'io.cilium.k8s.policy.cluster'];
const VALUES = ['red', 'blue', 'a', 'b', 'web', 'db', 'client', 'default', ''];

export function networkPolicy(name: string, namespace: string, random: Random): Json {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: {
      podSelector: chance(0.7, random) ? {} : labelSelector(POD_KEYS, random),
      policyTypes: pick([['Ingress'], ['Egress'], ['Ingress', 'Egress']], random),
      ...maybe(0.7, random, () => ({ ingress: several(2, random, () => rule('from', random)) })),
      ...maybe(0.5, random, () => ({ egress: several(2, random, () => rule('to', random)) })),
    },
  };
}

function rule(peers: 'from' | 'to', random: Random): Json {
  return {
    ...maybe(0.8, random, () => ({ [peers]: several(3, random, peer) })),
    ...maybe(0.6, random, () => ({ ports: several(3, random, port) })),
  };
}

function peer(random: Random): Json {
  const pods = (): Json => ({ podSelector: labelSelector(POD_KEYS, random) });
  const namespaces = (): Json => ({ namespaceSelector: labelSelector(NAMESPACE_KEYS, random) });
  return weighted<Json>(
    [
      [3, pods],
      [3, namespaces],
      [2, () => ({ ...pods(), ...namespaces() })],
      [4, (random) => ({ ipBlock: ipBlock(random) })],
    ],
    random,
  );
}

function ipBlock(random: Random): Json {
  const cidr = pick(['10.0.0.0/8', '10.0.0.0/8', '0.0.0.0/0', '8.8.8.0/24', 'fd00::/8', '::/0'], random);
  return { cidr, ...(cidr === '10.0.0.0/8' ? maybe(0.7, random, () => ({ except: ['10.1.0.0/16'] })) : {}) };
}

function port(random: Random): Json {
  const protocol = pick(['TCP', 'UDP', 'SCTP'], random);
  if (chance(0.1, random)) return { protocol, port: pick(['http', 'dns', 'nope'], random) };
  if (chance(0.15, random)) return { protocol };
  const number = pick([80, 443, 53, 8000, 1, 65535], random);
  return {
    protocol,
    port: number,
    ...maybe(0.3, random, () => ({ endPort: Math.min(65_535, number + below(100, random)) })),
  };
}

function labelSelector(keys: readonly string[], random: Random): Json {
  if (chance(0.25, random)) return {};
  return {
    ...maybe(0.6, random, () => ({ matchLabels: { [pick(keys, random)]: pick(VALUES, random) } })),
    ...maybe(0.5, random, () => ({ matchExpressions: [expression(keys, random)] })),
  };
}

function expression(keys: readonly string[], random: Random): Json {
  const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist'], random);
  const values =
    operator === 'In' || operator === 'NotIn' ? { values: several(2, random, (random) => pick(VALUES, random)) } : {};
  return { key: pick(keys, random), operator, ...values };
}
