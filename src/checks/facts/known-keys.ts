/**
 * The labels that the filter decides on: those of the pods, namespaces and identities of the model, and those that Cilium,
 * controllers and Kubernetes itself bring to every cluster. A decision depends on source and key alone, so that values are
 * left out.
 *
 * Cost: O(labels of pods, workloads and identities), with pauses.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { podLabels, type NamespaceShape } from '../../cilium/identity/pod-labels.ts';
import { usesIdentity, type Labels } from '../../cilium/objects.ts';
import { TOPOLOGY_KEYS } from '../../cluster/identities/bound-shape.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { keysOfControllers, podShapeOf } from '../../cluster/workload-shape.ts';
import { PAUSE, type Pause } from '../check.ts';

export interface KnownKeys {
  /** Those of the model, sorted. */
  readonly present: readonly string[];
  /** Those that any cluster may have from one moment to the next, sorted; some are in `present` too. */
  readonly usual: readonly string[];
}

const OBJECTS_PER_PAUSE = 200;

export function* knownKeys(view: ClusterView): Generator<Pause, KnownKeys> {
  const podKeys = new Set<string>();
  const namespaceKeys = new Map<string, string>();
  const identityKeys = new Set<string>();
  let seen = 0;
  for (const labels of everyLabels(view)) {
    if (++seen % OBJECTS_PER_PAUSE === 0) yield PAUSE;
    for (const key of labels.keys()) podKeys.add(key);
  }
  for (const { labels } of view.namespaces()) for (const key of labels.keys()) namespaceKeys.set(key, '');
  for (const identity of view.identities()) {
    if (++seen % OBJECTS_PER_PAUSE === 0) yield PAUSE;
    for (const { source, key } of view.labelsOf(identity) ?? []) if (source === 'k8s') identityKeys.add(key);
  }
  const present = new Set([...candidateKeys(podKeys, { name: '', labels: namespaceKeys }, view), ...identityKeys]);
  return { present: [...present].sort(compareBytes), usual: usualKeys(view) };
}

/** Of pods, and of the pods that workloads will have. */
function* everyLabels(view: ClusterView): Iterable<Labels> {
  for (const { name } of view.namespaces()) {
    for (const pod of view.podsIn(name)) if (usesIdentity(pod)) yield pod.labels;
  }
  for (const workload of view.workloads()) {
    const { hostNetwork, labels } = podShapeOf(workload);
    if (!hostNetwork) yield labels;
  }
}

/** Kubernetes puts it on every namespace. */
const NAMESPACE_NAME_KEY = 'kubernetes.io/metadata.name';

/** That any cluster may have from one moment to the next, sorted. */
export function usualKeys(view: ClusterView): readonly string[] {
  const keys = new Set([...keysOfControllers(), ...TOPOLOGY_KEYS]);
  const labels = new Map([[NAMESPACE_NAME_KEY, '']]);
  return candidateKeys(keys, { name: '', labels }, view).sort(compareBytes);
}

/** As the agent makes labels of them: of all pods with these keys at once. */
function candidateKeys(keys: ReadonlySet<string>, namespace: NamespaceShape, { settings }: ClusterView): string[] {
  const labels = new Map([...keys].map((key) => [key, '']));
  return [...podLabels({ labels, serviceAccountName: 'default' }, namespace, settings).labels.keys()];
}
