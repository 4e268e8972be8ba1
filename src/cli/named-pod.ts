/**
 * A pod by its name on the command line, and its identity.
 */
import type { Pod } from '../cilium/objects.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';
import { explainPod } from '../review/explain.ts';
import type { ClusterView } from '../cluster/view.ts';
import { CommandError } from './command-error.ts';

export function podOf(view: ClusterView, text: string): Pod {
  const [namespace = '', name = '', ...rest] = text.split('/');
  if (namespace === '' || name === '' || rest.length > 0) throw new CommandError([`"${text}" is not NAMESPACE/NAME`]);
  const pod = view.pod(namespace, name);
  if (pod === undefined) throw new CommandError([`the source holds no pod ${text}`]);
  return pod;
}

/** `text`: how the person who asks calls it. */
export function identityOfPod(view: ClusterView, pod: Pod, text: string): NumericIdentity {
  const identity = view.identityOfShape(pod, pod.namespace);
  if (identity.kind === 'reserved') return identity.id;
  const [number] = identity.kind === 'global' ? view.identitiesWithKey(identity.key) : [];
  if (number === undefined) {
    throw new CommandError([`pod ${text} has no policy map of its own (identity: ${explainPod(view, pod).scope})`]);
  }
  return number;
}
