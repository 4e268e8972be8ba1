/**
 * What if? The layers of the cluster as it would be after one change, with everything that lingers still there: old
 * identities stay until they are collected.
 *
 * Invariant: answers as a store would that had applied the change, but for provisional and node-local numbers, and for nodes and
 * Services, of which no change is judged.
 * Cost: a pod or workload O(1); a namespace O(its pods); a policy O(1), and what is asked of it later.
 */
import { identityBits } from '../cilium/identity/numeric-identity.ts';
import {
  isPolicy,
  isWorkload,
  refOf,
  type CiliumCIDRGroup,
  type ClusterObject,
  type ObjectRef,
  type PolicyObject,
  type Workload,
} from '../cilium/objects.ts';
import type { EndpointSelector } from '../cilium/policy/selector.ts';
import { parsePolicySteps } from '../cilium/policy/parse/parse.ts';
import type { Change } from './change.ts';
import { GrownClasses } from './classes/grown-classes.ts';
import { RecountedClasses } from './classes/recounted-classes.ts';
import { MovedIdentities, SettledIdentities, type KeyMove } from './identities/identity-overlay.ts';
import { namespaceMoves, podMoves, replacedPods, workloadMoves } from './identities/key-moves.ts';
import { labelledPrefixes } from './identities/labelled-prefixes.ts';
import type { Layers } from './layers.ts';
import { NodeIdentities } from './identities/node-identities.ts';
import { nodeOverlay } from './identities/node-overlay.ts';
import { OwnSelections } from './identities/own-selections.ts';
import { ObjectOverlay } from './objects/object-overlay.ts';
import {
  changesNames,
  portsAfterMoves,
  portsAfterPod,
  portsAfterRollout,
  portsWithout,
  type PortsAfter,
} from './ports/ports-after.ts';
import { PolicyOverlay } from './policies/policy-overlay.ts';
import { peerSelectorsOf, storedPolicy, type StoredPolicy } from './policies/stored-policy.ts';
import { parseContextOf } from './settings.ts';

/**
 * The layers after a change. A deletion leaves everything but a policy where it is: what it frees is freed later. Yields where
 * the caller may pause: a policy may name tens of thousands of prefixes.
 */
export function* layersAfter(layers: Layers, change: Change): Generator<undefined, Layers> {
  switch (change.op) {
    case 'create':
    case 'update':
      if (isPolicy(change.after)) return yield* withPolicy(layers, refOf(change.after), change.after);
      return yield* afterUpsert(layers, change.after);
    case 'bind':
      return yield* afterBinding(layers, change.pod, change.labels);
    case 'delete':
      return isPolicy(change.before) ? yield* withPolicy(layers, refOf(change.before), undefined) : layers;
  }
}

/** The layers once a rollout is through and every unused identity was collected. */
export function layersSettled(layers: Layers): Layers {
  const left = layers.rollout === undefined ? [] : replacedPods(layers.rollout, layers);
  const remaining =
    left.length === 0
      ? layers.identities
      : new MovedIdentities(layers.identities, left, identityBits(layers.settings.config));
  const identities = new SettledIdentities(remaining);
  const gone = left.flatMap(({ lost }) => lost);
  const settled = { ...layers, identities, ports: gone.length === 0 ? layers.ports : portsWithout(gone, layers) };
  return { ...settled, classes: new RecountedClasses(settled) };
}

function* afterUpsert(layers: Layers, object: Exclude<ClusterObject, PolicyObject>): Generator<undefined, Layers> {
  if (isWorkload(object)) return afterRollout(layers, object);
  if (object.kind === 'Pod') return withKeys(layers, object, podMoves(layers, object), portsAfterPod(layers, object));
  if (object.kind === 'Namespace') {
    const moves = yield* namespaceMoves(layers, object);
    return withKeys(layers, object, moves, yield* portsAfterMoves(layers, moves));
  }
  if (object.kind === 'CiliumCIDRGroup') return withGroup(layers, object);
  return { ...layers, objects: new ObjectOverlay(layers.objects, object) };
}

function* afterBinding(
  layers: Layers,
  ref: ObjectRef,
  labels: ReadonlyMap<string, string>,
): Generator<undefined, Layers> {
  const pod = layers.objects.pod(ref.namespace ?? '', ref.name);
  if (pod === undefined) return layers;
  return yield* afterUpsert(layers, { ...pod, labels: new Map([...pod.labels, ...labels]) });
}

function withKeys(
  layers: Layers,
  object: ClusterObject,
  moves: readonly KeyMove[],
  { ports, change }: PortsAfter,
): Layers {
  const objects = new ObjectOverlay(layers.objects, object);
  const identities = new MovedIdentities(layers.identities, moves, identityBits(layers.settings.config));
  const grown = { ...layers, objects, identities, ports };
  const growth = { added: [...identities.added], moved: moves.map(({ key }) => key) };
  const isRecounted = changesNames(change, layers, new Set(growth.added.map(({ key }) => key)));
  const classes = isRecounted ? new RecountedClasses(grown) : new GrownClasses(layers.classes, growth, grown);
  return { ...grown, classes };
}

function* withPolicy(layers: Layers, ref: ObjectRef, object: PolicyObject | undefined): Generator<undefined, Layers> {
  const context = parseContextOf(layers.settings, layers.objects.services);
  const stored = object === undefined ? undefined : storedPolicy(object, yield* parsePolicySteps(object, context), 0);
  const policies = new PolicyOverlay(layers.policies, ref, stored);
  const nodes = yield* nodeOverlay(layers.nodes, policies.prefixChange());
  const changed = { ...layers, policies, nodes, identities: new OwnSelections(layers.identities, selectorsOf(stored)) };
  return { ...changed, classes: new RecountedClasses(changed, layers.classes.kept) };
}

/** Subjects and peers. */
function* selectorsOf(policy: StoredPolicy | undefined): Iterable<EndpointSelector> {
  if (policy === undefined) return;
  for (const { example } of policy.groups) yield example.subject;
  yield* peerSelectorsOf(policy);
}

function withGroup(layers: Layers, group: CiliumCIDRGroup): Layers {
  const objects = new ObjectOverlay(layers.objects, group);
  const labelled = labelledPrefixes(objects, layers.settings);
  const nodes = new NodeIdentities(layers.settings, layers.policies.prefixes(), labelled, layers.nodes);
  const changed = { ...layers, objects, nodes };
  return { ...changed, classes: new RecountedClasses(changed) };
}

/** The new pods are there, and so are the old ones until the rollout is through. */
function afterRollout(layers: Layers, after: Workload): Layers {
  const before = layers.objects.workload(after.kind, after.namespace, after.name);
  const moves = workloadMoves(layers, after);
  const grown = withKeys(layers, after, moves, portsAfterRollout(layers, after, moves));
  return before === undefined || !replacesPods(after) ? grown : { ...grown, rollout: { before, after } };
}

/** The others leave the pods that they have as they are. */
function replacesPods({ kind }: Workload): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet';
}
