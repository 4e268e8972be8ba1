import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatLabel } from '../../../../../src/cilium/identity/label.ts';
import type { AgentConfig } from '../../../../../src/cilium/agent-config.ts';
import { Budget } from '../../../../../src/cilium/budget.ts';
import { asPeer, asSubject, type Containment } from '../../../../../src/cilium/policy/containment/answer.ts';
import { STEPS, uncoveredReach } from '../../../../../src/cilium/policy/containment/containment.ts';
import type { EndpointSelector } from '../../../../../src/cilium/policy/selector.ts';
import {
  cidrSelector,
  CLUSTER,
  facts,
  NAMESPACE,
  NAMESPACE_NAME,
  selector,
  uncovered,
  uncoveredSubject,
} from './build.ts';

interface Row {
  readonly says: string;
  readonly target: EndpointSelector;
  readonly covers: readonly EndpointSelector[];
  /** What escapes; `covered` if nothing does. */
  readonly is: string;
  readonly version?: string;
  readonly config?: Partial<AgentConfig>;
}

/** `covered`, a reason, or what escapes: labels of a pod, an address, the number of a reserved identity. */
function answerOf(found: Containment): string {
  if (found.kind === 'covered') return 'covered';
  if (found.kind === 'undecided') return found.reason;
  const { witness } = found;
  switch (witness.kind) {
    case 'pod':
      return witness.labels
        .filter(({ key }) => !IMPLIED.has(`k8s:${key}`))
        .map(formatLabel)
        .join(' ');
    case 'reserved':
      return `id ${witness.id}`;
    case 'address':
      return [witness.ip, ...witness.labels.map(formatLabel)].join(' ');
  }
}

const IMPLIED: ReadonlySet<string> = new Set([CLUSTER, NAMESPACE_NAME]);

const inA = `${NAMESPACE}=a`;
const everyPod = selector(NAMESPACE);
const everybody = selector();
const world = selector('reserved:world');
const WORLD_ENTITY = ['reserved:world', 'reserved:world-ipv4', 'reserved:world-ipv6'].map((text) => selector(text));
const CLUSTER_ENTITY = [
  ...['host', 'remote-node', 'init', 'ingress', 'health', 'unmanaged', 'kube-apiserver'].map((key) =>
    selector(`reserved:${key}`),
  ),
  selector(`${CLUSTER}=default`),
];

const ROWS: readonly Row[] = [
  // Pods.
  {
    says: 'a selector covers itself',
    target: selector(inA, 'any:app=db'),
    covers: [selector(inA, 'any:app=db')],
    is: 'covered',
  },
  {
    says: 'fewer requirements cover more',
    target: selector(inA, 'any:app=db'),
    covers: [selector(inA)],
    is: 'covered',
  },
  {
    says: 'more requirements do not cover fewer',
    target: selector(inA),
    covers: [selector(inA, 'any:app=db')],
    is: 'k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'every pod is in some namespace',
    target: selector(inA),
    covers: [everyPod],
    is: 'covered',
  },
  {
    says: 'another namespace covers nothing',
    target: selector(inA),
    covers: [selector(`${NAMESPACE}=b`)],
    is: 'k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'several values are covered by several selectors',
    target: selector(inA, 'any:app in x,y'),
    covers: [selector('any:app=x'), selector('k8s:app=y')],
    is: 'covered',
  },
  {
    says: 'one value left over escapes',
    target: selector(inA, 'any:app in x,y,z'),
    covers: [selector('any:app=x'), selector('any:app=y')],
    is: 'k8s:app=z k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'absence has to be covered too',
    target: selector(inA),
    covers: [selector('any:app')],
    is: 'k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'Exists and DoesNotExist cover everything',
    target: selector(inA),
    covers: [selector('any:app'), selector('!any:app')],
    is: 'covered',
  },
  {
    says: 'In and NotIn cover everything',
    target: selector(inA),
    covers: [selector('any:app in x'), selector('any:app notin x')],
    is: 'covered',
  },
  {
    says: 'a value that nobody named escapes NotIn and its complement',
    target: selector(inA, 'any:app'),
    covers: [selector('any:app in x,other')],
    is: 'k8s:app=other-2 k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'joint coverage over two keys',
    target: selector(inA),
    covers: [
      selector('any:app=x'),
      selector('any:app notin x', 'any:tier=y'),
      selector('any:app notin x', 'any:tier notin y'),
    ],
    is: 'covered',
  },
  {
    says: 'a k8s: requirement and one of any source are the same on pods',
    target: selector(inA, 'any:app=x'),
    covers: [selector('k8s:app=x')],
    is: 'covered',
  },
  {
    says: 'a key of another source is on no pod',
    target: selector(inA, 'reserved:app'),
    covers: [],
    is: 'covered',
  },
  {
    says: 'the name of a namespace is its name label',
    target: selector(inA),
    covers: [selector(`${NAMESPACE_NAME}=a`)],
    is: 'covered',
  },
  {
    says: 'the name label of a namespace is its name',
    target: selector(`${NAMESPACE_NAME} notin a,b`, everyPodText()),
    covers: [selector(`${NAMESPACE} notin a`)],
    is: 'covered',
  },
  {
    says: 'another namespace label may be anything',
    target: selector(inA),
    covers: [selector('k8s:io.cilium.k8s.namespace.labels.team=red')],
    is: 'k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'a namespace that cannot exist holds nobody',
    target: selector(`${NAMESPACE}=Not_A_Namespace`),
    covers: [],
    is: 'covered',
  },
  {
    says: 'a label that the filter drops is on no pod',
    target: selector(inA, 'any:pod-template-hash=x'),
    covers: [],
    is: 'covered',
  },
  {
    says: 'a label that the filter drops is absent everywhere',
    target: selector(inA),
    covers: [selector('!any:pod-template-hash')],
    is: 'covered',
  },
  {
    says: 'every pod has the name of its only cluster',
    target: selector(inA),
    covers: [selector(inA, `${CLUSTER}=default`)],
    is: 'covered',
  },
  {
    says: 'a pod of another cluster escapes the local one',
    target: selector(inA),
    covers: [selector(inA, `${CLUSTER}=default`)],
    config: { clusterID: 1 },
    is: 'k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'contradicting requirements match nobody',
    target: selector(inA, 'any:app=x', 'any:app notin x'),
    covers: [],
    is: 'covered',
  },
  {
    says: 'generated labels for named ports are on pods in 1.20',
    target: selector(inA, 'any:io.cilium.k8s.named-ports'),
    covers: [],
    version: '1.20.2',
    is: 'gen:io.cilium.k8s.named-ports=other k8s:io.kubernetes.pod.namespace=a',
  },

  // Addresses.
  {
    says: 'a prefix is inside a wider one',
    target: selector('cidr:10.1.0.0/16'),
    covers: [selector('cidr:10.0.0.0/8')],
    is: 'covered',
  },
  {
    says: 'a prefix is not inside a narrower one',
    target: selector('cidr:10.0.0.0/8'),
    covers: [selector('cidr:10.0.0.0/9')],
    is: '10.128.0.1 reserved:world',
  },
  {
    says: 'two halves are the whole',
    target: selector('cidr:10.0.0.0/8'),
    covers: [selector('cidr:10.0.0.0/9'), selector('cidr:10.128.0.0/9')],
    is: 'covered',
  },
  {
    says: 'an except of the deny lets its part through',
    target: selector('cidr:10.0.0.0/8'),
    covers: [selector('cidr:10.0.0.0/8', '!cidr:10.3.0.0/16')],
    is: '10.3.0.1 reserved:world',
  },
  {
    says: 'an except of the allow asks for less',
    target: selector('cidr:10.0.0.0/8', '!cidr:10.3.0.0/16'),
    covers: [selector('cidr:10.0.0.0/8', '!cidr:10.3.0.0/16')],
    is: 'covered',
  },
  {
    says: 'the hole of one is filled by another',
    target: selector('cidr:10.0.0.0/8'),
    covers: [selector('cidr:10.0.0.0/8', '!cidr:10.3.0.0/16'), selector('cidr:10.3.0.0/16')],
    is: 'covered',
  },
  { says: 'world covers every prefix', target: selector('cidr:10.0.0.0/8'), covers: WORLD_ENTITY, is: 'covered' },
  { says: 'world covers every FQDN', target: selector('fqdn:example.com'), covers: WORLD_ENTITY, is: 'covered' },
  {
    says: 'a prefix does not cover an FQDN',
    target: selector('fqdn:example.com'),
    covers: [selector('cidr:10.0.0.0/8')],
    is: '0.0.0.1 fqdn:example.com reserved:world',
  },
  {
    says: 'all prefixes together cover an FQDN',
    target: selector('fqdn:example.com'),
    covers: [selector('cidr:0.0.0.0/1'), selector('cidr:128.0.0.0/1')],
    is: 'covered',
  },
  {
    says: 'world is covered by both halves of all addresses',
    target: world,
    covers: [selector('cidr:0.0.0.0/1'), selector('cidr:128.0.0.0/1')],
    is: 'covered',
  },
  {
    says: 'world is not covered by one family of two',
    target: selector('reserved:world-ipv6'),
    covers: [selector('reserved:world-ipv4')],
    config: { ipv6: true },
    is: '2001:db8::1 reserved:world-ipv6',
  },
  {
    says: 'an IPv6 prefix is inside a wider one',
    target: selector('cidr:2001-db8--0/48'),
    covers: [selector('cidr:2001-db8--0/32')],
    config: { ipv6: true },
    is: 'covered',
  },
  {
    says: 'an IPv6 prefix matches nothing where IPv6 is off',
    target: selector('cidr:2001-db8--0/48'),
    covers: [],
    is: 'covered',
  },
  {
    says: 'a group covers itself',
    target: selector('cidrgroup:io.cilium.policy.cidrgroupname/g'),
    covers: [selector('cidrgroup:io.cilium.policy.cidrgroupname/g')],
    is: 'covered',
  },
  {
    says: 'a group may hold any address',
    target: selector('cidrgroup:io.cilium.policy.cidrgroupname/g'),
    covers: [selector('cidr:10.0.0.0/8')],
    is: '0.0.0.1 cidrgroup:io.cilium.policy.cidrgroupname/g reserved:world',
  },
  {
    says: 'a prefix is not covered by a group',
    target: selector('cidr:10.0.0.0/8'),
    covers: [selector('cidrgroup:io.cilium.policy.cidrgroupname/g')],
    is: '10.0.0.1 reserved:world',
  },
  {
    says: 'an address may be in two groups that disagree',
    target: selector('cidrgroup:role=a'),
    covers: [selector('cidrgroup:role notin b')],
    is: '192.0.2.1 cidrgroup:role+a cidrgroup:role+b reserved:world',
  },
  {
    says: 'NotIn with several values excludes each of them',
    target: selector('cidrgroup:role=b'),
    covers: [selector('cidrgroup:role notin a,b')],
    is: '192.0.2.1 cidrgroup:role+b reserved:world',
  },
  {
    says: 'values of a group label are covered one by one',
    target: selector('cidrgroup:role in a,b'),
    covers: [selector('cidrgroup:role=a'), selector('cidrgroup:role=b')],
    is: 'covered',
  },
  {
    says: 'each value of a group label that is asked for has to be covered',
    target: selector('cidrgroup:role in a,b'),
    covers: [selector('cidrgroup:role=a')],
    is: '192.0.2.1 cidrgroup:role+b reserved:world',
  },
  {
    says: 'the label of a prefix has no value',
    target: selector('cidr:10.0.0.0/8=x'),
    covers: [],
    is: 'covered',
  },
  {
    says: 'to leave out the label of a prefix with a value leaves nothing out',
    target: selector('cidr:10.0.0.0/8'),
    covers: [selector('reserved:world', 'cidr:10.3.0.0/16 notin x')],
    is: 'covered',
  },
  {
    says: 'to leave it out without a value leaves out the prefix',
    target: selector('cidr:10.0.0.0/8'),
    covers: [selector('reserved:world', 'cidr:10.3.0.0/16 notin ')],
    is: '10.3.0.1 reserved:world',
  },
  {
    says: 'the example is taken where it is the first of several addresses',
    target: selector('cidr:192.0.2.0/24', '!cidr:192.0.2.0/32'),
    covers: [],
    is: '192.0.2.1 reserved:world',
  },
  {
    says: 'the example is taken where it is the last of several addresses',
    target: selector('cidr:192.0.0.0/16', '!cidr:192.0.2.2/31'),
    covers: [],
    is: '192.0.2.1 reserved:world',
  },
  {
    says: 'of two addresses that are no example the second is shown, and of one itself',
    target: selector('cidr:10.0.0.2/31'),
    covers: [selector('cidr:10.0.0.3/32')],
    is: '10.0.0.2 reserved:world',
  },
  {
    says: 'the label of a name that reads like a prefix is about no addresses',
    target: selector('reserved:world', '!fqdn:128.0.0.0/1'),
    covers: [selector('!reserved:world')],
    version: '1.20.2',
    is: '192.0.2.1 reserved:world',
  },
  {
    says: 'two selectors that leave out one value each leave out everything together',
    target: selector(inA),
    covers: [selector('k8s:app notin x'), selector('k8s:app notin y')],
    is: 'covered',
  },
  {
    says: 'a positive k8s: requirement never matches an address',
    target: world,
    covers: [everyPod],
    is: '192.0.2.1 reserved:world',
  },
  {
    says: 'a negative selector covers addresses',
    target: world,
    covers: [selector(`${NAMESPACE} notin a`)],
    is: 'covered',
  },
  {
    says: 'a negative selector reaches the world, and a deny of pods does not cover it',
    target: selector(`${NAMESPACE} notin a`),
    covers: [everyPod],
    is: '192.0.2.1 reserved:world',
  },
  {
    says: 'the API server may be an address',
    target: selector('reserved:kube-apiserver'),
    covers: [selector('reserved:remote-node'), selector('reserved:host')],
    is: '192.0.2.1 reserved:kube-apiserver reserved:world',
  },
  {
    says: 'the entity cluster covers the API server everywhere',
    target: selector('reserved:kube-apiserver'),
    covers: CLUSTER_ENTITY,
    is: 'covered',
  },
  {
    says: 'an external API server is in the world, one on a node is not',
    target: selector('reserved:kube-apiserver'),
    covers: WORLD_ENTITY,
    is: 'id 7',
  },
  {
    says: 'a prefix under policy-cidr-match-mode is not decided',
    target: selector('cidr:10.0.0.0/8'),
    covers: WORLD_ENTITY,
    config: { cidrMatchMode: ['nodes'] },
    is: 'cidr-match-mode',
  },
  {
    says: 'so is one beside requirements on labels',
    target: selector('cidr:10.0.0.0/8', '!k8s:app'),
    covers: WORLD_ENTITY,
    config: { cidrMatchMode: ['nodes'] },
    is: 'cidr-match-mode',
  },
  {
    says: 'and so is a CIDR group',
    target: selector('cidrgroup:role=a'),
    covers: WORLD_ENTITY,
    config: { cidrMatchMode: ['nodes'] },
    is: 'cidr-match-mode',
  },
  {
    says: 'labels alone are decided under policy-cidr-match-mode',
    target: selector(inA),
    covers: [everyPod],
    config: { cidrMatchMode: ['nodes'] },
    is: 'covered',
  },
  {
    says: 'a negative group selector covers pods before 1.20',
    target: everyPod,
    covers: [selector('cidrgroup:role notin a')],
    is: 'covered',
  },
  {
    says: 'a selector of CIDR origin takes pods only with a world label',
    target: everyPod,
    covers: [cidrSelector('cidrgroup:role notin a')],
    version: '1.20.2',
    is: 'k8s:io.kubernetes.pod.namespace=other',
  },
  {
    says: 'a selector of CIDR origin takes a pod with a label named world',
    target: selector(inA, 'k8s:world'),
    covers: [cidrSelector('cidrgroup:role notin a')],
    version: '1.20.2',
    is: 'covered',
  },
  {
    says: 'a selector of CIDR origin takes every address',
    target: world,
    covers: [cidrSelector('!cidrgroup:role')],
    version: '1.20.2',
    is: '192.0.2.1 cidrgroup:role=other reserved:world',
  },

  // Reserved identities.
  { says: 'an entity covers itself', target: selector('reserved:health'), covers: CLUSTER_ENTITY, is: 'covered' },
  { says: 'an entity is no other', target: selector('reserved:health'), covers: WORLD_ENTITY, is: 'id 4' },
  {
    says: 'remote-node covers an API server on a node',
    target: selector('reserved:remote-node'),
    covers: [selector('reserved:remote-node')],
    is: 'covered',
  },
  {
    says: 'a host may be an API server',
    target: selector('reserved:host'),
    covers: [selector('!reserved:kube-apiserver')],
    is: 'id 1',
  },
  { says: 'none matches nobody', target: selector('reserved:none'), covers: [], is: 'covered' },
  {
    says: 'a key of any source matches a reserved label',
    target: selector('any:health'),
    covers: [everyPod, ...WORLD_ENTITY],
    is: 'id 4',
  },
  {
    says: 'a pod that the user gave a number is no pod by its labels',
    target: selector('reserved:dns'),
    covers: [everyPod],
    config: { fixedIdentityMapping: new Map([[130, 'dns']]) },
    is: 'id 130',
  },

  // The wildcard.
  { says: 'the wildcard covers everything', target: everybody, covers: [everybody], is: 'covered' },
  { says: 'so it does beside others', target: everybody, covers: [world, everybody], is: 'covered' },
  {
    says: 'world and cluster leave what no identity is known of',
    target: everybody,
    covers: [...WORLD_ENTITY, ...CLUSTER_ENTITY],
    is: 'id 0',
  },
  { says: 'every pod is not everybody', target: everybody, covers: [everyPod], is: '192.0.2.1 reserved:world' },

  // Aggregates.
  {
    says: 'a negative selector covers in 1.20 even what it excludes',
    target: selector(inA),
    covers: [selector(`${NAMESPACE} notin a`)],
    version: '1.20.2',
    is: 'covered',
  },
  {
    says: 'a negative selector does not cover what it excludes before 1.20',
    target: selector(inA),
    covers: [selector(`${NAMESPACE} notin a`)],
    is: 'k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'a negative selector admits in 1.20 even what it excludes',
    target: selector(`${NAMESPACE} notin a`),
    covers: [selector(`${NAMESPACE} notin a`, NAMESPACE), ...WORLD_ENTITY, ...CLUSTER_ENTITY.slice(0, -1)],
    version: '1.20.2',
    is: 'k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'no aggregate stands for an address that nothing names',
    target: world,
    covers: [selector('!reserved:world')],
    version: '1.20.2',
    is: '192.0.2.1 reserved:world',
  },
  {
    says: 'an aggregate stands for an address inside a prefix',
    target: selector('cidr:10.0.0.0/8'),
    covers: [selector('!reserved:world')],
    version: '1.20.2',
    is: 'covered',
  },

  ...['cluster', 'world'].map((kind): Row => ({
    says: `the aggregate of the ${kind} is no peer besides those that it stands for`,
    target: selector(`reserved:aggregate-${kind}`),
    covers: kind === 'world' ? WORLD_ENTITY : [everyPod],
    version: '1.20.2',
    is: 'covered',
  })),
  {
    says: 'the aggregate of the mesh is no peer besides those that it stands for',
    target: selector('reserved:aggregate-cluster-mesh'),
    covers: [everyPod],
    version: '1.20.2',
    config: { clusterID: 1 },
    is: 'covered',
  },
  {
    says: 'the aggregate of remote nodes is no peer besides those that it stands for',
    target: selector('reserved:aggregate-remote-node'),
    covers: [selector('reserved:remote-node')],
    version: '1.20.2',
    config: { nodeSelectorLabels: true },
    is: 'covered',
  },

  // What there is, and what not.
  {
    says: 'without IPv4 the address of a name is one of IPv6',
    target: selector('fqdn:example.com'),
    covers: [],
    config: { ipv4: false, ipv6: true },
    is: '2001:db8::1 fqdn:example.com reserved:world',
  },
  {
    says: 'without IPv4 an address is one of IPv6',
    target: world,
    covers: [],
    config: { ipv4: false, ipv6: true },
    is: '2001:db8::1 reserved:world',
  },
  ...['world-ipv4', 'world-ipv6'].map((key): Row => ({
    says: `with one family nobody is ${key}`,
    target: selector(`reserved:${key}`),
    covers: [],
    is: 'covered',
  })),
  {
    says: 'an identity without labels is no peer of a selector',
    target: selector('!k8s:app'),
    covers: [everyPod, ...WORLD_ENTITY, ...CLUSTER_ENTITY],
    is: 'covered',
  },
  {
    says: 'a second label for named ports is on pods, too',
    target: selector(inA, 'any:io.cilium.k8s.named-ports-1'),
    covers: [],
    version: '1.20.2',
    is: 'gen:io.cilium.k8s.named-ports-1=other k8s:io.kubernetes.pod.namespace=a',
  },
  {
    says: 'a name may be that of the label of API servers',
    target: selector('fqdn:kube-apiserver'),
    covers: [],
    is: '192.0.2.1 fqdn:kube-apiserver reserved:world',
  },
  {
    says: 'so may a label of a CIDR group',
    target: selector('cidrgroup:kube-apiserver'),
    covers: [],
    is: '192.0.2.1 cidrgroup:kube-apiserver=other reserved:world',
  },
  {
    says: 'an address has no other reserved label',
    target: selector('reserved:world', 'reserved:other'),
    covers: [],
    is: 'covered',
  },

  // Nodes.
  {
    says: 'a remote node with labels of its own may be an API server',
    target: selector('node:zone=x', 'reserved:kube-apiserver'),
    covers: [],
    config: { nodeSelectorLabels: true },
    is: 'id 6',
  },
  {
    says: 'whose reserved label has the empty value, as others of them have',
    target: selector('node:zone=x', 'reserved:kube-apiserver=', 'reserved:remote-node='),
    covers: [],
    config: { nodeSelectorLabels: true },
    is: 'id 6',
  },
  {
    says: 'remote nodes with labels of their own are remote nodes',
    target: selector('any:zone=x', 'reserved:remote-node'),
    covers: [selector('reserved:remote-node')],
    config: { nodeSelectorLabels: true },
    is: 'covered',
  },
  {
    says: 'a node label escapes another',
    target: selector('reserved:remote-node'),
    covers: [selector('any:zone=x')],
    config: { nodeSelectorLabels: true },
    is: 'id 6',
  },
];

function everyPodText(): string {
  return NAMESPACE;
}

for (const { says, target, covers, is, version, config } of ROWS) {
  test(says, () => {
    assert.equal(answerOf(uncovered(target, covers, facts(version, config))), is);
  });
}

test('a fixed identity is of the cluster for a map only where clusters have no id (1.20)', () => {
  const fixedIdentityMapping = new Map([[130, 'dns']]);
  const cluster = [selector('reserved:aggregate-cluster')];
  const ask = (clusterID: number): string =>
    answerOf(uncovered(selector('reserved:dns'), cluster, facts('1.20.2', { clusterID, fixedIdentityMapping })));
  assert.deepEqual([ask(0), ask(1)], ['covered', 'id 130']);
});

test('the numbers from 100 on have the aggregate of pods, and those before have none (1.20)', () => {
  const fixedIdentityMapping = new Map([
    [99, 'low'],
    [100, 'high'],
  ]);
  const universe = facts('1.20.2', { fixedIdentityMapping });
  const ask = (key: string): string =>
    answerOf(uncovered(selector(`reserved:${key}`), [selector('reserved:aggregate-cluster')], universe));
  assert.deepEqual([ask('low'), ask('high')], ['id 99', 'covered']);
});

test('a peer that one of several selectors asks to have a label host has no policy of its own until 1.20.1', () => {
  const targets = [asPeer(selector(inA, 'k8s:host')), asPeer(selector(inA, 'k8s:app=x'))];
  const ask = (version: string) =>
    uncoveredReach(targets, [asSubject(everybody)], facts(version), new Budget(STEPS)).kind;
  assert.deepEqual([ask('1.19.7'), ask('1.20.2')], ['uncovered', 'covered']);
});

test('of a subject and a peer together only endpoints are left', () => {
  const targets = [asSubject(everybody), asPeer(selector(`${NAMESPACE} notin a`))];
  const endpoints = [everyPod, selector('any:health'), selector('any:init')].map(asPeer);
  assert.equal(uncoveredReach(targets, endpoints, facts(), new Budget(STEPS)).kind, 'covered');
});

test('a witness carries every label that such a pod has', () => {
  const found = uncovered(selector(inA, 'any:app=x'), [], facts());
  assert.ok(found.kind === 'uncovered' && found.witness.kind === 'pod');
  assert.deepEqual(found.witness.labels.map(formatLabel), [
    'k8s:app=x',
    'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=a',
    'k8s:io.cilium.k8s.policy.cluster=default',
    'k8s:io.kubernetes.pod.namespace=a',
  ]);
});

test('a witness among remote nodes is one, whatever else is asked of it', () => {
  const found = uncovered(selector('node:zone=x'), [], facts('1.19.7', { nodeSelectorLabels: true }));
  assert.ok(found.kind === 'uncovered' && found.witness.kind === 'reserved');
  assert.deepEqual(found.witness.labels.map(formatLabel), ['reserved:remote-node', 'node:zone=x']);
});

for (const carried of [[NAMESPACE], [NAMESPACE_NAME], []]) {
  test(`of the two labels that tell a namespace, a pod carries [${carried.join()}] where the filter keeps no other`, () => {
    const isIdentityRelevant = (key: string): boolean => carried.includes(`k8s:${key}`);
    const universe = { ...facts(), isIdentityRelevant };
    for (const asked of [NAMESPACE, NAMESPACE_NAME]) {
      const target = selector(`${asked} in a,b`);
      const found = uncovered(target, [selector(`${asked}=b`)], universe);
      assert.equal(found.kind, carried.includes(asked) ? 'uncovered' : 'covered', asked);
      const shown = found.kind === 'uncovered' ? found.witness.labels : [];
      assert.deepEqual(shown.map(formatLabel), carried.includes(asked) ? [`${asked}=a`] : []);
    }
    const others = [selector('reserved:world'), ...CLUSTER_ENTITY.slice(0, -1)];
    const anybody = uncovered(selector('!k8s:app'), others, universe);
    assert.ok(anybody.kind === 'uncovered');
    assert.deepEqual(
      anybody.witness.labels.map(formatLabel),
      carried.map((key) => `${key}=other`),
    );
  });
}

test('an empty clusterwide subject covers every namespaced one', () => {
  assert.equal(answerOf(uncoveredSubject(selector(inA), [everybody], facts())), 'covered');
});

test('a pod with a label host is a subject since 1.20.2, and before with the host firewall', () => {
  const ask = (version: string, config = {}): string =>
    uncoveredSubject(selector('k8s:host'), [], facts(version, config)).kind;
  assert.deepEqual(
    [ask('1.19.7'), ask('1.19.7', { hostFirewall: true }), ask('1.20.2')],
    ['covered', 'uncovered', 'uncovered'],
  );
});

test('an empty clusterwide subject is more than every pod', () => {
  assert.equal(answerOf(uncoveredSubject(everybody, [everyPod], facts())), 'id 4');
});

test('subjects are told by their own labels, never through an aggregate', () => {
  const negative = selector(`${NAMESPACE} notin a`);
  assert.equal(answerOf(uncoveredSubject(selector(inA), [negative], facts('1.20.2'))), inA);
});

test('a subject is never an address', () => {
  assert.equal(
    answerOf(
      uncoveredSubject(
        selector(`${NAMESPACE} notin a`),
        [everyPod, selector('any:health'), selector('any:init')],
        facts(),
      ),
    ),
    'covered',
  );
});

test('a search that would go on too long is undecided', () => {
  // Pigeons and holes: each of n keys has one of n - 1 values, no two keys the same one. There is no short proof.
  const size = 9;
  const keys = Array.from({ length: size }, (_, index) => `k8s:key-${index}`);
  const values = Array.from({ length: size - 1 }, (_, index) => `v${index}`);
  const target = selector(inA, ...keys.map((key) => `${key} in ${values.join(',')}`));
  const clashes = values.flatMap((value) =>
    keys.flatMap((left, index) =>
      keys.slice(index + 1).map((right) => selector(`${left}=${value}`, `${right}=${value}`)),
    ),
  );
  assert.equal(answerOf(uncovered(target, clashes, facts())), 'step-limit');
});

test('many single denies cost one look each', () => {
  const covers = Array.from({ length: 5_000 }, (_, index) => selector(`k8s:app=v${index}`));
  assert.equal(answerOf(uncovered(selector(inA, 'k8s:app=v7'), covers, facts())), 'covered');
  assert.match(answerOf(uncovered(selector(inA), covers, facts())), /^k8s:io/);
});

test('a selector that would be too many terms is undecided', () => {
  const ask = (length: number): string => {
    const wide = Array.from({ length }, (_, index) => `v${index}`).join(',');
    const target = selector(`cidrgroup:role in ${wide}`);
    return answerOf(uncovered(target, [target], facts()));
  };
  assert.deepEqual([ask(64), ask(65)], ['covered', 'too-many-terms']);
});
