/**
 * Places of every judged kind at which a value of a wrong shape makes the object one that cannot be judged.
 *
 * Each row is a place and values that must not stand there; the webhook has to name exactly that place.
 */
import { deployment, job, replicaSet } from '../support/churn.ts';
import { clusterwidePolicy, namespace, pod, policy, type Json } from '../support/objects.ts';

export interface WrongShapes {
  readonly kind: string;
  /** An object of this kind that is judged. */
  readonly good: Json;
  readonly places: readonly (readonly [path: string, values: readonly unknown[]])[];
}

const NO_OBJECT = [[], 'x', 7, true];
const NO_LIST = [{}, 'x', 7];
const NO_TEXT = [7, true, {}, []];
const NO_NUMBER = ['3', 1.5, 2 ** 31, -(2 ** 31) - 1, [], {}];
const NO_CHOICE = ['yes', 1, []];

const metadata: WrongShapes['places'] = [
  ['metadata', [null, ...NO_OBJECT]],
  ['metadata.uid', NO_TEXT],
];

const labels = (path: string): WrongShapes['places'] => [
  [path, NO_OBJECT],
  [`${path}.app`, NO_TEXT],
  [`${path}.__proto__`, NO_TEXT],
  [`${path}["example.com/x"]`, NO_TEXT],
];

const podSpec = (path: string): WrongShapes['places'] => [
  [path, [null, ...NO_OBJECT]],
  [`${path}.containers`, NO_LIST],
  [`${path}.containers[0]`, [null, 'x', []]],
  [`${path}.containers[0].ports`, NO_LIST],
  [`${path}.containers[0].ports[0]`, [null, 80]],
  [`${path}.containers[0].ports[0].name`, NO_TEXT],
  [`${path}.containers[0].ports[0].containerPort`, NO_NUMBER],
  [`${path}.containers[0].ports[0].protocol`, NO_TEXT],
  [`${path}.hostNetwork`, NO_CHOICE],
  [`${path}.serviceAccountName`, NO_TEXT],
];

const template = (path: string): WrongShapes['places'] => [
  [path, [null, ...NO_OBJECT]],
  ...labels(`${path}.metadata.labels`),
  ...podSpec(`${path}.spec`),
];

const owners: WrongShapes['places'] = [
  ['metadata.ownerReferences', NO_LIST],
  ['metadata.ownerReferences[0]', ['x', 7]],
  ['metadata.ownerReferences[0].controller', NO_CHOICE],
];

const selector = (path: string): WrongShapes['places'] => [
  [path, NO_OBJECT],
  ...labels(`${path}.matchLabels`),
  [`${path}.matchExpressions`, NO_LIST],
  [`${path}.matchExpressions[0]`, ['x', []]],
  [`${path}.matchExpressions[0].key`, NO_TEXT],
  [`${path}.matchExpressions[0].operator`, NO_TEXT],
  [`${path}.matchExpressions[0].values`, NO_LIST],
  [`${path}.matchExpressions[0].values[0]`, NO_TEXT],
];

const ciliumPeers = (rule: string, prefix: 'from' | 'to'): WrongShapes['places'] => [
  [`${rule}.${prefix}Endpoints`, NO_LIST],
  ...selector(`${rule}.${prefix}Endpoints[0]`),
  [`${rule}.${prefix}CIDR`, NO_LIST],
  [`${rule}.${prefix}CIDR[0]`, NO_TEXT],
  [`${rule}.${prefix}CIDRSet`, NO_LIST],
  [`${rule}.${prefix}CIDRSet[0].cidr`, NO_TEXT],
  [`${rule}.${prefix}CIDRSet[0].except`, NO_LIST],
  [`${rule}.${prefix}Entities`, NO_LIST],
  [`${rule}.${prefix}Entities[0]`, NO_TEXT],
  [`${rule}.${prefix}Requires`, NO_LIST],
];

const ciliumPorts = (rule: string): WrongShapes['places'] => [
  [`${rule}.toPorts`, NO_LIST],
  [`${rule}.toPorts[0]`, ['x', []]],
  [`${rule}.toPorts[0].ports`, NO_LIST],
  [`${rule}.toPorts[0].ports[0].port`, NO_TEXT],
  [`${rule}.toPorts[0].ports[0].endPort`, NO_NUMBER],
  [`${rule}.toPorts[0].ports[0].protocol`, NO_TEXT],
  [`${rule}.icmps`, NO_LIST],
  [`${rule}.icmps[0].fields`, NO_LIST],
];

const ciliumRule: WrongShapes['places'] = [
  ['spec', [null, ...NO_OBJECT]],
  ['specs', NO_LIST],
  ['specs[0]', [null, ...NO_OBJECT]],
  ...selector('spec.endpointSelector'),
  ['spec.enableDefaultDeny', NO_OBJECT],
  ['spec.enableDefaultDeny.ingress', NO_CHOICE],
  ['spec.ingress', NO_LIST],
  ['spec.ingress[0]', ['x', []]],
  ...ciliumPeers('spec.ingress[0]', 'from'),
  ...ciliumPorts('spec.ingress[0]'),
  ...ciliumPeers('spec.egressDeny[0]', 'to'),
  ...ciliumPorts('spec.egress[0]'),
  ['spec.egress[0].toPorts[0].rules', NO_OBJECT],
  ['spec.egress[0].toPorts[0].rules.http', NO_LIST],
  ['spec.egress[0].toPorts[0].rules.http[0]', ['x', []]],
  ['spec.egress[0].toPorts[0].serverNames', NO_LIST],
  ['spec.egress[0].toFQDNs', NO_LIST],
  ['spec.egress[0].toFQDNs[0].matchName', NO_TEXT],
  ['spec.egress[0].toServices', NO_LIST],
  ['spec.egress[0].toServices[0].k8sService', NO_OBJECT],
  ['spec.egress[0].authentication', NO_OBJECT],
];

const kubernetesPeer = (rule: string, peers: 'from' | 'to'): WrongShapes['places'] => [
  [rule, ['x', []]],
  [`${rule}.${peers}`, NO_LIST],
  ...selector(`${rule}.${peers}[0].podSelector`),
  ...selector(`${rule}.${peers}[0].namespaceSelector`),
  [`${rule}.${peers}[0].ipBlock`, NO_OBJECT],
  [`${rule}.${peers}[0].ipBlock.cidr`, NO_TEXT],
  [`${rule}.${peers}[0].ipBlock.except`, NO_LIST],
  [`${rule}.ports`, NO_LIST],
  [`${rule}.ports[0].port`, [true, {}, [], 1.5, 2 ** 40]],
  [`${rule}.ports[0].endPort`, NO_NUMBER],
];

const replicas: WrongShapes['places'] = [['spec.replicas', NO_NUMBER]];
const shape = { app: 'web' };

function stateful(kind: 'StatefulSet' | 'DaemonSet'): Json {
  return { ...deployment('team-a/w', shape), kind };
}

function cronJob(): Json {
  const { spec, ...rest } = job('team-a/w', shape);
  return { ...rest, kind: 'CronJob', spec: { schedule: '* * * * *', jobTemplate: { spec } } };
}

export const WRONG_SHAPES: readonly WrongShapes[] = [
  {
    kind: 'Pod',
    good: pod('team-a/w', shape),
    places: [
      ...metadata,
      ...owners,
      ...labels('metadata.labels'),
      ...podSpec('spec'),
      ['spec.nodeName', NO_TEXT],
      ['status', NO_OBJECT],
      ['status.phase', NO_TEXT],
      ['metadata.annotations', NO_OBJECT],
    ],
  },
  { kind: 'Namespace', good: namespace('team-a', shape), places: [...metadata, ...labels('metadata.labels')] },
  ...[deployment('team-a/w', shape), replicaSet('team-a/w', shape), stateful('StatefulSet')].map((good) => ({
    kind: String(good['kind']),
    good,
    places: [...metadata, ...owners, ['spec', [null]] as const, ...template('spec.template'), ...replicas],
  })),
  { kind: 'DaemonSet', good: stateful('DaemonSet'), places: [...metadata, ...template('spec.template')] },
  {
    kind: 'Job',
    good: job('team-a/w', shape),
    places: [...metadata, ...template('spec.template'), ['spec.parallelism', NO_NUMBER]],
  },
  {
    kind: 'CronJob',
    good: cronJob(),
    places: [...metadata, ['spec.jobTemplate', [null, 'x']], ...template('spec.jobTemplate.spec.template')],
  },
  {
    kind: 'CiliumNetworkPolicy',
    good: policy('team-a/w', { endpointSelector: {}, ingress: [{}] }),
    places: [...metadata, ...ciliumRule],
  },
  {
    kind: 'CiliumClusterwideNetworkPolicy',
    good: clusterwidePolicy('w', { endpointSelector: {}, ingress: [{}] }),
    places: [...metadata, ...ciliumRule],
  },
  {
    kind: 'NetworkPolicy',
    good: policy('team-a/w', { podSelector: {} }, 'NetworkPolicy'),
    places: [
      ...metadata,
      ['spec', [null, ...NO_OBJECT]],
      ...selector('spec.podSelector'),
      ['spec.policyTypes', NO_LIST],
      ['spec.policyTypes[0]', NO_TEXT],
      ...kubernetesPeer('spec.ingress[0]', 'from'),
      ...kubernetesPeer('spec.egress[0]', 'to'),
    ],
  },
];
