/**
 * Pod, namespace and configuration -> the labels that the filter looks at.
 *
 * Mirrors SanitizePodLabels (pkg/k8s/utils/utils.go) and Map2Labels with NewLabel (pkg/labels/labels.go). Pod name, node,
 * address, annotations and images have no part in it.
 * Invariant: every label has the source k8s, and each key occurs once.
 */
import type { AgentConfig } from '../agent-config.ts';
import type { Labels, PodShape } from '../objects.ts';
import type { Profile } from '../profile.ts';
import { labelOf, type Label, type LabelArray } from './label.ts';

/** What of a pod its labels are made from. */
export type LabelledPod = Pick<PodShape, 'labels' | 'serviceAccountName'>;

/** What of a namespace decides the identities of its pods. */
export interface NamespaceShape {
  readonly name: string;
  readonly labels: Labels;
}

export interface PodLabelSettings {
  readonly profile: Profile;
  readonly config: Pick<AgentConfig, 'clusterName' | 'networkPolicyEnabled'>;
}

export interface CandidateLabels {
  /** By key. */
  readonly labels: ReadonlyMap<string, Label>;
  /** Keys that labels with different values meet in; Cilium keeps either value, by the order of a Go map. */
  readonly undecided: readonly string[];
}

/** What Cilium sets itself; a pod cannot bring labels whose key starts so (no dot behind: `io.cilium.k8sX` goes as well). */
export const CILIUM_LABEL_PREFIX = 'io.cilium.k8s';
export const NAMESPACE_LABEL_PREFIX = 'io.cilium.k8s.namespace.labels.';
export const POD_NAMESPACE_KEY = 'io.kubernetes.pod.namespace';
export const SERVICE_ACCOUNT_KEY = 'io.cilium.k8s.policy.serviceaccount';
export const CLUSTER_KEY = 'io.cilium.k8s.policy.cluster';

/** The namespace that an identity has among its labels; none for what is no identity of pods. */
export function podNamespaceOf(labels: LabelArray): string | undefined {
  const label = labelOf(labels, POD_NAMESPACE_KEY);
  return label?.source === 'k8s' ? label.value : undefined;
}

export function podLabels(pod: LabelledPod, namespace: NamespaceShape, settings: PodLabelSettings): CandidateLabels {
  return labelsFrom('k8s', sanitizedLabels(pod, namespace, settings.config), settings.profile);
}

/**
 * The same labels where no two of them can meet in one key, as is so of nearly every pod, without looking for it; undefined
 * elsewhere.
 */
export function plainLabels(
  pod: LabelledPod,
  namespace: NamespaceShape,
  { profile, config }: PodLabelSettings,
): readonly Label[] | undefined {
  const ofNamespace = config.networkPolicyEnabled ? plainLabelsOf(namespace.labels) : [];
  if (ofNamespace === undefined) return undefined;
  const labels = [...ofNamespace];
  for (const [key, value] of pod.labels) {
    if (isOfCilium(key) || !isPlainKey(key, profile)) return undefined;
    labels.push({ source: 'k8s', key, value });
  }
  labels.push({ source: 'k8s', key: POD_NAMESPACE_KEY, value: namespace.name });
  if (pod.serviceAccountName !== '') {
    labels.push({ source: 'k8s', key: SERVICE_ACCOUNT_KEY, value: pod.serviceAccountName });
  }
  labels.push({ source: 'k8s', key: CLUSTER_KEY, value: config.clusterName });
  return labels;
}

interface PlainLabels {
  /** undefined: a key has more than one reading. */
  readonly labels: readonly Label[] | undefined;
}

/** Those of a namespace; an entry goes with its labels. */
const ofNamespaces = new WeakMap<Labels, PlainLabels>();

function plainLabelsOf(written: Labels): readonly Label[] | undefined {
  const known = ofNamespaces.get(written);
  if (known !== undefined) return known.labels;
  const all = [...written].map(([key, value]) => ({ source: 'k8s', key: NAMESPACE_LABEL_PREFIX + key, value }));
  const labels = all.some(({ key }) => key.includes(':')) ? undefined : all;
  ofNamespaces.set(written, { labels });
  return labels;
}

/** Labels of a Kubernetes object as Cilium's. */
export function labelsFrom(source: string, all: Labels, profile: Profile): CandidateLabels {
  const labels = new Map<string, Label>();
  const undecided: string[] = [];
  for (const [written, value] of all) {
    const key = withoutSource(written, profile);
    const other = labels.get(key);
    if (other !== undefined && other.value !== value) undecided.push(key);
    labels.set(key, { source, key, value });
  }
  return { labels, undecided };
}

function sanitizedLabels(pod: LabelledPod, namespace: NamespaceShape, config: PodLabelSettings['config']): Labels {
  const labels = new Map<string, string>();
  for (const [key, value] of pod.labels) {
    if (!key.startsWith(CILIUM_LABEL_PREFIX)) labels.set(key, value);
  }
  if (config.networkPolicyEnabled) {
    for (const [key, value] of namespace.labels) labels.set(NAMESPACE_LABEL_PREFIX + key, value);
  }
  labels.set(POD_NAMESPACE_KEY, namespace.name);
  if (pod.serviceAccountName !== '') labels.set(SERVICE_ACCOUNT_KEY, pod.serviceAccountName);
  labels.set(CLUSTER_KEY, config.clusterName);
  return labels;
}

/**
 * NewLabel takes a source off the key and drops it: a leading `reserved.` until 1.19. Kubernetes allows neither `$` nor `:`
 * in a key; a file may still have them.
 */
function withoutSource(key: string, profile: Profile): string {
  if (key.startsWith('$')) return key.slice(1);
  const colon = key.indexOf(':');
  if (colon >= 0) return key.slice(colon + 1);
  return profile.cutsReservedFromKeys && key.startsWith('reserved.') ? key.slice('reserved.'.length) : key;
}

/** Whether Cilium keeps a label of a Kubernetes object under the key that it is written with. */
export function isPlainKey(key: string, profile: Profile): boolean {
  return withoutSource(key, profile) === key;
}

/** Whether a pod's label with this key gives way to what Cilium sets itself. */
export function isOfCilium(key: string): boolean {
  return key.startsWith(CILIUM_LABEL_PREFIX) || key === POD_NAMESPACE_KEY;
}

/** Whether it is the key of a label that pods have from their namespace or their cluster. */
export function isOfNamespace(key: string): boolean {
  return key.startsWith(NAMESPACE_LABEL_PREFIX) || key === POD_NAMESPACE_KEY || key === CLUSTER_KEY;
}

/** Keys under which Cilium itself names the namespace, the service account and the cluster of a pod. */
export const CILIUM_KEYS: readonly string[] = [POD_NAMESPACE_KEY, SERVICE_ACCOUNT_KEY, CLUSTER_KEY];
