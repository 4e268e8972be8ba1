/**
 * Which pods lose which key, and which gain one, by a change of a pod, a workload or a namespace.
 *
 * Invariant: a pod that keeps its key loses and gains it.
 * Cost: a pod or workload O(1); a namespace O(its pods), with an identity for each of its keys; a rollout O(pods of the
 * namespace).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import type { Namespace, Pod, Workload } from '../../cilium/objects.ts';
import { Pace } from '../../cilium/pace.ts';
import type { Layers, Rollout } from '../layers.ts';
import { ObjectOverlay } from '../objects/object-overlay.ts';
import type { ShapeIdentity } from '../view.ts';
import { podShapeOf } from '../workload-shape.ts';
import type { IdentityRecord } from './identity-layer.ts';
import type { KeyMove } from './identity-overlay.ts';
import { boundShape } from './bound-shape.ts';
import { identityOfPod, identityOfShape } from './shape-identity.ts';

export function podMoves(layers: Layers, after: Pod): readonly KeyMove[] {
  const moves = new Moves();
  const before = layers.objects.pod(after.namespace, after.name);
  if (before !== undefined) moves.lose(identityOfPod(before, layers), before);
  const placed = after.nodeName === '' ? boundShape(after, after.namespace, layers) : after;
  moves.gain(identityOfPod(placed, layers), [after], 1);
  return moves.list();
}

/** The pods that are to come. One of no replicas is looked at as if it were scaled up: nobody is asked once it is. */
export function workloadMoves(layers: Layers, workload: Workload): readonly KeyMove[] {
  const moves = new Moves();
  moves.gain(
    identityOfShape(boundShape(podShapeOf(workload), workload.namespace, layers), workload.namespace, layers),
    [],
    Math.max(1, podsOf(workload, layers)),
  );
  return moves.list();
}

/** Of a DaemonSet one for each node that is known: which nodes it selects is not modelled. */
function podsOf({ kind, replicas }: Workload, { objects }: Layers): number {
  return kind === 'DaemonSet' ? objects.nodeCount() : replicas;
}

/** A pod may have thousands of labels. */
const LABELS_PER_PAUSE = 2_000;

/**
 * Pods of one key share the next one too, as nothing but the namespace changes: it is worked out once for all of them. Yields
 * where the caller may pause.
 */
export function* namespaceMoves(layers: Layers, after: Namespace): Generator<undefined, readonly KeyMove[]> {
  const moves = new Moves();
  const relabelled = { ...layers, objects: new ObjectOverlay(layers.objects, after) };
  const held = recordsByPod(after.name, layers);
  const next = new Map<IdentityRecord, ShapeIdentity | undefined>();
  const pace = new Pace(LABELS_PER_PAUSE);
  for (const pod of layers.objects.podsIn(after.name)) {
    if (pace.isPauseDue(1 + pod.labels.size)) yield;
    const record = held.get(pod.name);
    moves.lose(record ?? identityOfPod(pod, layers), pod);
    if (record !== undefined && !next.has(record)) next.set(record, identityOfPod(pod, relabelled));
    moves.gain(record === undefined ? identityOfPod(pod, relabelled) : next.get(record), [pod], 1);
  }
  return moves.list();
}

/** By name of the pod; one record for all pods of a key. None where a label-prefix-file drops the name of the namespace. */
function recordsByPod(namespace: string, { identities }: Layers): ReadonlyMap<string, IdentityRecord> {
  const records = new Map<string, IdentityRecord>();
  const seen = new Set<CanonicalKey>();
  for (const id of identities.in(namespace)) {
    const record = identities.record(id);
    if (record === undefined || seen.has(record.key)) continue;
    seen.add(record.key);
    for (const pod of identities.podsWithKey(record.key)) {
      if (pod.namespace === namespace) records.set(pod.name, record);
    }
  }
  return records;
}

/** Pods of the former template lose their keys, but for those that the new template gives the same key. */
export function replacedPods({ before, after }: Rollout, layers: Layers): readonly KeyMove[] {
  const { namespace } = after;
  const [old, fresh] = [before, after].map((workload) => identityOfShape(podShapeOf(workload), namespace, layers));
  if (old?.kind !== 'global' || fresh?.kind !== 'global' || old.key === fresh.key) return [];
  const moves = new Moves();
  const owners = new Set([before.uid, ...[...layers.objects.workloadsOwnedBy(before)].map(({ uid }) => uid)]);
  owners.delete('');
  for (const pod of layers.objects.podsIn(namespace)) {
    if (pod.owner !== undefined && owners.has(pod.owner.uid)) moves.lose(identityOfPod(pod, layers), pod);
  }
  return moves.list().filter(({ key }) => key !== fresh.key);
}

type GlobalIdentity = Extract<ShapeIdentity, { readonly kind: 'global' }>;

interface Move {
  readonly labels: LabelArray;
  readonly gained: Pod[];
  gainedCount: number;
  readonly lost: Pod[];
}

class Moves {
  readonly #moves = new Map<CanonicalKey, Move>();

  lose(identity: IdentityRecord | ShapeIdentity | undefined, pod: Pod): void {
    if (identity !== undefined && isGlobal(identity)) this.#move(identity.key, identity.labels).lost.push(pod);
  }

  gain(identity: ShapeIdentity | undefined, pods: readonly Pod[], count: number): void {
    if (identity?.kind !== 'global') return;
    const move = this.#move(identity.key, identity.labels);
    move.gained.push(...pods);
    move.gainedCount += count;
  }

  list(): readonly KeyMove[] {
    return [...this.#moves].map(([key, move]) => ({ key, ...move }));
  }

  #move(key: CanonicalKey, labels: LabelArray): Move {
    return getOrMake(this.#moves, key, () => ({ labels, gained: [], gainedCount: 0, lost: [] }));
  }
}

/** What has a record is an identity of the cluster. */
function isGlobal(identity: IdentityRecord | ShapeIdentity): identity is IdentityRecord | GlobalIdentity {
  return !('kind' in identity) || identity.kind === 'global';
}
