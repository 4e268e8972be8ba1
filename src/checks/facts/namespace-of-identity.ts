/**
 * The namespace whose pods have an identity: it is one of its labels.
 */
import { labelOf } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import type { ClusterView } from '../../cluster/view.ts';

/** undefined: the view does not know it, or it is no identity of pods. */
export function namespaceOfIdentity(identity: NumericIdentity, view: ClusterView): string | undefined {
  return labelOf(view.labelsOf(identity) ?? [], POD_NAMESPACE_KEY)?.value;
}
