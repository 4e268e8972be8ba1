/**
 * The namespace whose pods have an identity: it is one of its labels.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { podNamespaceOf } from '../../cilium/identity/pod-labels.ts';
import type { ClusterView } from '../../cluster/view.ts';

/** undefined: the view does not know it, or it is no identity of pods. */
export function namespaceOfIdentity(identity: NumericIdentity, view: ClusterView): string | undefined {
  return podNamespaceOf(view.labelsOf(identity) ?? []);
}
