/**
 * Endpoint selectors over the labels of the world's pods, with the keys and sources that Cilium treats in a way of their own.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several } from './chance.ts';
import type { Json } from './json.ts';

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABEL = 'io.cilium.k8s.namespace.labels.';
const CLUSTER = 'io.cilium.k8s.policy.cluster';

const KEYS = [
  'app',
  'k8s:app',
  'any:app',
  'tier',
  'k8s.tier',
  `${NAMESPACE_LABEL}team`,
  `k8s:${NAMESPACE_LABEL}team`,
  NAMESPACE,
  `k8s:${NAMESPACE}`,
  `any:${NAMESPACE}`,
  CLUSTER,
  `k8s:${CLUSTER}`,
  'io.cilium.k8s.policy.serviceaccount',
  'host',
  'world',
  'init',
  'nope',
];

const RESERVED_KEYS = [
  'reserved:host',
  'reserved:world',
  'reserved:remote-node',
  'reserved:init',
  'reserved:health',
  'reserved:kube-apiserver',
  'reserved:unmanaged',
  'reserved:world-ipv4',
  'reserved:nope',
  'reserved.host',
  'cidr:10.0.0.0/8',
  'cidrgroup:role',
  'fqdn:*.example.com',
  'gen:x',
];

/** Keys that some versions refuse. */
const ODD_KEYS = ['$host', 'app=', 'a:b:c', ':app', 'app:', '', 'any.app', 'cidr:10.0.0.0--8'];

function selectorKey(random: Random): string {
  const kind = random();
  if (kind < 0.8) return pick(KEYS, random);
  return kind < 0.998 ? pick(RESERVED_KEYS, random) : pick(ODD_KEYS, random);
}

function valueFor(key: string, random: Random): string {
  if (key.includes('team')) return pick(['red', 'blue', ''], random);
  if (key.includes('namespace')) return pick(['a', 'b', 'c'], random);
  if (key.includes('cluster')) return pick(['default', 'east'], random);
  if (key.includes('app')) return pick(['web', 'db', 'client', 'nope'], random);
  if (key.startsWith('reserved') || chance(0.3, random)) return '';
  return pick(['x', 'y', 'front', 'default'], random);
}

export function endpointSelector(random: Random): Json {
  if (chance(0.2, random)) return {};
  return {
    ...maybe(0.6, random, () => ({ matchLabels: matchLabels(random) })),
    ...maybe(0.5, random, () => ({ matchExpressions: several(2, random, expression) })),
  };
}

function matchLabels(random: Random): Json {
  const keys = several(2, random, selectorKey);
  return Object.fromEntries(keys.map((key) => [key, valueFor(key, random)]));
}

function expression(random: Random): Json {
  const key = selectorKey(random);
  const operator = pick(['In', 'NotIn', 'NotIn', 'Exists', 'DoesNotExist', 'DoesNotExist'], random);
  return { key, operator, ...valuesOf(operator, random, () => valueFor(key, random)) };
}

export function valuesOf(operator: string, random: Random, value: (random: Random) => string): Json {
  if (operator !== 'In' && operator !== 'NotIn') return chance(0.002, random) ? { values: ['x'] } : {};
  return chance(0.002, random) ? { values: [] } : { values: several(2, random, value) };
}
