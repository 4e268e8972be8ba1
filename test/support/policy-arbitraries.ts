/**
 * Random policies over a small world, so that rules meet: few namespaces, apps, prefixes and ports.
 */
import fc from 'fast-check';
import type { LabelArray } from '../../src/cilium/identity/label.ts';
import type { PolicyObject } from '../../src/cilium/objects.ts';
import { ccnp, cnp, knp, labelsOf, podLabels, type Spec } from './policies.ts';

export const PODS: readonly (readonly [number, LabelArray])[] = [
  [1001, podLabels('a', 'web')],
  [1002, podLabels('a', 'db')],
  [1003, podLabels('a', 'client')],
  [2001, podLabels('b', 'web')],
  [2002, podLabels('b', 'client')],
];

/** The identities of the prefixes that the policies below name. */
export const PREFIXES: readonly (readonly [number, LabelArray])[] = [
  [16777217, labelsOf('cidr:10.0.0.0/8', 'reserved:world')],
  [16777218, labelsOf('cidr:10.1.0.0/16', 'reserved:world')],
  [16777219, labelsOf('cidr:8.8.8.8/32', 'reserved:world')],
];

const endpoints: fc.Arbitrary<Spec> = fc
  .subarray(
    [
      {},
      { matchLabels: { app: 'db' } },
      { matchLabels: { app: 'web' } },
      { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] },
      { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'b' } },
      { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] },
    ],
    { minLength: 1, maxLength: 2 },
  )
  .map((list) => ({ Endpoints: list }));

const entities: fc.Arbitrary<Spec> = fc
  .subarray(['all', 'cluster', 'world', 'host', 'remote-node', 'health'], { minLength: 1, maxLength: 2 })
  .map((list) => ({ Entities: list }));

const cidrs: fc.Arbitrary<Spec> = fc
  .subarray(['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '8.8.8.8/32'], { minLength: 1, maxLength: 2 })
  .map((list) => ({ CIDR: list }));

const excepts: fc.Arbitrary<Spec> = fc.constant({ CIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] });

const peers: fc.Arbitrary<Spec> = fc.oneof(fc.constant({}), endpoints, entities, cidrs, excepts);

const port = fc.constantFrom<Spec>(
  { port: '80', protocol: 'TCP' },
  { port: '80' },
  { port: '443', protocol: 'TCP' },
  { port: '0', protocol: 'TCP' },
  { port: '64', endPort: 95, protocol: 'TCP' },
  { port: '79', endPort: 81, protocol: 'ANY' },
  { port: '53', protocol: 'UDP' },
);

const plainPorts: fc.Arbitrary<Spec> = fc.oneof(
  fc.constant({}),
  fc.subarray([{ type: 8 }, { type: 0 }, { type: 3 }], { minLength: 1 }).map((fields) => ({ icmps: [{ fields }] })),
  fc.array(port, { minLength: 1, maxLength: 2 }).map((ports) => ({ toPorts: [{ ports }] })),
);

const ports: fc.Arbitrary<Spec> = fc.oneof(
  { weight: 4, arbitrary: plainPorts },
  {
    weight: 1,
    arbitrary: fc.constant({ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{}] } }] }),
  },
);

function trafficRule(prefix: 'from' | 'to', of: fc.Arbitrary<Spec>): fc.Arbitrary<Spec> {
  return fc.tuple(peers, of).map(([peer, rest]) => {
    const named = Object.entries(peer).map(([name, list]) => [`${prefix}${name}`, list] as const);
    return { ...Object.fromEntries(named), ...rest };
  });
}

const list = (rule: fc.Arbitrary<Spec>) => fc.array(rule, { minLength: 1, maxLength: 2 });

const ciliumSpec: fc.Arbitrary<Spec> = fc
  .record(
    {
      endpointSelector: fc.constantFrom<Spec>({}, { matchLabels: { app: 'web' } }),
      ingress: list(trafficRule('from', ports)),
      ingressDeny: list(trafficRule('from', plainPorts)),
      egress: list(trafficRule('to', ports)),
      egressDeny: list(trafficRule('to', plainPorts)),
      enableDefaultDeny: fc.constantFrom({}, { ingress: false, egress: false }),
    },
    { requiredKeys: ['endpointSelector'] },
  )
  .filter((spec) => ['ingress', 'ingressDeny', 'egress', 'egressDeny'].some((name) => name in spec));

const kubernetesSpec: fc.Arbitrary<Spec> = fc.record({
  podSelector: fc.constant({}),
  policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
  ingress: fc.array(
    fc.record({
      from: fc.subarray([
        { podSelector: { matchLabels: { app: 'db' } } },
        { namespaceSelector: {} },
        { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
      ]),
      ports: fc.subarray([
        { protocol: 'TCP', port: 80 },
        { protocol: 'UDP', port: 53, endPort: 60 },
      ]),
    }),
    { maxLength: 1 },
  ),
});

const names = fc.constantFrom('p', 'q', 'r');

export const policies: fc.Arbitrary<readonly PolicyObject[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(ciliumSpec, names).map(([spec, name]) => cnp(spec, name)) },
    { weight: 2, arbitrary: fc.tuple(ciliumSpec, names).map(([spec, name]) => ccnp(spec, name)) },
    { weight: 1, arbitrary: fc.tuple(kubernetesSpec, names).map(([spec, name]) => knp(spec, name)) },
  ),
  { minLength: 1, maxLength: 4 },
);
