/**
 * The Kubernetes objects of the model as they came in, by kind and name; pods in columns, as there are most of them.
 *
 * Invariant: holds what was upserted last under a reference and nothing that was deleted; derives nothing.
 * Cost: O(1) for one object; objects of a namespace are found without looking at others.
 */
import {
  WORKLOAD_KINDS,
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
import { LabelPool } from '../columns/label-pool.ts';
import type { ObjectLayer } from './object-layer.ts';
import { ObjectsByName } from './objects-by-name.ts';
import { OwnedObjects } from './owned-objects.ts';
import { PodTable } from './pod-table.ts';
import { PodsByNode } from './pods-by-node.ts';
import { ServiceTable } from './service-table.ts';

export class ObjectTables implements ObjectLayer {
  readonly #namespaces = new Map<string, Namespace>();
  readonly pods = new PodTable();
  /** Of CiliumIdentities, and of whoever keeps labels as long. */
  readonly labels = new LabelPool();
  /** Workloads, config maps and everything else that needs no index of its own. */
  readonly #others = new Map<Kind, ObjectsByName<ClusterObject>>();
  readonly #owned = new OwnedObjects();
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
    const row = this.pods.rowOf(namespace, name);
    return row === undefined ? undefined : this.pods.at(row);
  }

  *podsIn(namespace: string): Iterable<Pod> {
    for (const row of this.pods.rowsIn(namespace)) yield this.pods.at(row);
  }

  workload(kind: WorkloadKind, namespace: string, name: string): Workload | undefined {
    const object = this.#others.get(kind)?.get({ namespace, name });
    return object !== undefined && isWorkload(object) ? object : undefined;
  }

  *workloads(): Iterable<Workload> {
    for (const kind of this.#workloadKinds()) {
      for (const object of this.#of(kind)) if (isWorkload(object)) yield object;
    }
  }

  /** Those of Kubernetes first, in a fixed order. */
  #workloadKinds(): readonly WorkloadKind[] {
    return [...WORKLOAD_KINDS, ...[...this.#others.keys()].filter(isCustomWorkloadKind)];
  }

  configMap(namespace: string, name: string): ConfigMap | undefined {
    const object = this.#others.get('ConfigMap')?.get({ namespace, name });
    return object?.kind === 'ConfigMap' ? object : undefined;
  }

  *workloadsOwnedBy(owner: Workload): Iterable<Workload> {
    for (const object of this.#owned.of(owner)) if (isWorkload(object)) yield object;
  }

  *controllerRevisionsOf(owner: Workload): Iterable<ControllerRevision> {
    for (const object of this.#owned.of(owner)) if (object.kind === 'ControllerRevision') yield object;
  }

  *cidrGroups(): Iterable<CiliumCIDRGroup> {
    for (const object of this.#of('CiliumCIDRGroup')) if (object.kind === 'CiliumCIDRGroup') yield object;
  }

  node(name: string): ClusterNode | undefined {
    const object = this.get({ kind: 'CiliumNode', name }) ?? this.get({ kind: 'Node', name });
    return object?.kind === 'CiliumNode' || object?.kind === 'Node' ? object : undefined;
  }

  *nodes(): Iterable<ClusterNode> {
    const names = new Set([...this.#of('CiliumNode'), ...this.#of('Node')].map(({ name }) => name));
    for (const name of names) {
      const node = this.node(name);
      if (node !== undefined) yield node;
    }
  }

  *kubernetesNodes(): Iterable<ClusterNode> {
    for (const object of this.#of('Node')) if (object.kind === 'Node') yield object;
  }

  /** The object under a reference, whatever its kind. */
  get(ref: ObjectRef): ClusterObject | undefined {
    if (ref.kind === 'Namespace') return this.#namespaces.get(ref.name);
    if (ref.kind === 'Pod') return this.pod(ref.namespace ?? '', ref.name);
    return this.#others.get(ref.kind)?.get(ref);
  }

  /** Stores the object; what stood there before comes back. */
  set(came: ClusterObject): ClusterObject | undefined {
    const object = this.#withHeldLabels(came);
    const ref = refOf(object);
    const before = this.get(ref);
    if (object.kind === 'Namespace') this.#namespaces.set(object.name, object);
    else if (object.kind === 'Pod') this.pods.set(object);
    else getOrMake(this.#others, object.kind, () => new ObjectsByName<ClusterObject>()).set(ref, object);
    if (before !== undefined) this.#forget(before);
    this.#nodes.add(object);
    this.services.add(object);
    this.#owned.add(object);
    return before;
  }

  /** Forgets the object; it comes back if it was there. */
  delete(ref: ObjectRef): ClusterObject | undefined {
    const before = this.get(ref);
    if (before === undefined) return undefined;
    if (ref.kind === 'Namespace') this.#namespaces.delete(ref.name);
    else if (ref.kind === 'Pod') this.pods.delete(ref.namespace ?? '', ref.name);
    else this.#others.get(ref.kind)?.delete(ref);
    this.#forget(before);
    return before;
  }

  #withHeldLabels(object: ClusterObject): ClusterObject {
    if (object.kind !== 'CiliumIdentity') return object;
    return { ...object, securityLabels: this.labels.hold(object.securityLabels) };
  }

  #forget(object: ClusterObject): void {
    if (object.kind === 'CiliumIdentity') this.labels.release(object.securityLabels);
    this.#nodes.remove(object);
    this.services.remove(object);
    this.#owned.remove(object);
  }

  /** Namespaces and identities first. */
  *allButPods(): Iterable<ClusterObject> {
    for (const kind of new Set<Kind>(['Namespace', 'CiliumIdentity', ...this.#others.keys()])) yield* this.#of(kind);
  }

  /** References of every object of a kind. */
  *refs(kind: Kind): Iterable<ObjectRef> {
    for (const object of this.#of(kind)) yield refOf(object);
  }

  count(kind: Kind): number {
    if (kind === 'Namespace') return this.#namespaces.size;
    return kind === 'Pod' ? this.pods.size : (this.#others.get(kind)?.size ?? 0);
  }

  *#of(kind: Kind): Iterable<ClusterObject> {
    if (kind === 'Namespace') yield* this.#namespaces.values();
    else if (kind === 'Pod') for (const row of this.pods.rows()) yield this.pods.at(row);
    else yield* this.#others.get(kind)?.values() ?? [];
  }
}
