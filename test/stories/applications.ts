/**
 * What controllers make of a workload, as it stands in a cluster: owners with their uids, pods that are placed on nodes.
 */
import { namespace, type Json } from '../support/objects.ts';
import { ownerRef } from '../support/churn.ts';

type Strings = Readonly<Record<string, string>>;

export interface Application {
  /** `shop/web` */
  readonly path: string;
  /** Of the template. */
  readonly labels: Strings;
  /** Of the selector: by default `app`, or `app.kubernetes.io/name`. */
  readonly selector?: Strings;
  readonly replicas?: number;
  /** The pod-template-hash; one for each template. */
  readonly hash?: string;
  readonly annotations?: Strings;
}

export const CONTROLLERS = {
  deployment: 'system:serviceaccount:kube-system:deployment-controller',
  replicaSet: 'system:serviceaccount:kube-system:replicaset-controller',
  statefulSet: 'system:serviceaccount:kube-system:statefulset-controller',
  job: 'system:serviceaccount:kube-system:job-controller',
  cronJob: 'system:serviceaccount:kube-system:cronjob-controller',
} as const;

const HASH = '5d9c7b8f6d';

export function deployment({
  path,
  labels,
  selector = selectorOf(labels),
  replicas = 3,
  annotations,
}: Application): Json {
  return workload('apps/v1', 'Deployment', path, {
    ...(annotations === undefined ? {} : { annotations }),
    spec: { replicas, selector: { matchLabels: selector }, template: templateOf(labels) },
  });
}

export function replicaSet({
  path,
  labels,
  selector = selectorOf(labels),
  replicas = 3,
  hash = HASH,
}: Application): Json {
  const own = { 'pod-template-hash': hash };
  return workload('apps/v1', 'ReplicaSet', `${path}-${hash}`, {
    ownerReferences: [ownerRef('Deployment', path)],
    spec: { replicas, selector: { matchLabels: { ...selector, ...own } }, template: templateOf({ ...labels, ...own }) },
  });
}

/** The pods of a ReplicaSet, numbered from `first` on. */
export function podsOf({ path, labels, replicas = 3, hash = HASH }: Application, first = 0): readonly Json[] {
  const owner = ownerRef('ReplicaSet', `${path}-${hash}`);
  return Array.from({ length: replicas }, (_, index) =>
    podOf(
      `${path}-${hash}-${first + index}`,
      { ...labels, 'pod-template-hash': hash },
      owner,
      `worker-${(first + index) % 12}`,
    ),
  );
}

/** A Deployment with its ReplicaSet and pods. */
export function running(application: Application): readonly Json[] {
  return [deployment(application), replicaSet(application), ...podsOf(application)];
}

interface PutByController {
  readonly put: Json;
  readonly by: string;
}

/** What controllers make of Deployments: their ReplicaSets, then the pods of these. */
export function madeByControllers(...applications: readonly Application[]): readonly PutByController[] {
  return [
    ...applications.map((one) => ({ put: replicaSet(one), by: CONTROLLERS.deployment })),
    ...applications.flatMap((one) => podsOf(one)).map((put) => ({ put, by: CONTROLLERS.replicaSet })),
  ];
}

/** What becomes of those of a template that another one takes the place of. */
export function takenDown(former: Application): readonly (PutByController | { readonly remove: Json })[] {
  return [
    { put: replicaSet({ ...former, replicas: 0 }), by: CONTROLLERS.deployment },
    ...podsOf(former).map((remove) => ({ remove })),
  ];
}

export function podOf(path: string, labels: Strings, owner?: Json, node?: string): Json {
  const [inNamespace, name] = path.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: inNamespace,
      name,
      uid: `uid-${path}`,
      labels,
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec: { containers: [{ name: 'main', image: 'main:1' }], ...(node === undefined ? {} : { nodeName: node }) },
  };
}

interface WorkloadParts {
  readonly spec: Json;
  readonly annotations?: Strings;
  readonly ownerReferences?: readonly Json[];
  readonly labels?: Strings;
}

export function workload(apiVersion: string, kind: string, path: string, { spec, ...metadata }: WorkloadParts): Json {
  const [inNamespace, name] = path.split('/');
  return { apiVersion, kind, metadata: { namespace: inNamespace, name, uid: `uid-${path}`, ...metadata }, spec };
}

export function templateOf(labels: Strings): Json {
  return { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main:1' }] } };
}

function selectorOf(labels: Strings): Strings {
  const key = ['app', 'app.kubernetes.io/name'].find((candidate) => candidate in labels);
  return key === undefined ? labels : { [key]: labels[key] ?? '' };
}

/** `times(3, (index) => ...)` */
export function times<Item>(count: number, made: (index: number) => Item): readonly Item[] {
  return Array.from({ length: count }, (_, index) => made(index));
}

/** As the API server makes it. */
export function newNamespace(name: string, labels: Strings = {}): Json {
  return namespace(name, { 'kubernetes.io/metadata.name': name, ...labels });
}
