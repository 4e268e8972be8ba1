/**
 * The identity of a pod as the model sees it: under the settings in force and the labels of its namespace, if both are known.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import { informationLabels, podIdentity } from '../../cilium/identity/pod-identity.ts';
import { usesIdentity, type Pod, type PodShape } from '../../cilium/objects.ts';
import type { Layers } from '../layers.ts';
import type { ShapeIdentity } from '../view.ts';

/** Kubernetes counts only their bytes. A pod has some tens; reading this many takes some tens of milliseconds. */
const MOST_LABELS = 4096;

/** What of a pod decides its identity, and whether it has one. */
export type IdentifiedPod = PodShape & Pick<Pod, 'namespace' | 'phase'>;

/** What the answer depends on besides the pod. */
export type IdentityGround = Pick<Layers, 'settings' | 'objects' | 'labelSets'>;

export function identityOfShape(
  shape: PodShape,
  namespace: string,
  { settings, objects, labelSets }: IdentityGround,
): ShapeIdentity {
  const { filter, profile, config } = settings;
  if (filter.kind !== 'known') return { kind: 'unknown', reason: filter.reason };
  const stored = objects.namespace(namespace);
  if (stored === undefined) return { kind: 'unknown', reason: `namespace ${namespace} is not known to the model` };
  const known = labelSets?.find(shape, stored);
  if (known !== undefined) return { kind: 'global', key: known.key, labels: known.labels };
  const labels = shape.labels.size + stored.labels.size;
  if (labels > MOST_LABELS) {
    const reason = `pod and namespace have ${labels} labels, and no more than ${MOST_LABELS} are looked at`;
    return { kind: 'unknown', reason, unfinished: 'size' };
  }
  return podIdentity(shape, stored, { profile, config, filter: filter.filter });
}

/** The labels that the filter drops; none where the identity is unknown. */
export function informationOfShape(
  shape: PodShape,
  namespace: string,
  { settings, objects }: IdentityGround,
): LabelArray {
  const { filter, profile, config } = settings;
  const stored = objects.namespace(namespace);
  if (filter.kind !== 'known' || stored === undefined) return [];
  return informationLabels(shape, stored, { profile, config, filter: filter.filter });
}

/** None for a pod on the host's network or one that is finished. */
export function identityOfPod(pod: IdentifiedPod, ground: IdentityGround): ShapeIdentity | undefined {
  return usesIdentity(pod) ? identityOfShape(pod, pod.namespace, ground) : undefined;
}
