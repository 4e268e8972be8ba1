/**
 * Worlds that chance would seldom make: policies that go together, with what has to be set for them. A world of a scene may have
 * any other policies beside those of the scene.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, weighted } from './chance.ts';
import { clusterNetworkPolicy, clusterNetworkPolicyAt } from './cluster-network-policy.ts';
import type { Json } from './json.ts';
import { NAMESPACE, CLUSTER, WEB, cnp, ccnp, knp, portOrNot } from './staged-policy.ts';
import {
  DEFAULT_DENIES,
  DEFAULT_ALLOWS,
  namespaceExcluded,
  knpExcluding,
  injection,
  portZeroRange,
  unresolved,
  extendedProtocol,
  namedPorts,
  groups,
  authenticated,
  proxied,
} from './telling-policies.ts';

export interface Scene {
  /** Absent: whatever chance makes. */
  readonly policies?: readonly Json[];
  /** Others may be beside them. */
  readonly open?: boolean;
  readonly options?: Json;
  readonly subject?: number;
  /** The pod of this identity is there. */
  readonly needs?: number;
  readonly apiserverIPs?: readonly string[];
  readonly dns?: Json;
  /** Nodes, and the one that the subject is on. */
  readonly nodes?: readonly Json[];
  readonly node?: string;
}

type MakeScene = (random: Random) => Scene;

const SCENES: readonly (readonly [weight: number, make: MakeScene])[] = [
  [4, () => ({ policies: [], open: false })],
  [4, () => ({ policies: [], open: false, options: { enforcement: 'always' } })],
  [3, (random) => ({ policies: [pick(DEFAULT_DENIES, random)], open: false })],
  [5, (random) => ({ policies: [pick(DEFAULT_ALLOWS, random)], open: false })],
  [1.5, everybodyDenied],
  [6, initSubject],
  [6, bothWholeFamilies],
  [19, namesUnderDeny],
  [3.5, wholeFamilyDenied],
  [2, contradiction],
  [22, parsers],
  [8, trapSubject],
  [1, (random) => ({ policies: [cnp(namespaceExcluded(random))], options: maybeAnyCluster(random) })],
  [1.3, (random) => ({ policies: [knpExcluding(random)], options: maybeAnyCluster(random) })],
  [12, (random) => ({ policies: [injection(random)] })],
  [1, (random) => ({ policies: [portZeroRange(random)] })],
  [11, (random) => ({ policies: [unresolved(random)], options: pick<Json>([{}, { enforcement: 'always' }], random) })],
  [5, (random) => ({ policies: [extendedProtocol(random)] })],
  [4.2, (random) => ({ policies: [cnp({ ingress: [{ fromEntities: ['cluster-mesh'], ...portOrNot(random) }] })] })],
  [4, (random) => ({ policies: [namedPorts(random)], needs: 1002 })],
  [1, otherCluster],
  [11, (random) => ({ policies: [groups(random)] })],
  [9, clusterNetworkPolicies],
  [5, () => ({ policies: [cnp({ ingress: [{ fromEntities: ['kube-apiserver'] }] })], apiserverIPs: ['10.1.2.3'] })],
  [4, (random) => ({ policies: [authenticated(random)] })],
  [13, (random) => ({ policies: [proxied(random)], options: pick<Json>([{}, { secretSync: true }], random) })],
  [5, nodesByPrefix],
  [6, hostEndpoint],
  [4.5, wellKnown],
];

export function scene(random: Random): Scene {
  return { open: chance(0.4, random), ...weighted(SCENES, random) };
}

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
  const names = [{ matchName: 'api.example.com' }, { matchPattern: '*.example.com' }];
  const toFQDNs = pick<readonly Json[]>([names, names.slice(0, 1), names.slice(1)], random);
  const denied = pick<Json>([{ toEntities: ['world'] }, { toCIDR: ['0.0.0.0/0'] }, { toCIDR: ['1.2.0.0/16'] }], random);
  const allow = cnp({ egress: [{ toFQDNs, ...portOrNot(random) }] });
  return {
    policies: chance(0.6, random) ? [allow, ccnp({ egressDeny: [denied] })] : [allow],
    options: pick<Json>([{}, { noFQDNPrealloc: true }], random),
    ...(chance(0.7, random) ? { dns: { 'api.example.com': ['1.2.3.4', '10.1.2.3'] } } : {}),
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

/** Two parsers on one port, for one peer (which fails the identity) or for two; a redirect for everybody beside an allow. */
function parsers(random: Random): Scene {
  const http = { http: [{ method: 'GET' }] };
  const rule = (to: Json, rules: Json): Json => ({
    ...to,
    toPorts: [{ ports: [{ port: '53', protocol: 'TCP' }], rules }],
  });
  const [first, second] = pick<readonly [Json, Json]>(
    [
      [{}, {}],
      [{}, {}],
      [{ toEndpoints: [{ matchLabels: { app: 'db' } }] }, { toEndpoints: [{ matchLabels: { app: 'client' } }] }],
    ],
    random,
  );
  const other = pick<Json>([{ dns: [{ matchPattern: '*' }] }, { dns: [{ matchPattern: '*' }] }, { http: [] }], random);
  const allowed = { fromEndpoints: [{ matchLabels: { app: 'db' } }], toPorts: [WEB] };
  const spec = pick<Json>(
    [
      { egress: [rule(first, http), rule(second, other)] },
      { ingress: [{ toPorts: [{ ...WEB, rules: http }] }, allowed] },
    ],
    random,
  );
  return { policies: [cnp(spec)], needs: 1002 };
}

/** The pod whose label key is that of a reserved identity. */
function trapSubject(random: Random): Scene {
  const subject = pick([3002, 3003], random);
  return { policies: [cnp({ ingress: [{ fromEndpoints: [{}], ...portOrNot(random) }] })], subject, needs: subject };
}

function maybeAnyCluster(random: Random): Json {
  return pick<Json>([{}, { policyDefaultLocalCluster: false }], random);
}

function otherCluster(random: Random): Scene {
  const peer = pick<Json>([{}, { matchLabels: { app: 'web' } }, { matchLabels: { [CLUSTER]: 'east' } }], random);
  const spec = { ingress: [{ fromEndpoints: [peer], ...portOrNot(random) }] };
  return { policies: [pick([cnp, ccnp], random)(spec)], options: maybeAnyCluster(random), needs: 131_573 };
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

const NODES: readonly Json[] = [
  { name: 'n1', labels: { pool: 'red', 'kubernetes.io/hostname': 'n1' }, ips: ['10.0.0.1'] },
  { name: 'n2', labels: { pool: 'blue', 'kubernetes.io/hostname': 'n2' }, ips: ['10.0.0.2', '192.0.2.2'] },
];

/** Nodes inside prefixes of policies, and policies that name nodes. */
function nodesByPrefix(random: Random): Scene {
  const peer = pick<Json>(
    [
      { fromCIDR: ['10.0.0.0/8'] },
      { fromNodes: [{ matchLabels: { pool: 'blue' } }] },
      { fromNodes: [{ matchExpressions: [{ key: 'pool', operator: 'Exists' }] }] },
      { fromEntities: ['remote-node'] },
      { fromEntities: ['host'] },
      { fromEntities: ['kube-apiserver'] },
      { fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.0.0.1/32'] }] },
      { fromCIDR: ['192.0.2.2/32'] },
    ],
    random,
  );
  const apiserverIPs = pick<readonly string[]>([[], [], ['10.0.0.1'], ['10.0.0.2', '172.16.0.1']], random);
  return {
    policies: [cnp({ [chance(0.8, random) ? 'ingress' : 'ingressDeny']: [{ ...peer, ...portOrNot(random) }] })],
    options: {
      ...pick<Json>([{}, { cidrMatchMode: 'nodes' }], random),
      ...pick<Json>([{}, { enableNodeSelectorLabels: true }], random),
    },
    nodes: NODES,
    node: pick(['n1', 'n2'], random),
    apiserverIPs,
  };
}

function hostEndpoint(random: Random): Scene {
  const nodeSelector = pick<Json>([{}, { matchLabels: { pool: 'red' } }, { matchLabels: { pool: 'blue' } }], random);
  const peer = pick<Json>([{}, { fromEntities: ['cluster'] }, { fromCIDR: ['10.0.0.0/8'] }], random);
  const metadata = { name: 'h' };
  const spec = { nodeSelector, ingress: [{ ...peer, ...portOrNot(random) }] };
  const policy = { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata, spec };
  return {
    policies: [policy],
    options: { hostFirewall: chance(0.85, random), enableNodeSelectorLabels: chance(0.3, random) },
    nodes: NODES,
    node: 'n1',
    subject: 1,
  };
}

/** These cost the oracle a process each. */
function wellKnown(random: Random): Scene {
  const selector = pick<Json>(
    [{}, { matchLabels: { 'k8s-app': 'kube-dns' } }, { matchLabels: { [NAMESPACE]: 'kube-system' } }],
    random,
  );
  return {
    policies: [pick([cnp, ccnp], random)({ egress: [{ toEndpoints: [selector], ...portOrNot(random) }] })],
    options: { wellKnown: true },
  };
}
