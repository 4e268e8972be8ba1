/**
 * What-if layer over the objects: the same tables, but for one object that is put in place of its former version.
 */
import type { ClusterObject, ConfigMap, Namespace, Pod, Workload, WorkloadKind } from '../cilium/objects.ts';
import { isWorkload } from '../cilium/objects.ts';
import type { ObjectLayer } from './object-tables.ts';

export class ObjectOverlay implements ObjectLayer {
  readonly #base: ObjectLayer;
  readonly #object: ClusterObject;

  constructor(base: ObjectLayer, object: ClusterObject) {
    this.#base = base;
    this.#object = object;
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
    const is = (other: Workload): boolean =>
      object.kind === other.kind && object.namespace === other.namespace && object.name === other.name;
    for (const workload of this.#base.workloads()) if (!is(workload)) yield workload;
    if (isWorkload(object)) yield object;
  }

  configMap(namespace: string, name: string): ConfigMap | undefined {
    return this.#base.configMap(namespace, name);
  }
}
