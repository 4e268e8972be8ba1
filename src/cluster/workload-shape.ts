/**
 * The pods that a workload will have: its template, and the labels that its controller adds.
 *
 * Sources: the controllers of Kubernetes 1.35 (deployment, statefulset, daemonset, job, cronjob). Values that are not known
 * before the pods exist are stood in for by a word that no controller gives.
 */
import {
  isCustomWorkloadKind,
  type BuiltInWorkloadKind,
  type Labels,
  type PodShape,
  type Workload,
  type WorkloadKind,
} from '../cilium/objects.ts';

/** In place of a hash, an index or a uid that the controller will choose. */
const TO_BE_CHOSEN = 'to-be-chosen';

/** Label keys that only a controller gives to a pod; what a template says under them is overwritten or dropped. */
const CONTROLLER_KEYS: Readonly<Record<BuiltInWorkloadKind, readonly string[]>> = {
  Deployment: ['pod-template-hash'],
  ReplicaSet: [],
  StatefulSet: ['statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index', 'controller-revision-hash'],
  DaemonSet: ['controller-revision-hash', 'pod-template-generation'],
  Job: ['batch.kubernetes.io/job-name', 'job-name', 'batch.kubernetes.io/controller-uid', 'controller-uid'],
  CronJob: ['batch.kubernetes.io/job-name', 'job-name', 'batch.kubernetes.io/controller-uid', 'controller-uid'],
};

/**
 * Controllers of custom kinds that give labels to the pods that they bring about, through ReplicaSets too: Argo Rollouts
 * (DefaultRolloutUniqueLabelKey). What another one gives counts as written by whoever makes the pods.
 */
const CUSTOM_CONTROLLER_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Rollout.argoproj.io', ['rollouts-pod-template-hash']],
]);

/** Only pods of an indexed Job have it. */
const COMPLETION_INDEX_KEY = 'batch.kubernetes.io/job-completion-index';

/** Every key that some controller gives to pods. */
export function keysOfControllers(): readonly string[] {
  const keys = [...Object.values(CONTROLLER_KEYS), ...CUSTOM_CONTROLLER_KEYS.values()];
  return [...new Set([...keys.flat(), COMPLETION_INDEX_KEY])];
}

function keysGivenBy(kind: WorkloadKind): readonly string[] {
  return isCustomWorkloadKind(kind) ? (CUSTOM_CONTROLLER_KEYS.get(kind) ?? []) : CONTROLLER_KEYS[kind];
}

/** Whether the controller of such workloads gives their pods this label. */
export function givesLabel(kind: WorkloadKind, key: string): boolean {
  return keysGivenBy(kind).includes(key) || (kind === 'Job' && key === COMPLETION_INDEX_KEY);
}

/** The shape of the pods of a workload, with the labels that its controller adds. */
export function podShapeOf(workload: Workload): PodShape {
  const labels = new Map(workload.template.labels);
  for (const key of keysGivenBy(workload.kind)) labels.set(key, controllerValue(key, workload));
  // A template gets no service account from the API server; the pods made from it do.
  return { ...workload.template, labels, serviceAccountName: workload.template.serviceAccountName || 'default' };
}

/** The same shape without what the controller of such workloads adds: equal for a pod and for the template that it came from. */
export function withoutLabelsOf(kind: WorkloadKind, shape: PodShape): PodShape {
  const isGiven = (key: string) => givesLabel(kind, key);
  if (![...shape.labels.keys()].some(isGiven)) return shape;
  const labels: Labels = new Map([...shape.labels].filter(([key]) => !isGiven(key)));
  return { ...shape, labels };
}

function controllerValue(key: string, workload: Workload): string {
  if (workload.kind !== 'Job') return TO_BE_CHOSEN;
  if (key.endsWith('job-name')) return workload.name;
  return workload.uid === '' ? TO_BE_CHOSEN : workload.uid;
}
