/**
 * Which changes are judged at all, and which are only recorded: the promises that hold for every check.
 *
 * Never denied: a deletion, a change of an object that is being deleted, an update that leaves what Cilium reads as it was,
 * a binding, a mirror pod that its kubelet makes, anything in a system namespace.
 */
import { isPolicy, isWorkload, type ClusterObject } from '../cilium/objects.ts';
import type { Requester, Submission } from '../checks/check.ts';
import { isSameValue } from '../cilium/same-value.ts';
import { isSystemNamespace, type CheckSettings } from '../checks/settings.ts';
import { namespaceOf, type Change } from '../cluster/change.ts';

export type Scope =
  | { readonly kind: 'judged' }
  /** Findings are recorded and never shown to the author. */
  | { readonly kind: 'recorded'; readonly reason: string }
  | { readonly kind: 'exempt'; readonly reason: string };

const KUBELET = 'system:node:';

export function scopeOf({ change, requester }: Submission, settings: CheckSettings): Scope {
  const namespace = namespaceOf(change);
  if (change.op === 'delete') return exempt('a deletion');
  if (namespace !== undefined && isSystemNamespace(namespace, settings)) return exempt(`system namespace ${namespace}`);
  if (change.op === 'bind') return { kind: 'recorded', reason: 'a binding' };
  if (isTerminating(change)) return exempt('the object is being deleted');
  if (change.op === 'update' && isSameForCilium(change.before, change.after))
    return exempt('nothing that Cilium reads changes');
  if (isMirrorPod(change.after, requester)) return { kind: 'recorded', reason: 'a mirror pod' };
  return { kind: 'judged' };
}

/** Anybody may write the annotation; only a kubelet, which runs the static pod already, mirrors one. */
function isMirrorPod(object: ClusterObject, { username }: Requester): boolean {
  return object.kind === 'Pod' && object.mirror && username.startsWith(KUBELET);
}

function exempt(reason: string): Scope {
  return { kind: 'exempt', reason };
}

function isTerminating(change: Extract<Change, { op: 'create' | 'update' }>): boolean {
  return terminating(change.after) || (change.op === 'update' && terminating(change.before));
}

function terminating(object: ClusterObject): boolean {
  return 'terminating' in object && object.terminating;
}

function isSameForCilium(before: ClusterObject, after: ClusterObject): boolean {
  return before.kind === after.kind && isSameValue(readByCilium(before), readByCilium(after));
}

/** Of what was decoded, the part that identities and policy maps depend on. */
function readByCilium(object: ClusterObject): unknown {
  if (isPolicy(object)) return 'spec' in object ? object.spec : object.rules;
  if (isWorkload(object)) return object.template;
  if (object.kind === 'Namespace') return object.labels;
  if (object.kind !== 'Pod') return object;
  const { labels, serviceAccountName, hostNetwork, ports, phase } = object;
  return { labels, serviceAccountName, hostNetwork, ports, phase };
}
