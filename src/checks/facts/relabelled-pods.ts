/**
 * What a change of namespace labels does to the pods of the namespace.
 *
 * Mirrors the namespace watcher of the agents (pkg/k8s/watchers, namespace): only a change of the filtered labels counts, and
 * then every pod of the namespace takes the key that its labels give under the new ones. Pods that share a key now share one
 * afterwards, as nothing but the namespace changes.
 * Cost: an identity for each pod of the namespace, and one more for each key; computed once for a change.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import { usesIdentity, type Pod } from '../../cilium/objects.ts';
import { namedPorts, type NamedPortMap } from '../../cilium/named-ports.ts';
import { Pace } from '../../cilium/pace.ts';
import { formatPorts } from '../../cluster/ports/port-name.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';

/** A pod may have thousands. */
const LABELS_PER_PAUSE = 2_000;

export interface MovedKey {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  readonly pods: readonly Pod[];
}

/** Pods that have one key now and have another one after. */
export interface KeyChange extends MovedKey {
  readonly from: CanonicalKey;
  readonly labelsBefore: LabelArray;
}

/** A change for each set of named ports that its pods have. */
export function byPorts(change: KeyChange): readonly (KeyChange & { readonly ports: NamedPortMap })[] {
  return portSetsOfPods(change.pods).map((ports) => ({ ...change, ports }));
}

/** Each set of named ports once. */
export function portSetsOfPods(pods: readonly Pod[]): readonly NamedPortMap[] {
  const sets = pods.map(({ ports }) => namedPorts(ports));
  return [...new Map(sets.map((ports) => [formatPorts(ports), ports])).values()];
}

export type NamespaceRelabel =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string }
  | {
      readonly kind: 'relabelled';
      readonly namespace: string;
      readonly pods: number;
      readonly changes: readonly KeyChange[];
      /** Keys that no identity has yet. */
      readonly minted: readonly MovedKey[];
      /** Keys that no pod has any more. */
      readonly orphaned: readonly CanonicalKey[];
    };

const NONE: NamespaceRelabel = { kind: 'none' };

export function* namespaceRelabel(context: ChangeContext): Generator<Pause, NamespaceRelabel> {
  const kept = context.fact(keptRelabel);
  kept.relabel ??= yield* computeRelabel(context);
  return kept.relabel;
}

/** Where the answer is kept for the run: computing it pauses, which a fact can't. */
function keptRelabel(): { relabel?: NamespaceRelabel } {
  return {};
}

function* computeRelabel(context: ChangeContext): Generator<Pause, NamespaceRelabel> {
  const { change } = context.submission;
  if (change.op !== 'update' || change.after.kind !== 'Namespace') return NONE;
  const { filter } = context.current.settings;
  if (filter.kind !== 'known') return { kind: 'unknown', reason: filter.reason };
  const { name } = change.after;
  const moves = yield* movedKeys(name, context);
  if (moves.length === 0) return NONE;
  const to = byNewKey(moves);
  return {
    kind: 'relabelled',
    namespace: name,
    pods: moves.reduce((sum, { pods }) => sum + pods.length, 0),
    changes: moves,
    minted: [...to.values()].filter(({ key }) => context.before.identitiesWithKey(key).length === 0),
    orphaned: moves.map(({ from }) => from).filter((key) => !to.has(key)),
  };
}

function* movedKeys(namespace: string, { before, after }: ChangeContext): Generator<Pause, readonly KeyChange[]> {
  const pods = yield* podsByKey(namespace, before);
  const moves: KeyChange[] = [];
  const pace = new Pace(LABELS_PER_PAUSE);
  for (const [from, { labels: labelsBefore, members }] of pods) {
    if (pace.isPauseDue(1 + labelsBefore.length)) yield PAUSE;
    const [pod] = members;
    const fresh = pod === undefined ? undefined : after.identityOfShape(pod, namespace);
    if (fresh?.kind !== 'global' || fresh.key === from) continue;
    moves.push({ from, labelsBefore, key: fresh.key, labels: fresh.labels, pods: members });
  }
  return moves;
}

interface KeyHolders {
  readonly labels: LabelArray;
  readonly members: Pod[];
}

function* podsByKey(namespace: string, view: ClusterView): Generator<Pause, ReadonlyMap<CanonicalKey, KeyHolders>> {
  const pods = new Map<CanonicalKey, KeyHolders>();
  const pace = new Pace(LABELS_PER_PAUSE);
  for (const pod of view.podsIn(namespace)) {
    if (pace.isPauseDue(1 + pod.labels.size)) yield PAUSE;
    const identity = usesIdentity(pod) ? view.identityOfShape(pod, namespace) : undefined;
    if (identity?.kind !== 'global') continue;
    const { key, labels } = identity;
    getOrMake(pods, key, () => ({ labels, members: [] })).members.push(pod);
  }
  return pods;
}

function byNewKey(moves: readonly KeyChange[]): ReadonlyMap<CanonicalKey, MovedKey> {
  const merged = new Map<CanonicalKey, MovedKey & { readonly pods: Pod[] }>();
  for (const { key, labels, pods } of moves) {
    const moved = getOrMake(merged, key, () => ({ key, labels, pods: [] }));
    for (const pod of pods) moved.pods.push(pod);
  }
  return merged;
}
