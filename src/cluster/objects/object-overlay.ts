/**
 * What-if layer over the objects: the same tables, but for one object that is put in place of its former version.
 */
import type {
  CiliumCIDRGroup,
  ClusterNode,
  ClusterObject,
  ControllerRevision,
  Namespace,
  Pod,
  Workload,
  WorkloadKind,
} from '../../cilium/objects.ts';
import { isWorkload } from '../../cilium/objects.ts';
import type { ServiceCatalog } from '../../cilium/policy/service-catalog.ts';
import type { ObjectLayer } from './object-layer.ts';

export class ObjectOverlay implements ObjectLayer {
  readonly #base: ObjectLayer;
  readonly #object: ClusterObject;

  constructor(base: ObjectLayer, object: ClusterObject) {
    this.#base = base;
    this.#object = object;
  }

  /** Services and nodes are no part of what is judged. */
  get services(): ServiceCatalog {
    return this.#base.services;
  }

  /** A pod more is on a node that is there. */
  nodeCount(): number {
    return this.#base.nodeCount();
  }

  node(name: string): ClusterNode | undefined {
    return this.#base.node(name);
  }

  nodes(): Iterable<ClusterNode> {
    return this.#base.nodes();
  }

  kubernetesNodes(): Iterable<ClusterNode> {
    return this.#base.kubernetesNodes();
  }

  namespace(name: string): Namespace | undefined {
    const object = this.#object;
    return object.kind === 'Namespace' && object.name === name ? object : this.#base.namespace(name);
  }

  *namespaces(): Iterable<Namespace> {
    const object = this.#object;
    for (const namespace of this.#base.namespaces()) {
      if (object.kind !== 'Namespace' || namespace.name !== object.name) yield namespace;
    }
    if (object.kind === 'Namespace') yield object;
  }

  pod(namespace: string, name: string): Pod | undefined {
    const object = this.#object;
    const is = object.kind === 'Pod' && object.namespace === namespace && object.name === name;
    return is ? object : this.#base.pod(namespace, name);
  }

  *podsIn(namespace: string): Iterable<Pod> {
    const object = this.#object;
    const replaces = object.kind === 'Pod' && object.namespace === namespace;
    for (const pod of this.#base.podsIn(namespace)) if (!replaces || pod.name !== object.name) yield pod;
    if (replaces) yield object;
  }

  workload(kind: WorkloadKind, namespace: string, name: string): Workload | undefined {
    const object = this.#object;
    const is = isWorkload(object) && object.kind === kind && object.namespace === namespace && object.name === name;
    return is ? object : this.#base.workload(kind, namespace, name);
  }

  *workloads(): Iterable<Workload> {
    const object = this.#object;
    for (const workload of this.#base.workloads()) {
      if (!isWorkload(object) || !isSame(object, workload)) yield workload;
    }
    if (isWorkload(object)) yield object;
  }

  *workloadsOwnedBy(owner: Workload): Iterable<Workload> {
    const object = this.#object;
    for (const workload of this.#base.workloadsOwnedBy(owner)) {
      if (!isWorkload(object) || !isSame(object, workload)) yield workload;
    }
    if (isWorkload(object) && object.owner?.uid === owner.uid) yield object;
  }

  controllerRevisionsOf(owner: Workload): Iterable<ControllerRevision> {
    return this.#base.controllerRevisionsOf(owner);
  }

  *cidrGroups(): Iterable<CiliumCIDRGroup> {
    const object = this.#object;
    for (const group of this.#base.cidrGroups()) {
      if (object.kind !== 'CiliumCIDRGroup' || group.name !== object.name) yield group;
    }
    if (object.kind === 'CiliumCIDRGroup') yield object;
  }
}

function isSame(a: Workload, b: Workload): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}
