/**
 * ClusterNetworkPolicy of 1.20 as the CRD takes it, without Pass, whose count varies in Cilium itself. Few priorities, so that
 * rules of two policies meet on one.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import type { Json } from './json.ts';

export interface Place {
  readonly tier: 'Admin' | 'Baseline';
  readonly action: 'Accept' | 'Deny';
}

const TIERS = ['Admin', 'Baseline'] as const;
const ACTIONS = ['Accept', 'Deny'] as const;

export function clusterNetworkPolicy(name: string, random: Random): Json {
  return object(name, {
    tier: pick(TIERS, random),
    priority: below(3, random),
    subject: subject(random),
    ...maybe(0.75, random, () => ({ ingress: several(3, random, () => rule('from', random)) })),
    ...maybe(0.55, random, () => ({ egress: several(3, random, () => rule('to', random)) })),
  });
}

/** One that decides something about every pod of a namespace label, in a tier. */
export function clusterNetworkPolicyAt({ tier, action }: Place, name: string, random: Random): Json {
  const peer = { action, from: [{ namespaces: pick<Json>([{}, { matchLabels: { team: 'blue' } }], random) }] };
  return object(name, { tier, priority: below(3, random), subject: { namespaces: {} }, ingress: [peer] });
}

function object(name: string, spec: Json): Json {
  return { apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: { name }, spec };
}

function subject(random: Random): Json {
  if (chance(0.7, random)) return { namespaces: {} };
  return chance(0.5, random) ? { namespaces: namespaceSelector(random) } : { pods: pods(random) };
}

function rule(peers: 'from' | 'to', random: Random): Json {
  const action = pick(ACTIONS, random);
  return {
    action,
    ...maybe(0.9, random, () => ({ [peers]: several(2, random, () => peer({ peers, action }, random)) })),
    ...maybe(0.5, random, () => ({ protocols: several(3, random, protocol) })),
  };
}

interface Side {
  readonly peers: 'from' | 'to';
  readonly action: Place['action'];
}

function peer({ peers, action }: Side, random: Random): Json {
  const selecting: Parameters<typeof weighted<Json>>[0] = [
    [5, () => ({ namespaces: namespaceSelector(random) })],
    [5, () => ({ pods: pods(random) })],
    // A peer of a kind that is to come.
    [1, () => ({})],
  ];
  if (peers === 'from') return weighted<Json>(selecting, random);
  return weighted<Json>(
    [
      ...selecting,
      [1, () => ({ nodes: labelSelector(['zone'], random) })],
      [5, () => ({ networks: several(2, random, () => pick(NETWORKS, random)) })],
      ...(action === 'Accept'
        ? ([[2, () => ({ domainNames: several(2, random, () => pick(NAMES, random)) })]] as const)
        : []),
    ],
    random,
  );
}

const NETWORKS = ['10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0', '8.8.8.0/24', 'fd00::/8', '::/0'];
const NAMES = ['api.example.com', 'www.example.com', '*.example.com', '*.test'];

function pods(random: Random): Json {
  return {
    podSelector: labelSelector(['app', 'tier', 'io.cilium.k8s.policy.cluster', 'nope'], random),
    ...maybe(0.5, random, () => ({ namespaceSelector: namespaceSelector(random) })),
  };
}

function namespaceSelector(random: Random): Json {
  return labelSelector(['team', 'team', 'kubernetes.io/metadata.name', 'nope'], random);
}

const VALUES = ['red', 'blue', 'a', 'b', 'web', 'db', 'default', 'east'];

function labelSelector(keys: readonly string[], random: Random): Json {
  if (chance(0.3, random)) return {};
  return {
    ...maybe(0.6, random, () => ({ matchLabels: { [pick(keys, random)]: pick(VALUES, random) } })),
    ...maybe(0.5, random, () => ({ matchExpressions: [expression(keys, random)] })),
  };
}

function expression(keys: readonly string[], random: Random): Json {
  const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist'], random);
  const values = operator.endsWith('In') ? { values: several(2, random, () => pick(VALUES, random)) } : {};
  return { key: pick(keys, random), operator, ...values };
}

function protocol(random: Random): Json {
  if (chance(0.1, random)) return { destinationNamedPort: pick(['http', 'dns', 'nope'], random) };
  const number = pick([80, 443, 53, 8000, 1], random);
  const destinationPort = chance(0.3, random)
    ? { range: { start: number, end: number + 1 + below(99, random) } }
    : { number };
  return { [pick(['tcp', 'tcp', 'udp', 'sctp'], random)]: { destinationPort } };
}
