/**
 * Services, with and without selectors, the EndpointSlices behind the latter, and references to them.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import type { Json } from './json.ts';

const NAMES = ['web', 'db', 'out', 'far'];
const NAMESPACES = ['a', 'b'];
const TIERS = ['front', 'back', ''];
const ADDRESSES = ['10.1.2.3', '10.1.2.4', '172.16.0.1', '192.0.2.1', '192.192.192.192', 'fd00::1', '2001:db8::7', 'x'];
const TRAPS = [
  'service.kubernetes.io/headless',
  'service.kubernetes.io/service-proxy-name',
  'endpointslice.kubernetes.io/managed-by',
];

/** References to what may be there, in each of the ways in which they can be written. */
export function serviceReferences(random: Random): Json {
  return {
    toServices: chance(0.05, random) ? [] : several(2, random, reference),
    ...maybe(0.03, random, () => pick<Json>([{ toEndpoints: [] }, { toCIDRSet: [] }, { toEntities: [] }], random)),
  };
}

function reference(random: Random): Json {
  return weighted<Json>(
    [
      [6, byName],
      [4, byLabels],
      [0.3, (random) => ({ ...byName(random), ...byLabels(random) })],
      [0.1, () => ({})],
    ],
    random,
  );
}

function byName(random: Random): Json {
  return { k8sService: { serviceName: pick([...NAMES, 'nope'], random), ...maybe(0.7, random, someNamespace) } };
}

function someNamespace(random: Random): Json {
  return { namespace: pick([...NAMESPACES, ''], random) };
}

function byLabels(random: Random): Json {
  return {
    k8sServiceSelector: {
      ...maybe(0.95, random, () => ({ selector: selector(random) })),
      ...maybe(0.4, random, someNamespace),
    },
  };
}

function selector(random: Random): Json {
  const key = pick(['tier', 'tier', 'example.com/name', 'k8s:tier', 'any:tier', 'reserved:tier', 'tier.x'], random);
  const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist'], random);
  const hasValues = (operator === 'In' || operator === 'NotIn') !== chance(0.03, random);
  return weighted<Json>(
    [
      [1, () => ({})],
      [1, () => ({ matchLabels: {} })],
      [6, (random) => ({ matchLabels: { [key]: pick(TIERS, random) } })],
      [
        4,
        (random) => ({
          matchExpressions: [{ key, operator, ...(hasValues ? { values: [pick(TIERS, random)] } : {}) }],
        }),
      ],
    ],
    random,
  );
}

export function services(random: Random): readonly Json[] {
  const there = NAMESPACES.flatMap((namespace) => NAMES.map((name) => ({ namespace, name })));
  const some = there.filter(() => chance(0.5, random));
  return [
    ...some.map((metadata) => service(metadata, random)),
    ...Array.from({ length: below(5, random) }, (_, index) => slice(index, random)),
  ];
}

function service(metadata: Json, random: Random): Json {
  const selector = weighted<Json>(
    [
      [4, () => ({})],
      [4, (random) => ({ selector: { app: pick(['web', 'db', 'client'], random) } })],
      [1, () => ({ selector: { 'k8s.tier': 'x' } })],
      [1, () => ({ selector: { 'example.com/name': 'x', app: 'web' } })],
    ],
    random,
  );
  const labels = {
    ...maybe(0.6, random, () => ({ tier: pick(TIERS, random) })),
    ...maybe(0.3, random, () => ({ 'example.com/name': pick(TIERS, random), x: '' })),
    ...maybe(0.08, random, trap),
  };
  return { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, labels }, spec: selector };
}

function trap(random: Random): Json {
  return { [pick(TRAPS, random)]: pick(['', 'endpointslice-mesh-controller.cilium.io', 'other'], random) };
}

function slice(index: number, random: Random): Json {
  const labels = { 'kubernetes.io/service-name': pick(NAMES, random), ...maybe(0.08, random, trap) };
  const port = (random: Random): Json => ({
    ...maybe(0.95, random, () => ({ port: pick([80, 443, 9999], random) })),
    ...maybe(0.8, random, () => ({ protocol: pick(['TCP', 'UDP', 'SCTP', 'odd'], random) })),
  });
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: pick(NAMESPACES, random), name: `s${index}`, labels },
    addressType: pick(['IPv4', 'IPv4', 'IPv6', 'FQDN'], random),
    endpoints: several(2, random, endpoint),
    ports: chance(0.05, random) ? [] : several(2, random, port),
  };
}

function endpoint(random: Random): Json {
  const addresses = several(2, random, (random) => pick(ADDRESSES, random));
  return {
    addresses,
    ...maybe(0.3, random, () => ({ conditions: { ready: false, terminating: chance(0.5, random) } })),
  };
}
