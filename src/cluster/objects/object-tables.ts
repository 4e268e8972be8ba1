/**
 * The Kubernetes objects of the model as they came in, by kind and name.
 *
 * Invariant: holds what was upserted last under a reference and nothing that was deleted; derives nothing.
 * Cost: O(1) for one object; objects of a namespace are found without looking at others.
 */
import {
  WORKLOAD_KINDS,
  formatRef,
  isCustomWorkloadKind,
  isWorkload,
  refOf,
  type CiliumCIDRGroup,
  type ClusterNode,
  type ClusterObject,
  type ConfigMap,
  type ControllerRevision,
  type Kind,
  type Namespace,
  type ObjectRef,
  type Pod,
  type Workload,
  type WorkloadKind,
} from '../../cilium/objects.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { ObjectLayer } from './object-layer.ts';
import { OwnedObjects } from './owned-objects.ts';
import { PodsByNode } from './pods-by-node.ts';
import { ServiceTable } from './service-table.ts';

export class ObjectTables implements ObjectLayer {
  readonly #namespaces = new Map<string, Namespace>();
  readonly #pods = new Map<string, Map<string, Pod>>();
  /** Workloads, config maps and everything else that needs no index of its own. */
  readonly #others = new Map<string, ClusterObject>();
  readonly #owned = new OwnedObjects();
  readonly #refs = new Map<Kind, Map<string, ObjectRef>>();
  readonly #nodes = new PodsByNode();
  readonly services = new ServiceTable();

  nodeCount(): number {
    return this.#nodes.size;
  }

  namespace(name: string): Namespace | undefined {
    return this.#namespaces.get(name);
  }

  namespaces(): Iterable<Namespace> {
    return this.#namespaces.values();
  }

  pod(namespace: string, name: string): Pod | undefined {
    return this.#pods.get(namespace)?.get(name);
  }

  podsIn(namespace: string): Iterable<Pod> {
    return this.#pods.get(namespace)?.values() ?? [];
  }

  workload(kind: WorkloadKind, namespace: string, name: string): Workload | undefined {
    const object = this.#others.get(formatRef({ kind, namespace, name }));
    return object !== undefined && isWorkload(object) ? object : undefined;
  }

  *workloads(): Iterable<Workload> {
    for (const kind of this.#workloadKinds()) {
      for (const ref of this.refs(kind)) {
        const object = this.get(ref);
        if (object !== undefined && isWorkload(object)) yield object;
      }
    }
  }

  /** Those of Kubernetes first, in a fixed order. */
  #workloadKinds(): readonly WorkloadKind[] {
    return [...WORKLOAD_KINDS, ...[...this.#refs.keys()].filter(isCustomWorkloadKind)];
  }

  configMap(namespace: string, name: string): ConfigMap | undefined {
    const object = this.#others.get(formatRef({ kind: 'ConfigMap', namespace, name }));
    return object?.kind === 'ConfigMap' ? object : undefined;
  }

  *workloadsOwnedBy(owner: Workload): Iterable<Workload> {
    for (const object of this.#owned.of(owner)) if (isWorkload(object)) yield object;
  }

  *controllerRevisionsOf(owner: Workload): Iterable<ControllerRevision> {
    for (const object of this.#owned.of(owner)) if (object.kind === 'ControllerRevision') yield object;
  }

  *cidrGroups(): Iterable<CiliumCIDRGroup> {
    for (const ref of this.refs('CiliumCIDRGroup')) {
      const object = this.get(ref);
      if (object?.kind === 'CiliumCIDRGroup') yield object;
    }
  }

  node(name: string): ClusterNode | undefined {
    const object = this.get({ kind: 'CiliumNode', name }) ?? this.get({ kind: 'Node', name });
    return object?.kind === 'CiliumNode' || object?.kind === 'Node' ? object : undefined;
  }

  *nodes(): Iterable<ClusterNode> {
    const names = new Set([...this.refs('CiliumNode'), ...this.refs('Node')].map(({ name }) => name));
    for (const name of names) {
      const node = this.node(name);
      if (node !== undefined) yield node;
    }
  }

  *kubernetesNodes(): Iterable<ClusterNode> {
    for (const ref of this.refs('Node')) {
      const object = this.get(ref);
      if (object?.kind === 'Node') yield object;
    }
  }

  /** The object under a reference, whatever its kind. */
  get(ref: ObjectRef): ClusterObject | undefined {
    if (ref.kind === 'Namespace') return this.#namespaces.get(ref.name);
    if (ref.kind === 'Pod') return this.pod(ref.namespace ?? '', ref.name);
    return this.#others.get(formatRef(ref));
  }

  /** Stores the object; what stood there before comes back. */
  set(object: ClusterObject): ClusterObject | undefined {
    const ref = refOf(object);
    const before = this.get(ref);
    const text = formatRef(ref);
    if (object.kind === 'Namespace') this.#namespaces.set(object.name, object);
    else if (object.kind === 'Pod') this.#podsOf(object.namespace).set(object.name, object);
    else this.#others.set(text, object);
    this.#refsOf(object.kind).set(text, ref);
    if (before !== undefined) this.#forget(before);
    this.#nodes.add(object);
    this.services.add(object);
    this.#owned.add(object);
    return before;
  }

  /** Forgets the object; it comes back if it was there. */
  delete(ref: ObjectRef): ClusterObject | undefined {
    const before = this.get(ref);
    const text = formatRef(ref);
    if (ref.kind === 'Namespace') this.#namespaces.delete(ref.name);
    else if (ref.kind === 'Pod') this.#deletePod(ref.namespace ?? '', ref.name);
    else this.#others.delete(text);
    this.#refs.get(ref.kind)?.delete(text);
    if (before !== undefined) this.#forget(before);
    return before;
  }

  #forget(object: ClusterObject): void {
    this.#nodes.remove(object);
    this.services.remove(object);
    this.#owned.remove(object);
  }

  *all(): Iterable<ClusterObject> {
    yield* this.#namespaces.values();
    for (const pods of this.#pods.values()) yield* pods.values();
    yield* this.#others.values();
  }

  /** References of every object of a kind, in order of arrival. */
  refs(kind: Kind): Iterable<ObjectRef> {
    return this.#refs.get(kind)?.values() ?? [];
  }

  count(kind: Kind): number {
    return this.#refs.get(kind)?.size ?? 0;
  }

  #podsOf(namespace: string): Map<string, Pod> {
    return getOrMake(this.#pods, namespace, () => new Map<string, Pod>());
  }

  #deletePod(namespace: string, name: string): void {
    const pods = this.#pods.get(namespace);
    pods?.delete(name);
    if (pods?.size === 0) this.#pods.delete(namespace);
  }

  #refsOf(kind: Kind): Map<string, ObjectRef> {
    return getOrMake(this.#refs, kind, () => new Map<string, ObjectRef>());
  }
}
