/**
 * The nodes that pods run on, as far as pods tell: a DaemonSet has a pod on each.
 *
 * Cost: O(1) for a pod that comes or goes.
 */
import type { ClusterObject } from '../../cilium/objects.ts';
import { changeCount } from '../change-count.ts';

export class PodsByNode {
  readonly #pods = new Map<string, number>();

  /** Nodes with at least one pod. */
  get size(): number {
    return this.#pods.size;
  }

  add(object: ClusterObject): void {
    this.#count(object, 1);
  }

  remove(object: ClusterObject): void {
    this.#count(object, -1);
  }

  #count(object: ClusterObject, by: 1 | -1): void {
    if (object.kind !== 'Pod' || object.nodeName === '') return;
    changeCount(this.#pods, object.nodeName, by);
  }
}
