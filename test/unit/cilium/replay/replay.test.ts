import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { PolicyObject } from '../../../../src/cilium/objects.ts';
import type { NetworkPolicyPeerSpec } from '../../../../src/cilium/policy-spec.ts';
import type { ReplayFlow, ReplayOptions, ReplayVerdict } from '../../../../src/cilium/replay/flow.ts';
import { replay } from '../../../../src/cilium/replay/replay.ts';
import {
  address,
  ccnp,
  cnp,
  endpoint,
  expression,
  flow,
  knp,
  labels,
  options,
  pod,
  ports,
  selector,
  VERSIONS,
} from './build.ts';

type Verdict = ReplayVerdict['verdict'];

/** One statement, the flow that shows it, and its verdict in each version (one for all, or 1.18, 1.19, 1.20). */
interface Row {
  readonly says: string;
  readonly policies: readonly PolicyObject[];
  readonly flow: ReplayFlow;
  readonly verdicts: Verdict | readonly [Verdict, Verdict, Verdict];
  readonly config?: Partial<ReplayOptions['config']>;
}

const DB = endpoint(pod('a', 'k8s:app=db'));
const CLIENT = endpoint(pod('a', 'k8s:app=client'));
const OTHER = endpoint(pod('b', 'k8s:app=web'));
const REMOTE = endpoint(labels('k8s:io.kubernetes.pod.namespace=a', 'k8s:io.cilium.k8s.policy.cluster=far'));
/** A pod without the label of its cluster. */
const STRANGER = endpoint(labels('k8s:io.kubernetes.pod.namespace=a', 'k8s:app=db'));
const HOST = endpoint(labels('reserved:host'));
const WORLD = endpoint(labels('reserved:world'));
const HEALTH = endpoint(labels('reserved:health'));
const EGRESS = { direction: 'egress' } as const;

const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';
const everybody = { entities: ['all'] };

function knpFrom(peer: Omit<NetworkPolicyPeerSpec, 'path'>): PolicyObject {
  return knp({ ingress: [{ path: 'spec.ingress[0]', peers: [{ path: 'p', ...peer }] }] });
}

const ROWS: readonly Row[] = [
  {
    says: 'of two texts of one label chance decides',
    policies: [cnp({ ingress: [{ endpoints: [selector({ app: 'db', 'any:app': 'web' })] }] })],
    flow: flow(DB),
    verdicts: 'unknown',
  },
  {
    says: 'of two texts of one label of a subject chance decides, also about default deny',
    policies: [cnp({ subject: selector({ app: 'web', 'any:app': 'db' }), ingressDeny: [{ entities: ['world'] }] })],
    flow: flow(DB),
    verdicts: 'unknown',
  },
  {
    says: 'what is denied by a rule that surely selects the subject is denied',
    policies: [
      cnp({ subject: selector({ app: 'web', 'any:app': 'db' }), ingress: [everybody] }),
      ccnp({ ingressDeny: [everybody] }),
    ],
    flow: flow(DB),
    verdicts: 'deny',
  },
  {
    says: 'a deny by a rule that perhaps selects the subject is perhaps there, and one of others is not',
    policies: [
      cnp({ subject: selector({ app: 'web', 'any:app': 'db' }), ingressDeny: [{ entities: ['world'] }] }),
      ccnp({ ingress: [everybody] }),
    ],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'a deny by a rule that perhaps selects the subject may take what another allows',
    policies: [
      cnp({ subject: selector({ app: 'web', 'any:app': 'db' }), ingressDeny: [everybody] }),
      ccnp({ ingress: [everybody] }),
    ],
    flow: flow(DB),
    verdicts: 'unknown',
  },
  {
    says: 'a CIDR group by labels of which one has another source, with an except, is not modelled',
    policies: [
      cnp({
        ingress: [
          { cidrSet: [{ cidrGroupSelector: selector({ role: 'y', 'any:role': 'x' }), except: ['10.9.0.0/16'] }] },
        ],
      }),
    ],
    flow: flow(address('10.0.0.1', 'cidrgroup:role=z')),
    verdicts: ['default-deny', 'default-deny', 'unknown'],
  },
  {
    says: 'a CIDR group by a label of another source is not modelled, which until 1.19 is none',
    policies: [cnp({ ingress: [{ cidrSet: [{ cidrGroupSelector: selector({ 'any:role': 'x' }), except: [] }] }] })],
    flow: flow(address('10.0.0.1', 'cidrgroup:role=x')),
    verdicts: ['default-deny', 'default-deny', 'unknown'],
  },
  {
    says: 'what shares its text with a selector of CIDR groups of the other direction is left to chance since 1.20',
    policies: [
      cnp({
        ingress: [{ entities: ['world'] }],
        egress: [{ cidrSet: [{ cidrGroupSelector: selector({ $world: '' }), except: [] }] }],
      }),
    ],
    flow: flow(address('10.0.0.1')),
    verdicts: ['allow', 'allow', 'unknown'],
  },
  { says: 'an endpoint without policy takes everything', policies: [], flow: flow(OTHER), verdicts: 'allow' },
  {
    says: 'an allow rule turns default deny on',
    policies: [cnp({ ingress: [{ endpoints: [selector({ app: 'db' })] }] })],
    flow: flow(CLIENT),
    verdicts: 'default-deny',
  },
  {
    says: 'default deny is per direction',
    policies: [cnp({ ingress: [{}] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'allow',
  },
  {
    says: 'a policy of another namespace selects nothing here',
    policies: [{ ...cnp({ ingress: [{}] }), namespace: 'b' }],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'enable-policy=never allows everything',
    policies: [ccnp({ ingressDeny: [everybody] })],
    flow: flow(OTHER),
    config: { enforcement: 'never' },
    verdicts: 'allow',
  },
  {
    says: 'enable-policy=always closes an endpoint without rules',
    policies: [],
    flow: flow(OTHER),
    config: { enforcement: 'always' },
    verdicts: 'default-deny',
  },
  {
    says: 'a pod label host switches policy off until 1.20.1',
    policies: [ccnp({ ingressDeny: [everybody] })],
    flow: flow(OTHER, { subject: pod('a', 'k8s:host=x') }),
    verdicts: ['allow', 'allow', 'deny'],
  },
  {
    says: 'a pod label init closes both directions',
    policies: [],
    flow: flow(OTHER, { subject: pod('a', 'k8s:init=x'), ...EGRESS }),
    verdicts: 'default-deny',
  },
  {
    says: 'a deny-only rule closes the endpoint too',
    policies: [cnp({ ingressDeny: [{ endpoints: [selector({ app: 'db' })] }] })],
    flow: flow(CLIENT),
    verdicts: 'default-deny',
  },
  {
    says: 'enableDefaultDeny false leaves the endpoint open',
    policies: [cnp({ ingressDeny: [{ endpoints: [selector({ app: 'db' })] }], enableDefaultDeny: { ingress: false } })],
    flow: flow(CLIENT),
    verdicts: 'allow',
  },
  {
    says: 'enableDefaultDeny false means nothing while the agent does not support it',
    policies: [cnp({ ingressDeny: [{ endpoints: [selector({ app: 'db' })] }], enableDefaultDeny: { ingress: false } })],
    flow: flow(CLIENT),
    config: { nonDefaultDeny: false },
    verdicts: 'default-deny',
  },
  {
    says: 'enableDefaultDeny true without rules does nothing',
    policies: [cnp({ egress: [{}], enableDefaultDeny: { ingress: true } })],
    flow: flow(CLIENT),
    verdicts: 'allow',
  },
  {
    says: 'a clusterwide deny beats a namespaced allow',
    policies: [cnp({ ingress: [{ endpoints: [selector()] }] }), ccnp({ ingressDeny: [{ entities: ['cluster'] }] })],
    flow: flow(DB),
    verdicts: 'deny',
  },
  {
    says: 'a namespaced deny beats a clusterwide allow',
    policies: [cnp({ ingressDeny: [{ endpoints: [selector()] }] }), ccnp({ ingress: [everybody] })],
    flow: flow(DB),
    verdicts: 'deny',
  },
  {
    says: 'the local host gets in where nothing allows it',
    policies: [cnp({ ingress: [{}] })],
    flow: flow(HOST),
    verdicts: 'allow',
  },
  {
    says: 'the local host does not get in under allow-localhost=policy',
    policies: [cnp({ ingress: [{}] })],
    flow: flow(HOST),
    config: { allowLocalhost: 'policy' },
    verdicts: 'default-deny',
  },
  {
    says: 'under enable-policy=always without rules the local host stays out in 1.20',
    policies: [],
    flow: flow(HOST),
    config: { enforcement: 'always' },
    verdicts: ['allow', 'allow', 'default-deny'],
  },
  {
    says: 'a deny of the host entity beats the local host entry',
    policies: [cnp({ ingressDeny: [{ entities: ['host'] }] })],
    flow: flow(HOST),
    verdicts: 'deny',
  },
  {
    says: 'a deny of everybody leaves the local host undecided in 1.18',
    policies: [cnp({ ingressDeny: [everybody] })],
    flow: flow(HOST),
    verdicts: ['unknown', 'deny', 'deny'],
  },

  // Subjects.
  {
    says: 'a CNP subject in another namespace, written without prefix, selects nothing',
    policies: [cnp({ subject: selector({ 'io.kubernetes.pod.namespace': 'b' }), ingress: [{}] })],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'a CNP subject namespace written with k8s: is overwritten',
    policies: [cnp({ subject: selector({ [NAMESPACE]: 'b' }), ingress: [{}] })],
    flow: flow(OTHER),
    verdicts: 'default-deny',
  },
  {
    says: 'an empty CCNP subject selects every endpoint, health included',
    policies: [ccnp({ ingress: [{}] })],
    flow: flow(OTHER, { subject: labels('reserved:health') }),
    verdicts: 'default-deny',
  },
  {
    says: 'the host endpoint is not modelled',
    policies: [],
    flow: flow(OTHER, { subject: labels('reserved:host') }),
    verdicts: 'unknown',
  },

  // Peer selectors.
  {
    says: 'an empty CNP peer is the own namespace',
    policies: [cnp({ ingress: [{ endpoints: [selector()] }] })],
    flow: flow(OTHER),
    verdicts: 'default-deny',
  },
  {
    says: 'an empty CCNP peer is every pod',
    policies: [ccnp({ ingress: [{ endpoints: [selector()] }] })],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'an empty CCNP peer is no reserved identity',
    policies: [ccnp({ ingress: [{ endpoints: [selector()] }] })],
    flow: flow(HEALTH),
    verdicts: 'default-deny',
  },
  {
    says: 'an empty peer of a CCNP about init is a true wildcard in 1.18 only',
    policies: [
      ccnp({
        subject: selector({}, expression('reserved:init', 'DoesNotExist')),
        ingress: [{ endpoints: [selector()] }],
      }),
    ],
    flow: flow(HEALTH),
    verdicts: ['allow', 'default-deny', 'default-deny'],
  },
  {
    says: 'a peer namespace crosses namespaces, with and without prefix',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'io.kubernetes.pod.namespace': 'b' })] }] })],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'Exists on the namespace is every namespace',
    policies: [cnp({ ingress: [{ endpoints: [selector({}, expression(NAMESPACE, 'Exists'))] }] })],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'a namespace label in a peer crosses namespaces',
    policies: [
      cnp({
        ingress: [
          {
            endpoints: [selector({ 'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'b' })],
          },
        ],
      }),
    ],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'a peer without prefix matches a reserved label only where no namespace is added',
    policies: [cnp({ ingress: [{ endpoints: [selector({ health: '' })] }] })],
    flow: flow(HEALTH),
    verdicts: 'default-deny',
  },
  {
    says: 'a reserved key stops every addition',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:health': '' })] }] })],
    flow: flow(HEALTH),
    verdicts: 'allow',
  },
  {
    says: 'a key with a leading $ is a reserved one until 1.19',
    policies: [cnp({ ingress: [{ endpoints: [selector({ $health: '' })] }] })],
    flow: flow(HEALTH),
    verdicts: ['allow', 'allow', 'default-deny'],
  },
  {
    says: 'a k8s: key does not match a reserved label',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'k8s:health': '', 'reserved:health': '' })] }] })],
    flow: flow(HEALTH),
    verdicts: 'default-deny',
  },
  {
    says: 'NotIn on the namespace lets the world in where no cluster is added',
    policies: [cnp({ ingress: [{ endpoints: [selector({}, expression(NAMESPACE, 'NotIn', 'a'))] }] })],
    flow: flow(address('9.9.9.9')),
    verdicts: ['allow', 'default-deny', 'default-deny'],
  },
  {
    says: 'without the cluster filter, NotIn admits through its aggregate what it excludes (1.20)',
    policies: [cnp({ ingress: [{ endpoints: [selector({}, expression(NAMESPACE, 'NotIn', 'a'))] }] })],
    flow: flow(DB),
    config: { policyDefaultLocalCluster: false },
    verdicts: ['default-deny', 'default-deny', 'allow'],
  },
  {
    says: 'a selector with a positive requirement has no aggregate',
    policies: [
      cnp({
        ingress: [{ endpoints: [selector({}, expression(NAMESPACE, 'Exists'), expression('app', 'NotIn', 'db'))] }],
      }),
    ],
    flow: flow(DB),
    config: { policyDefaultLocalCluster: false },
    verdicts: 'default-deny',
  },
  {
    says: 'an address that a negative selector may take through its aggregate is undecided (1.20)',
    policies: [cnp({ ingress: [{ endpoints: [selector({}, expression('reserved:world', 'DoesNotExist'))] }] })],
    flow: flow(address('9.9.9.9')),
    verdicts: ['default-deny', 'default-deny', 'unknown'],
  },
  {
    says: 'another cluster is a peer in 1.18 only',
    policies: [cnp({ ingress: [{ endpoints: [selector()] }] })],
    flow: flow(REMOTE),
    verdicts: ['allow', 'default-deny', 'default-deny'],
  },
  {
    says: 'a peer that names its cluster gets none added',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'io.cilium.k8s.policy.cluster': 'far' })] }] })],
    flow: flow(REMOTE),
    verdicts: 'allow',
  },
  {
    says: 'a label with an empty value is not an absent label',
    policies: [cnp({ ingress: [{ endpoints: [selector({ app: '' })] }] })],
    flow: flow(DB),
    verdicts: 'default-deny',
  },
  {
    says: 'In and NotIn with several values hold as sets',
    policies: [
      cnp({
        ingress: [
          { endpoints: [selector({}, expression('app', 'In', 'db', 'web'), expression('app', 'NotIn', 'web', 'x'))] },
        ],
      }),
    ],
    flow: flow(DB),
    verdicts: 'allow',
  },

  // Absent and empty.
  {
    says: 'a rule element without anything allows nothing',
    policies: [cnp({ ingress: [{}] })],
    flow: flow(DB),
    verdicts: 'default-deny',
  },
  {
    says: 'an empty peer list is nobody, with ports too',
    policies: [cnp({ ingress: [{ endpoints: [], toPorts: [ports({ port: '80' })] }] })],
    flow: flow(DB),
    verdicts: 'default-deny',
  },
  {
    says: 'ports without peers are for everybody',
    policies: [cnp({ ingress: [{ toPorts: [ports({ port: '80' })] }] })],
    flow: flow(WORLD),
    verdicts: 'allow',
  },
  {
    says: 'empty toFQDNs with ports are for everybody',
    policies: [cnp({ egress: [{ fqdns: [], toPorts: [ports({ port: '80' })] }] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'allow',
  },
  {
    says: 'a port rule without ports allows nothing',
    policies: [cnp({ ingress: [{ endpoints: [selector()], toPorts: [ports()] }] })],
    flow: flow(DB),
    verdicts: 'default-deny',
  },
  {
    says: 'an empty toPorts list is no toPorts',
    policies: [cnp({ ingress: [{ endpoints: [selector()], toPorts: [] }] })],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'services in a deny rule with ports deny everybody there',
    policies: [
      cnp({
        egress: [everybody],
        egressDeny: [
          { services: [{ k8sService: { serviceName: 'x', namespace: 'a' } }], toPorts: [ports({ port: '80' })] },
        ],
      }),
    ],
    flow: flow(OTHER, EGRESS),
    verdicts: 'deny',
  },
  {
    says: 'services in a deny rule without ports deny nobody',
    policies: [
      cnp({
        egress: [everybody],
        egressDeny: [{ services: [{ k8sService: { serviceName: 'x', namespace: 'a' } }] }],
      }),
    ],
    flow: flow(OTHER, EGRESS),
    verdicts: 'allow',
  },

  // Addresses.
  {
    says: 'a CIDR rule takes an address inside its prefix',
    policies: [cnp({ egress: [{ cidr: ['10.0.0.0/8'] }] })],
    flow: flow(address('10.2.0.1'), EGRESS),
    verdicts: 'allow',
  },
  {
    says: 'an except takes its part away',
    policies: [cnp({ egress: [{ cidrSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] }] })],
    flow: flow(address('10.1.0.1'), EGRESS),
    verdicts: 'default-deny',
  },
  {
    says: 'an IPv6 prefix takes an address inside it',
    policies: [cnp({ egress: [{ cidr: ['fd00::/8'] }] })],
    flow: flow(address('fd12::10.0.0.1'), EGRESS),
    config: { ipv6: true },
    verdicts: 'allow',
  },
  {
    says: 'a deny of 0.0.0.0/0 does not touch pods',
    policies: [cnp({ egress: [{ entities: ['cluster'] }], egressDeny: [{ cidr: ['0.0.0.0/0'] }] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'allow',
  },
  {
    says: '0.0.0.0/0 is the world',
    policies: [cnp({ egress: [{ cidr: ['0.0.0.0/0'] }] })],
    flow: flow(WORLD, EGRESS),
    verdicts: 'allow',
  },
  {
    says: '0.0.0.0/0 is not the IPv6 world',
    policies: [cnp({ egress: [{ cidr: ['0.0.0.0/0'] }] })],
    flow: flow(address('2001:db8::1'), EGRESS),
    config: { ipv6: true },
    verdicts: 'default-deny',
  },
  {
    says: 'a node may be in a prefix where policy-cidr-match-mode says so',
    policies: [cnp({ egressDeny: [{ cidr: ['0.0.0.0/0'] }] })],
    flow: flow(endpoint(labels('reserved:remote-node')), EGRESS),
    config: { cidrMatchMode: ['nodes'] },
    verdicts: 'unknown',
  },
  {
    says: 'a node is in no prefix where policy-cidr-match-mode does not say so',
    policies: [cnp({ egress: [everybody], egressDeny: [{ cidr: ['10.0.0.0/8'] }] })],
    flow: flow(endpoint(labels('reserved:remote-node')), EGRESS),
    verdicts: 'allow',
  },
  {
    says: 'what is no node is in its prefix, whatever policy-cidr-match-mode says of nodes',
    policies: [cnp({ egressDeny: [{ cidr: ['10.0.0.0/8'] }] })],
    flow: flow(address('10.2.0.1'), EGRESS),
    config: { cidrMatchMode: ['nodes'] },
    verdicts: 'deny',
  },
  {
    says: 'an endpoint with a label of a prefix may be in another, whatever else it has',
    policies: [cnp({ egressDeny: [{ cidr: ['10.0.0.0/8'] }] })],
    flow: flow(endpoint(labels('cidr:10.2.0.0/16', 'reserved:world')), EGRESS),
    verdicts: 'unknown',
  },
  {
    says: 'a pod may be in a prefix where policy-cidr-match-mode says so',
    policies: [cnp({ egressDeny: [{ cidr: ['10.0.0.0/8'] }] })],
    flow: flow(OTHER, EGRESS),
    config: { cidrMatchMode: ['pods'] },
    verdicts: 'unknown',
  },
  {
    says: 'an address is in its prefix, whatever policy-cidr-match-mode says of pods',
    policies: [cnp({ egressDeny: [{ cidr: ['10.0.0.0/8'] }] })],
    flow: flow(address('10.2.0.1'), EGRESS),
    config: { cidrMatchMode: ['pods'] },
    verdicts: 'deny',
  },
  {
    says: 'a host is not a pod that can be judged, whatever labels it has besides',
    policies: [],
    flow: flow(DB, { subject: labels('reserved:host', 'k8s:role=x') }),
    verdicts: 'unknown',
  },
  {
    says: 'the local host gets in with any labels besides',
    policies: [cnp({ ingress: [{ entities: ['world'] }] })],
    flow: flow(endpoint(labels('reserved:host', 'reserved:kube-apiserver'))),
    verdicts: 'allow',
  },
  {
    says: 'a node may be in all but a CIDR group where policy-cidr-match-mode says so',
    policies: [
      cnp({
        egressDeny: [{ cidrSet: [{ cidrGroupSelector: selector({}, expression('role', 'NotIn', 'x')), except: [] }] }],
      }),
    ],
    flow: flow(endpoint(labels('reserved:host')), EGRESS),
    config: { cidrMatchMode: ['nodes'] },
    verdicts: 'unknown',
  },
  {
    says: 'a pod with a label host may be in all but a CIDR group where policy-cidr-match-mode says so',
    policies: [
      cnp({
        egressDeny: [{ cidrSet: [{ cidrGroupSelector: selector({}, expression('role', 'NotIn', 'x')), except: [] }] }],
      }),
    ],
    flow: flow(endpoint(labels('k8s:host')), EGRESS),
    config: { cidrMatchMode: ['nodes'] },
    verdicts: 'unknown',
  },
  {
    says: '::/0 is nothing to an agent without IPv6',
    policies: [cnp({ egress: [{ cidr: ['::/0'] }] })],
    flow: flow(address('9.9.9.9'), EGRESS),
    verdicts: 'default-deny',
  },
  {
    says: 'both prefixes of length 0 in one list are reserved:world too, in 1.18',
    policies: [cnp({ egress: [{ cidr: ['0.0.0.0/0', '::/0'] }] })],
    flow: flow(WORLD, EGRESS),
    config: { ipv6: true },
    verdicts: ['allow', 'default-deny', 'default-deny'],
  },
  {
    says: 'an external API server address is cluster, kube-apiserver and world',
    policies: [cnp({ egress: [everybody], egressDeny: [{ entities: ['cluster'] }] })],
    flow: flow(address('192.0.2.1', 'reserved:kube-apiserver'), EGRESS),
    verdicts: 'deny',
  },
  {
    says: 'an empty cidrGroupSelector is everybody',
    policies: [cnp({ egress: [{ cidrSet: [{ cidrGroupSelector: selector(), except: [] }] }] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'allow',
  },
  {
    says: 'a negative cidrGroupSelector takes pods until 1.19',
    policies: [
      cnp({
        egress: [{ cidrSet: [{ cidrGroupSelector: selector({}, expression('role', 'NotIn', 'x')), except: [] }] }],
      }),
    ],
    flow: flow(OTHER, EGRESS),
    verdicts: ['allow', 'allow', 'default-deny'],
  },
  {
    says: 'a CIDR group takes the addresses that carry its label',
    policies: [cnp({ egress: [{ cidrSet: [{ cidrGroupRef: 'g', except: [] }] }] })],
    flow: flow(address('10.0.0.1', 'cidrgroup:io.cilium.policy.cidrgroupname/g'), EGRESS),
    verdicts: 'allow',
  },
  {
    says: 'an address that cannot be read is unknown',
    policies: [],
    flow: flow(address('10.0.0.256')),
    verdicts: 'unknown',
  },

  // Entities.
  {
    says: 'world',
    policies: [cnp({ ingress: [{ entities: ['world'] }] })],
    flow: flow(OTHER),
    verdicts: 'default-deny',
  },
  {
    says: 'the entity cluster is every reserved identity of the cluster and every pod of it',
    policies: [cnp({ ingress: [{ entities: ['cluster'] }] })],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'the entity cluster is not the world',
    policies: [cnp({ ingress: [{ entities: ['cluster'] }] })],
    flow: flow(WORLD),
    verdicts: 'default-deny',
  },
  {
    says: 'the entity cluster is not another cluster',
    policies: [cnp({ ingress: [{ entities: ['cluster'] }] })],
    flow: flow(REMOTE),
    verdicts: 'default-deny',
  },
  {
    says: 'the entity kube-apiserver is what carries its label',
    policies: [cnp({ ingress: [{ entities: ['kube-apiserver'] }] })],
    flow: flow(endpoint(labels('reserved:kube-apiserver', 'reserved:remote-node'))),
    verdicts: 'allow',
  },
  {
    says: 'none is nobody',
    policies: [cnp({ ingress: [{ entities: ['none'] }] })],
    flow: flow(DB),
    verdicts: 'default-deny',
  },

  // What is not modelled.
  {
    says: 'an FQDN rule may match an address',
    policies: [cnp({ egress: [{ fqdns: [{ matchName: 'example.com', matchPattern: '' }] }] })],
    flow: flow(address('192.0.2.1'), EGRESS),
    verdicts: 'unknown',
  },
  {
    says: 'an FQDN rule never matches a pod',
    policies: [cnp({ egress: [{ fqdns: [{ matchName: 'example.com', matchPattern: '' }] }] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'default-deny',
  },
  {
    says: 'a deny of the world beats an FQDN rule',
    policies: [
      cnp({
        egress: [{ fqdns: [{ matchName: 'example.com', matchPattern: '' }] }],
        egressDeny: [{ entities: ['world'] }],
      }),
    ],
    flow: flow(address('192.0.2.1'), EGRESS),
    verdicts: 'deny',
  },
  {
    says: 'an HTTP rule allows its port, whatever the proxy makes of it',
    policies: [
      cnp({
        ingress: [
          { toPorts: [{ ...ports({ port: '80' }), rules: { http: [{ path: '', method: '', headerMatches: [] }] } }] },
        ],
      }),
    ],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'an HTTP rule is denied like any other allow',
    policies: [
      cnp({
        ingress: [
          { toPorts: [{ ...ports({ port: '80' }), rules: { http: [{ path: '', method: '', headerMatches: [] }] } }] },
        ],
        ingressDeny: [{ entities: ['all'] }],
      }),
    ],
    flow: flow(DB),
    verdicts: 'deny',
  },
  {
    says: 'what a Kafka rule comes to depends on the version',
    policies: [
      cnp({
        ingress: [
          {
            toPorts: [
              { ...ports({ port: '80' }), rules: { kafka: [{ role: '', apiKey: '', apiVersion: '', topic: '' }] } },
            ],
          },
        ],
      }),
    ],
    flow: flow(DB),
    verdicts: 'unknown',
  },
  {
    says: 'an empty HTTP list is a plain allow',
    policies: [cnp({ ingress: [{ toPorts: [{ ...ports({ port: '80' }), rules: { http: [] } }] }] })],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'services in an allow rule may be anywhere',
    policies: [cnp({ egress: [{ services: [{ k8sService: { serviceName: 'x', namespace: 'a' } }] }] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'unknown',
  },
  {
    says: 'services may come into an empty list of endpoints',
    policies: [cnp({ egress: [{ endpoints: [], services: [{ k8sService: { serviceName: 'x', namespace: 'a' } }] }] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'unknown',
  },
  {
    says: 'services beside an empty list of entities are nobody',
    policies: [cnp({ egress: [{ entities: [], services: [{ k8sService: { serviceName: 'x', namespace: 'a' } }] }] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'default-deny',
  },
  {
    says: 'toGroups may be anything until 1.19, and is a label of a CIDR group then',
    policies: [cnp({ egress: [{ groups: ['x'] }] })],
    flow: flow(address('192.0.2.1', 'cidrgroup:extgrp.cilium.io/x'), EGRESS),
    verdicts: ['unknown', 'unknown', 'allow'],
  },
  {
    says: 'toGroups is no address without that label',
    policies: [cnp({ egress: [{ groups: ['x'] }] })],
    flow: flow(address('192.0.2.1', 'cidrgroup:extgrp.cilium.io/y'), EGRESS),
    verdicts: ['unknown', 'unknown', 'default-deny'],
  },
  {
    says: 'fromNodes may be a remote node',
    policies: [cnp({ ingress: [{ nodes: [selector()] }] })],
    flow: flow(endpoint(labels('reserved:remote-node'))),
    verdicts: 'unknown',
  },
  {
    says: 'authentication may fail',
    policies: [cnp({ ingress: [{ endpoints: [selector()], authentication: { mode: 'required' } }] })],
    flow: flow(DB),
    verdicts: 'unknown',
  },
  {
    says: 'fromRequires narrows what others allow',
    policies: [cnp({ ingress: [{ endpoints: [selector()] }, { requires: [selector({ app: 'x' })] }] })],
    flow: flow(DB),
    verdicts: 'unknown',
  },
  {
    says: 'an uncertain deny makes a certain allow uncertain',
    policies: [cnp({ ingress: [everybody], ingressDeny: [{ toPorts: [ports({ port: 'web' })] }] })],
    flow: flow(DB),
    verdicts: 'unknown',
  },

  // What decides whether a rule is asked at all.
  {
    says: 'a rule about nodes is about no endpoint',
    policies: [
      { ...ccnp({}), rules: [{ path: 'spec', enableDefaultDeny: {}, ingressDeny: [{ path: 'd', ...everybody }] }] },
    ],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'what is required of nobody is no requirement',
    policies: [cnp({ ingress: [{ endpoints: [selector()], requires: [] }] })],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'a requirement leaves every flow open',
    policies: [cnp({ ingress: [{ endpoints: [selector()], requires: [selector({ app: 'db' })] }] })],
    flow: flow(DB),
    verdicts: 'unknown',
  },
  {
    says: 'an allow of port 0 with an endPort is one of every port',
    policies: [cnp({ ingress: [{ ...everybody, toPorts: [ports({ port: '0', endPort: 10 })] }] })],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'a deny of port 0 with an endPort leaves other ports open until 1.19',
    policies: [
      cnp({ ingress: [everybody], ingressDeny: [{ ...everybody, toPorts: [ports({ port: '0', endPort: 10 })] }] }),
    ],
    flow: flow(DB),
    verdicts: ['unknown', 'unknown', 'deny'],
  },
  ...['reserved:health', 'k8s:init'].map((key): Row => ({
    says: `an empty peer of a CCNP about ${key} is every pod, and nobody else`,
    policies: [
      ccnp({ subject: selector({}, expression(key, 'DoesNotExist')), ingress: [{ endpoints: [selector()] }] }),
    ],
    flow: flow(HEALTH),
    verdicts: 'default-deny',
  })),

  // Keys and values.
  {
    says: 'a key behind reserved. is a reserved one until 1.19',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved.health': '' })] }] })],
    flow: flow(HEALTH),
    verdicts: ['allow', 'allow', 'default-deny'],
  },
  {
    says: 'two lists of values of one label hold both',
    policies: [
      cnp({
        ingress: [
          { endpoints: [selector({}, expression('app', 'In', 'db', 'web'), expression('app', 'In', 'x', 'db'))] },
        ],
      }),
    ],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'two values that one label must not have hold both',
    policies: [
      cnp({
        ingress: [{ endpoints: [selector({}, expression('app', 'NotIn', 'x'), expression('app', 'NotIn', 'y'))] }],
      }),
    ],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'a CIDR group by a label is one by key and value in one since 1.19.5',
    policies: [cnp({ ingress: [{ cidrSet: [{ cidrGroupSelector: selector({ role: 'x' }), except: [] }] }] })],
    flow: flow(address('10.0.0.1', 'cidrgroup:role+x')),
    verdicts: ['default-deny', 'allow', 'allow'],
  },
  {
    says: 'a label of a CIDR group without its value is one until 1.19.4',
    policies: [cnp({ ingress: [{ cidrSet: [{ cidrGroupSelector: selector({ role: 'x' }), except: [] }] }] })],
    flow: flow(address('10.0.0.1', 'cidrgroup:role=x')),
    verdicts: ['allow', 'default-deny', 'default-deny'],
  },
  {
    says: 'a selector of a prefix is left open for addresses',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:world': '', 'cidr:10.0.0.0/8': '' })] }] })],
    flow: flow(address('10.0.0.1')),
    verdicts: 'unknown',
  },
  {
    says: 'a selector of a prefix takes no pod',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:world': '', 'cidr:10.0.0.0/8': '' })] }] })],
    flow: flow(DB),
    verdicts: 'default-deny',
  },

  // Aggregates.
  {
    says: 'the aggregate of the cluster takes its pods since 1.20',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:aggregate-cluster': '' })] }] })],
    flow: flow(DB),
    verdicts: ['default-deny', 'default-deny', 'allow'],
  },
  {
    says: 'the aggregate of the cluster takes no pod of another',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:aggregate-cluster': '' })] }] })],
    flow: flow(REMOTE),
    verdicts: 'default-deny',
  },
  {
    says: 'the aggregate of the mesh takes the pods of other clusters since 1.20',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:aggregate-cluster-mesh': '' })] }] })],
    flow: flow(REMOTE),
    verdicts: ['default-deny', 'default-deny', 'allow'],
  },
  {
    says: 'the aggregate of the mesh takes no pod of the cluster',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:aggregate-cluster-mesh': '' })] }] })],
    flow: flow(DB),
    verdicts: 'default-deny',
  },
  {
    says: 'which aggregate a pod without the label of its cluster has is left open',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:aggregate-cluster': '' })] }] })],
    flow: flow(STRANGER),
    verdicts: ['default-deny', 'default-deny', 'unknown'],
  },
  {
    says: 'so is whether the entity cluster takes it',
    policies: [cnp({ ingress: [{ entities: ['cluster'] }] })],
    flow: flow(STRANGER),
    verdicts: ['default-deny', 'default-deny', 'unknown'],
  },
  {
    says: 'the aggregate of the world may take an address since 1.20',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:aggregate-world': '' })] }] })],
    flow: flow(address('9.9.9.9')),
    verdicts: ['default-deny', 'default-deny', 'unknown'],
  },
  {
    says: 'a reserved identity has no aggregate, whatever else it carries',
    policies: [cnp({ ingress: [{ endpoints: [selector({ 'reserved:aggregate-cluster': '' })] }] })],
    flow: flow(endpoint(labels('reserved:ingress', 'k8s:io.cilium.k8s.policy.cluster=default'))),
    verdicts: 'default-deny',
  },

  // Nodes and families.
  {
    says: 'no pod is a node',
    policies: [cnp({ egress: [{ nodes: [selector()] }] })],
    flow: flow(OTHER, EGRESS),
    verdicts: 'default-deny',
  },
  {
    says: 'which node a remote node is, is left open',
    policies: [cnp({ egress: [{ nodes: [selector()] }] })],
    flow: flow(endpoint(labels('reserved:remote-node')), EGRESS),
    verdicts: 'unknown',
  },
  {
    says: 'an address of either family is the world',
    policies: [cnp({ ingress: [{ entities: ['world'] }] })],
    flow: flow(address('2001:db8::1')),
    config: { ipv6: true },
    verdicts: 'allow',
  },

  // NetworkPolicy.
  {
    says: 'a NetworkPolicy is about the pods that it selects',
    policies: [knp({ podSelector: selector({ app: 'db' }) })],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'a NetworkPolicy about egress without rules isolates egress',
    policies: [knp({ policyTypes: ['Egress'] })],
    flow: flow(DB, EGRESS),
    verdicts: 'default-deny',
  },
  {
    says: 'a podSelector takes the pods of the own namespace',
    policies: [knpFrom({ podSelector: selector({ app: 'db' }) })],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'an empty namespaceSelector takes no reserved identity',
    policies: [knpFrom({ namespaceSelector: selector() })],
    flow: flow(HEALTH),
    verdicts: 'default-deny',
  },
  {
    says: 'an ipBlock takes an address inside it',
    policies: [knpFrom({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } })],
    flow: flow(address('10.2.0.1')),
    verdicts: 'allow',
  },
  {
    says: 'a NetworkPolicy that names another cluster takes its pods',
    policies: [knpFrom({ podSelector: selector({ 'io.cilium.k8s.policy.cluster': 'far' }) })],
    flow: flow(REMOTE),
    verdicts: 'allow',
  },
  {
    says: 'a NetworkPolicy with an expression about clusters takes the pods of others',
    policies: [knpFrom({ podSelector: selector({}, expression('io.cilium.k8s.policy.cluster', 'Exists')) })],
    flow: flow(REMOTE),
    verdicts: 'allow',
  },
  {
    says: 'the empty name of a cluster is none, and the local one stands in its place',
    policies: [knpFrom({ podSelector: selector({ 'io.cilium.k8s.policy.cluster': '' }) })],
    flow: flow(DB),
    verdicts: ['default-deny', 'allow', 'allow'],
  },
  {
    says: 'of one label of a namespace, asked for by the pod and by the namespace, that of the pod counts',
    policies: [
      knpFrom({
        podSelector: selector({ 'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'b' }),
        namespaceSelector: selector({ 'kubernetes.io/metadata.name': 'a' }),
      }),
    ],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'an expression about a label of a namespace counts beside that of the pod',
    policies: [
      knpFrom({
        podSelector: selector({ 'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'b' }),
        namespaceSelector: selector({}, expression('kubernetes.io/metadata.name', 'In', 'a')),
      }),
    ],
    flow: flow(OTHER),
    verdicts: 'default-deny',
  },
  {
    says: 'a label of a namespace counts where the pod asks for others',
    policies: [
      knpFrom({
        podSelector: selector({ app: 'web' }),
        namespaceSelector: selector({ 'kubernetes.io/metadata.name': 'a' }),
      }),
    ],
    flow: flow(OTHER),
    verdicts: 'default-deny',
  },
  {
    says: 'a NetworkPolicy without rules isolates ingress',
    policies: [knp({})],
    flow: flow(DB),
    verdicts: 'default-deny',
  },
  {
    says: 'a NetworkPolicy about egress alone leaves ingress open',
    policies: [knp({ policyTypes: ['Egress'] })],
    flow: flow(DB),
    verdicts: 'allow',
  },
  {
    says: 'rules without their policyType are enforced all the same',
    policies: [
      knp({
        policyTypes: ['Egress'],
        ingress: [{ path: 'spec.ingress[0]', peers: [{ path: 'p', podSelector: selector({ app: 'db' }) }] }],
      }),
    ],
    flow: flow(CLIENT),
    verdicts: 'default-deny',
  },
  {
    says: 'a NetworkPolicy rule without from is for everybody',
    policies: [knp({ ingress: [{ path: 'spec.ingress[0]' }] })],
    flow: flow(WORLD),
    verdicts: 'allow',
  },
  {
    says: 'a podSelector is about the own namespace',
    policies: [knp({ ingress: [{ path: 'spec.ingress[0]', peers: [{ path: 'p', podSelector: selector() }] }] })],
    flow: flow(OTHER),
    verdicts: 'default-deny',
  },
  {
    says: 'an empty namespaceSelector is every pod',
    policies: [knp({ ingress: [{ path: 'spec.ingress[0]', peers: [{ path: 'p', namespaceSelector: selector() }] }] })],
    flow: flow(OTHER),
    verdicts: 'allow',
  },
  {
    says: 'podSelector and namespaceSelector hold together',
    policies: [
      knp({
        ingress: [
          {
            path: 'spec.ingress[0]',
            peers: [
              {
                path: 'p',
                podSelector: selector({ app: 'db' }),
                namespaceSelector: selector({ 'kubernetes.io/metadata.name': 'b' }),
              },
            ],
          },
        ],
      }),
    ],
    flow: flow(OTHER),
    verdicts: 'default-deny',
  },
  {
    says: 'a namespaceSelector NotIn lets the world in where no cluster is added',
    policies: [
      knp({
        ingress: [
          {
            path: 'spec.ingress[0]',
            peers: [{ path: 'p', namespaceSelector: selector({}, expression('team', 'NotIn', 'red')) }],
          },
        ],
      }),
    ],
    flow: flow(WORLD),
    verdicts: ['allow', 'default-deny', 'default-deny'],
  },
  {
    says: 'an ipBlock takes addresses but for its excepts',
    policies: [
      knp({
        egress: [
          { path: 'spec.egress[0]', peers: [{ path: 'p', ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] },
        ],
      }),
    ],
    flow: flow(address('10.1.0.1'), EGRESS),
    verdicts: 'default-deny',
  },
  {
    says: 'a port of a NetworkPolicy without a number is every port of its protocol',
    policies: [knp({ ingress: [{ path: 'spec.ingress[0]', ports: [{ protocol: 'UDP' }] }] })],
    flow: flow(DB, { protocol: 17, port: 9 }),
    verdicts: 'allow',
  },
  {
    says: 'a named port of a NetworkPolicy may be any number',
    policies: [knp({ ingress: [{ path: 'spec.ingress[0]', ports: [{ protocol: 'TCP', port: 'web' }] }] })],
    flow: flow(DB),
    verdicts: 'unknown',
  },
];

for (const row of ROWS) {
  for (const [index, version] of VERSIONS.entries()) {
    test(`${row.says} (${version})`, () => {
      const expected = typeof row.verdicts === 'string' ? row.verdicts : row.verdicts[index];
      assert.equal(replay(row.flow, row.policies, options(version, row.config)).verdict, expected);
    });
  }
}

test('a verdict names the rule elements that decide', () => {
  const policies = [
    cnp({ ingress: [{ endpoints: [selector()] }] }),
    ccnp({ ingressDeny: [{ entities: ['world'] }, { entities: ['cluster'] }] }),
  ];
  assert.deepEqual(replay(flow(DB), policies, options()).by, [
    { object: { kind: 'CiliumClusterwideNetworkPolicy', name: 'c' }, field: 'spec.ingressDeny[1]' },
  ]);
});

test('a default deny names the rules that turn it on', () => {
  const policies = [cnp({ ingress: [{ endpoints: [selector({ app: 'db' })] }] })];
  assert.deepEqual(replay(flow(CLIENT), policies, options()).by, [
    { object: { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p' }, field: 'spec.ingress[0]' },
  ]);
});
