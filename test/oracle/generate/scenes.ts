/**
 * Worlds that chance would seldom make: policies that go together, with what has to be set for them. A world of a scene may have
 * any other policies beside those of the scene.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, weighted } from './chance.ts';
import { clusterNetworkPolicy, clusterNetworkPolicyAt } from './cluster-network-policy.ts';
import type { Json } from './json.ts';
import { hostEndpoint, nodesByPrefix } from './node-scenes.ts';
import type { Scene } from './scene.ts';
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

type MakeScene = (random: Random) => Scene;

const SCENES: readonly (readonly [weight: number, make: MakeScene])[] = [
  [15, () => ({ policies: [], open: false, options: { enforcement: 'default' } })],
  [17, () => ({ policies: [], open: false, options: { enforcement: 'always' } })],
  [3, (random) => ({ policies: [pick(DEFAULT_DENIES, random)], open: false })],
  [30, (random) => ({ policies: [pick(DEFAULT_ALLOWS, random)], open: false })],
  [17, everybodyDenied],
  [20, initSubject],
  [13, bothWholeFamilies],
  [27, namesUnderDeny],
  [5, wholeFamilyDenied],
  [11, contradiction],
  [68, parsers],
  [6, layer7Refused],
  [38, trapSubject],
  [4, (random) => ({ policies: [cnp(namespaceExcluded(random))], options: maybeAnyCluster(random) })],
  [8, (random) => ({ policies: [knpExcluding(random)], options: maybeAnyCluster(random) })],
  [29, (random) => ({ policies: [injection(random)] })],
  [1, (random) => ({ policies: [portZeroRange(random)] })],
  [21, (random) => ({ policies: [unresolved(random)] })],
  [13, (random) => ({ policies: [unresolved(random)], options: { enforcement: 'always' } })],
  [12, (random) => ({ policies: [extendedProtocol(random)] })],
  [12, (random) => ({ policies: [cnp({ ingress: [{ fromEntities: ['cluster-mesh'], ...portOrNot(random) }] })] })],
  [20, (random) => ({ policies: [namedPorts(random)], needs: 1002, hasPorts: chance(0.85, random) })],
  [9, nameOnEgress],
  [1, otherCluster],
  [21, (random) => ({ policies: [groups(random)] })],
  [23, clusterNetworkPolicies],
  [9, () => ({ policies: [cnp({ ingress: [{ fromEntities: ['kube-apiserver'] }] })], apiserverIPs: ['10.1.2.3'] })],
  [16, (random) => ({ policies: [authenticated(random)] })],
  [28, (random) => ({ policies: [proxied(random)], options: maybe(0.75, random, () => ({ secretSync: true })) })],
  [27, nodesByPrefix],
  [22, hostEndpoint],
  [16, wellKnown],
];

/** Not these: what fails an identity hides the rest, and a process each is enough for one scene. */
const JOINED = SCENES.filter(([, make]) => make !== parsers && make !== wellKnown);
const MOST_JOINED = 3;

/** One, or several that can go together; where two set the same, the first counts. */
export function scene(random: Random): Scene {
  let staged: Scene = { open: chance(0.7, random), ...weighted(SCENES, random) };
  for (let joined = 0; joined < MOST_JOINED && staged.open === true && chance(0.6, random); joined++) {
    staged = join(staged, weighted(JOINED, random), joined);
  }
  return staged;
}

function join(first: Scene, second: Scene, number: number): Scene {
  if (second.open === false || second.subject !== undefined || second.nodes !== undefined) return first;
  return {
    ...second,
    ...first,
    policies: [...(first.policies ?? []), ...(second.policies ?? []).map((policy) => renamed(policy, number))],
    options: { ...second.options, ...first.options },
  };
}

function renamed({ metadata, ...policy }: Json, number: number): Json {
  const { name, ...place } = metadata as { readonly name: string };
  return { ...policy, metadata: { ...place, name: `${name}${number}` } };
}

/** A deny of the wildcard, which the entry of the local host has to stand. */
function everybodyDenied(random: Random): Scene {
  const all = { fromEntities: ['all'] };
  const rule = pick<Json>([all, all, all, { toPorts: [WEB] }], random);
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
  const toFQDNs = pick<readonly Json[]>([names, names, names.slice(0, 1), names.slice(1)], random);
  const denied = pick<Json>([{ toEntities: ['world'] }, { toCIDR: ['0.0.0.0/0'] }, { toCIDR: ['1.2.0.0/16'] }], random);
  const allow = cnp({ egress: [{ toFQDNs, ...portOrNot(random) }] });
  return {
    policies: chance(0.6, random) ? [allow, ccnp({ egressDeny: [denied] })] : [allow],
    options: pick<Json>([{}, { noFQDNPrealloc: true }], random),
    ...(chance(0.75, random) ? { dns: { 'api.example.com': ['1.2.3.4', '10.1.2.3'] } } : {}),
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
      [{ toEndpoints: [{}] }, { toEndpoints: [{}] }],
      [{ toEntities: ['world'] }, { toEntities: ['host'] }],
      [{ toEndpoints: [{ matchLabels: { app: 'db' } }] }, { toEndpoints: [{ matchLabels: { app: 'client' } }] }],
    ],
    random,
  );
  const other = pick<Json>([{ dns: [{ matchPattern: '*' }] }, { dns: [{ matchPattern: '*' }] }, { http: [] }], random);
  const allowed = { fromEndpoints: [{ matchLabels: { app: 'db' } }], toPorts: [WEB] };
  const met = { egress: [rule(first, http), rule(second, other)] };
  const spec = pick<Json>([met, met, { ingress: [{ toPorts: [{ ...WEB, rules: http }] }, allowed] }], random);
  return { policies: [cnp(spec)], needs: 1002 };
}

/** What is for layer 7 and not exactly TCP, beside what is in force. */
function layer7Refused(random: Random): Scene {
  const port = { port: '80', protocol: pick(['UDP', 'ANY', 'SCTP'], random) };
  const rule = { toPorts: [{ ports: [port], rules: { http: [{ method: 'GET' }] } }] };
  const spec = pick<Json>([{ ingress: [rule] }, { egress: [rule] }], random);
  return { policies: [pick([cnp, ccnp], random)(spec)], open: true };
}

/** To everybody, at a port that pods name. */
function nameOnEgress(random: Random): Scene {
  const port = { port: pick(['http', 'dns'], random), protocol: pick(['TCP', 'TCP', 'ANY'], random) };
  return {
    policies: [pick([cnp, ccnp], random)({ egress: [{ toPorts: [{ ports: [port] }] }] })],
    needs: 1002,
    hasPorts: true,
  };
}

/** The pod whose label key is that of a reserved identity. */
function trapSubject(random: Random): Scene {
  const subject = pick([3002, 3003], random);
  return {
    policies: [cnp({ ingress: [{ fromEndpoints: [{}], ...portOrNot(random) }] })],
    open: false,
    subject,
    needs: subject,
  };
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
  if (chance(0.45, random)) {
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
