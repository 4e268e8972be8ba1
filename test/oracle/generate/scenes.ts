/**
 * Worlds that chance would seldom make: policies that go together, with what has to be set for them. A world of a scene may have
 * any other policies beside those of the scene.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance } from './chance.ts';
import { clusterNetworkPolicy, clusterNetworkPolicyAt } from './cluster-network-policy.ts';
import type { Json } from './json.ts';

export interface Scene {
  /** Absent: whatever chance makes. */
  readonly policies?: readonly Json[];
  /** Others may be beside them. */
  readonly open?: boolean;
  readonly options?: Json;
  readonly subject?: number;
  /** The pod of this identity is there. */
  readonly needs?: number;
}

type MakeScene = (random: Random) => Scene;

const NAMESPACE = 'io.kubernetes.pod.namespace';
const CLUSTER = 'io.cilium.k8s.policy.cluster';
const WEB = { ports: [{ port: '80', protocol: 'TCP' }] };

function cnp(spec: Json, name = 's'): Json {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name, namespace: 'a' },
    spec: whole(spec),
  };
}

function ccnp(spec: Json, name = 't'): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name }, spec: whole(spec) };
}

function knp(spec: Json): Json {
  const metadata = { name: 'k', namespace: 'a' };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: { podSelector: {}, ...spec } };
}

function whole(spec: Json): Json {
  return { endpointSelector: {}, ...spec };
}

function portOrNot(random: Random): Json {
  return pick<Json>([{}, { toPorts: [WEB] }], random);
}

const SCENES: readonly MakeScene[] = [
  () => ({ policies: [], open: false }),
  () => ({ policies: [], open: false, options: { enforcement: 'always' } }),
  (random) => ({ policies: [pick(DEFAULT_DENIES, random)], open: false }),
  (random) => ({ policies: [pick(DEFAULT_ALLOWS, random)], open: false }),
  everybodyDenied,
  initSubject,
  bothWholeFamilies,
  namesUnderDeny,
  wholeFamilyDenied,
  contradiction,
  parsers,
  trapSubject,
  (random) => ({ policies: [cnp(namespaceExcluded(random))], options: maybeAnyCluster(random) }),
  (random) => ({ policies: [knpExcluding(random)], options: maybeAnyCluster(random) }),
  (random) => ({ policies: [injection(random)] }),
  (random) => ({ policies: [portZeroRange(random)] }),
  (random) => ({ policies: [services(random)], options: pick<Json>([{}, { enforcement: 'always' }], random) }),
  (random) => ({ policies: [extendedProtocol(random)] }),
  (random) => ({ policies: [cnp({ ingress: [{ fromEntities: ['cluster-mesh'], ...portOrNot(random) }] })] }),
  (random) => ({ policies: [namedPorts(random)], needs: 1002 }),
  otherCluster,
  (random) => ({ policies: [groups(random)] }),
  clusterNetworkPolicies,
];

export function scene(random: Random): Scene {
  return { open: chance(0.4, random), ...pick(SCENES, random)(random) };
}

const DEFAULT_DENIES: readonly Json[] = [
  knp({ policyTypes: ['Ingress'] }),
  knp({ policyTypes: ['Egress'] }),
  knp({ policyTypes: ['Ingress', 'Egress'] }),
  cnp({ ingress: [{}] }),
  cnp({ egress: [{}] }),
  cnp({ ingress: [{}], egress: [{}] }),
  cnp({ ingress: [], egress: [{}] }),
  cnp({ ingress: [{ fromEndpoints: [] }] }),
  ccnp({ egress: [{ toPorts: [{}] }] }),
];

const DEFAULT_ALLOWS: readonly Json[] = [
  cnp({ enableDefaultDeny: { ingress: false, egress: false }, ingress: [{}], egress: [{}] }),
  ccnp({ enableDefaultDeny: { ingress: false }, ingressDeny: [{ fromEntities: ['world'] }] }),
  cnp({ enableDefaultDeny: { egress: false }, egress: [{ toEndpoints: [{}], toPorts: [WEB] }] }),
  cnp({ enableDefaultDeny: { ingress: true, egress: true }, egress: [{}] }),
];

/** A deny of the wildcard, which the entry of the local host has to stand. */
function everybodyDenied(random: Random): Scene {
  const rule = pick<Json>([{ fromEntities: ['all'] }, { toPorts: [WEB] }], random);
  return { policies: [pick([cnp, ccnp], random)({ ingressDeny: [rule] })] };
}

function initSubject(random: Random): Scene {
  const endpointSelector = { matchLabels: { 'reserved:init': '' } };
  const rule = pick<Json>([{ fromEndpoints: [{}] }, { fromEndpoints: [{}], toPorts: [WEB] }], random);
  return { policies: [ccnp({ endpointSelector, ingress: [rule], egress: [{ toEndpoints: [{}] }] })], subject: 5 };
}

function bothWholeFamilies(random: Random): Scene {
  const both = ['0.0.0.0/0', '::/0'];
  const spec = pick<Json>(
    [
      { ingress: [{ fromCIDR: both, ...portOrNot(random) }] },
      { egressDeny: [{ toCIDR: both }] },
      { egress: [{ toCIDR: both }] },
    ],
    random,
  );
  return { policies: [cnp(spec)], options: { ipv6: true } };
}

function namesUnderDeny(random: Random): Scene {
  const names = pick<Json>([{ matchName: 'api.example.com' }, { matchPattern: '*.example.com' }], random);
  const denied = pick<Json>([{ toEntities: ['world'] }, { toCIDR: ['0.0.0.0/0'] }, { toCIDR: ['1.2.0.0/16'] }], random);
  return {
    policies: [cnp({ egress: [{ toFQDNs: [names], ...portOrNot(random) }] }), ccnp({ egressDeny: [denied] })],
  };
}

function wholeFamilyDenied(random: Random): Scene {
  const denied = { egressDeny: [{ toCIDR: ['0.0.0.0/0'] }], ingressDeny: [{ fromCIDR: ['0.0.0.0/0'] }] };
  const allowed = { ingress: [{ fromEndpoints: [{}] }], egress: [{ toEndpoints: [{}], ...portOrNot(random) }] };
  return { policies: [ccnp(denied), cnp(allowed)] };
}

/** One peer, allowed by one kind of policy and denied by another. */
function contradiction(random: Random): Scene {
  const from = pick<Json>(
    [{ fromEntities: ['cluster'] }, { fromEndpoints: [{ matchLabels: { app: 'db' } }] }, { fromCIDR: ['10.0.0.0/8'] }],
    random,
  );
  const allow = { ingress: [{ ...from, ...portOrNot(random) }] };
  const deny = { ingressDeny: [{ ...from, ...portOrNot(random) }] };
  const ofNamespace = knp({ policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] });
  return {
    policies: pick(
      [
        [cnp(allow), ccnp(deny)],
        [ccnp(allow), cnp(deny)],
        [ofNamespace, cnp(deny)],
      ],
      random,
    ),
    needs: 1002,
  };
}

/** Two parsers on one port, for one peer (which fails the identity) or for two. */
function parsers(random: Random): Scene {
  const rule = (from: Json, rules: Json): Json => ({ ...from, toPorts: [{ ...WEB, rules }] });
  const [first, second] = pick<readonly [Json, Json]>(
    [
      [{}, {}],
      [{ fromEndpoints: [{ matchLabels: { app: 'db' } }] }, { fromEndpoints: [{ matchLabels: { app: 'client' } }] }],
    ],
    random,
  );
  const other = pick<Json>([{ l7proto: 'x', l7: [{ a: 'b' }] }, { http: [{ path: '/x' }] }, { http: [] }], random);
  return {
    policies: [cnp({ ingress: [rule(first, { http: [{ method: 'GET' }] }), rule(second, other)] })],
    needs: 1002,
  };
}

/** The pod whose label key is that of a reserved identity. */
function trapSubject(random: Random): Scene {
  const subject = pick([3002, 3003], random);
  return { policies: [cnp({ ingress: [{ fromEndpoints: [{}], ...portOrNot(random) }] })], subject, needs: subject };
}

function maybeAnyCluster(random: Random): Json {
  return pick<Json>([{}, { policyDefaultLocalCluster: false }], random);
}

/** Peers of nothing but exclusions. */
function namespaceExcluded(random: Random): Json {
  const expression = pick<Json>(
    [
      { key: NAMESPACE, operator: 'NotIn', values: ['a'] },
      { key: `k8s:${NAMESPACE}`, operator: 'NotIn', values: ['b', 'c'] },
      { key: 'io.cilium.k8s.namespace.labels.team', operator: 'NotIn', values: ['red'] },
      { key: `k8s:${CLUSTER}`, operator: 'NotIn', values: ['default'] },
      { key: 'reserved:host', operator: 'DoesNotExist' },
      { key: 'reserved:world', operator: 'DoesNotExist' },
    ],
    random,
  );
  const peer = { matchExpressions: [expression] };
  return pick<Json>([{ ingress: [{ fromEndpoints: [peer] }] }, { egressDeny: [{ toEndpoints: [peer] }] }], random);
}

function knpExcluding(random: Random): Json {
  const key = pick(['team', 'kubernetes.io/metadata.name'], random);
  const namespaceSelector = { matchExpressions: [{ key, operator: 'NotIn', values: ['red', 'a'] }] };
  return knp({ policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector }] }] });
}

function injection(random: Random): Json {
  const peer = pick<Json>(
    [
      { matchLabels: { [`any:${NAMESPACE}`]: 'b' } },
      { matchLabels: { [`k8s:${NAMESPACE}`]: 'b' } },
      { matchExpressions: [{ key: NAMESPACE, operator: 'Exists' }] },
      { matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'blue' } },
      { matchLabels: { 'reserved:host': '' } },
    ],
    random,
  );
  const endpointSelector = pick<Json>(
    [{}, {}, { matchLabels: { [`k8s:${NAMESPACE}`]: 'b' } }, { matchLabels: { [`any:${NAMESPACE}`]: 'b' } }],
    random,
  );
  return cnp({ endpointSelector, ingress: [{ fromEndpoints: [peer], ...portOrNot(random) }] });
}

function portZeroRange(random: Random): Json {
  const toPorts = [{ ports: [{ port: '0', endPort: pick([1, 80, 1023, 65_535], random), protocol: 'TCP' }] }];
  return pick<Json>(
    [cnp({ ingress: [{ toPorts }] }), ccnp({ egressDeny: [{ toCIDR: ['10.0.0.0/8'], toPorts }] })],
    random,
  );
}

/** What looks like a rule for a few, and is one for everybody. */
function services(random: Random): Json {
  const toServices = [{ k8sService: { serviceName: 'nope', namespace: 'a' } }];
  return cnp(
    pick<Json>(
      [
        { egress: [{ toServices, toPorts: [WEB] }] },
        { egress: [{ toServices }] },
        { egressDeny: [{ toServices, toPorts: [WEB] }] },
        { egress: [{ toFQDNs: [], toPorts: [WEB] }] },
      ],
      random,
    ),
  );
}

function extendedProtocol(random: Random): Json {
  const protocol = pick(['GRE', 'VRRP', 'IGMP', 'ESP', 'AH', 'IPIP', 'IPv6'], random);
  return ccnp({ ingress: [{ toPorts: [{ ports: [{ port: '0', protocol }] }] }] });
}

function namedPorts(random: Random): Json {
  const toPorts = [
    { ports: [{ port: pick(['http', 'dns', 'nope'], random), ...pick([{}, { protocol: 'TCP' }], random) }] },
  ];
  return cnp(
    pick<Json>(
      [
        { ingress: [{ toPorts }] },
        { egress: [{ toPorts }] },
        { egress: [{ toEndpoints: [{}], toPorts }] },
        { egressDeny: [{ toEntities: ['cluster'], toPorts }] },
      ],
      random,
    ),
  );
}

function otherCluster(random: Random): Scene {
  const peer = pick<Json>([{}, { matchLabels: { app: 'web' } }, { matchLabels: { [CLUSTER]: 'east' } }], random);
  const spec = { ingress: [{ fromEndpoints: [peer], ...portOrNot(random) }] };
  return { policies: [pick([cnp, ccnp], random)(spec)], options: maybeAnyCluster(random), needs: 131_573 };
}

function groups(random: Random): Json {
  const set = pick<Json>(
    [
      { cidrGroupRef: 'g' },
      { cidrGroupSelector: {} },
      { cidrGroupSelector: { matchLabels: { role: 'x' } } },
      { cidrGroupSelector: { matchExpressions: [{ key: 'role', operator: 'NotIn', values: ['y'] }] } },
      { cidrGroupSelector: { matchExpressions: [{ key: 'nope', operator: 'DoesNotExist' }] } },
    ],
    random,
  );
  return cnp(pick<Json>([{ ingress: [{ fromCIDRSet: [set] }] }, { egressDeny: [{ toCIDRSet: [set] }] }], random));
}

/** Several that meet, or one beside a contradicting policy of the tier between. */
function clusterNetworkPolicies(random: Random): Scene {
  if (chance(0.6, random)) {
    const policies = ['n', 'm', 'o'].slice(below(3, random)).map((name) => clusterNetworkPolicy(name, random));
    return { policies, needs: 2001, open: true };
  }
  const from = { fromEndpoints: [{ matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'blue' } }] };
  const policies = pick(
    [
      [clusterNetworkPolicyAt({ tier: 'Admin', action: 'Accept' }, 'n', random), ccnp({ ingressDeny: [from] })],
      [clusterNetworkPolicyAt({ tier: 'Baseline', action: 'Deny' }, 'n', random), cnp({ ingress: [from] })],
    ],
    random,
  );
  return { policies, needs: 2001 };
}
