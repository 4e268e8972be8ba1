/**
 * Labels of pods: which of those of an identity a pod brings itself, and what the agent makes of a key.
 */
import type { Label } from '../../cilium/identity/label.ts';
import { CILIUM_LABEL_PREFIX, POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';

/** Not from the namespace, the service account, the cluster or the ports of the pod. */
export function isPodLabel({ source, key }: Pick<Label, 'source' | 'key'>): boolean {
  return source === 'k8s' && key !== POD_NAMESPACE_KEY && !key.startsWith(CILIUM_LABEL_PREFIX);
}

/** As the agent makes labels of what Kubernetes has; for who looks at source and key alone, as the label filter does. */
export function podLabel(key: string): Label {
  return { source: 'k8s', key, value: '' };
}
