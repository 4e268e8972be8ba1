/**
 * What a finding about the cluster as a whole is about: cilium-config, where the platform team can change something.
 */
import type { ObjectRef } from '../../cilium/objects.ts';
import type { ClusterView } from '../../cluster/view.ts';

export function ciliumConfigRef({ settings }: ClusterView): ObjectRef {
  return { kind: 'ConfigMap', namespace: settings.config.ciliumNamespace, name: 'cilium-config' };
}
