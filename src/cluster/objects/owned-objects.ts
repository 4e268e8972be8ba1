/**
 * What a workload controls: other workloads, and the ControllerRevisions to which it can go back, by the uid of the controller.
 *
 * Cost: O(1) for an object that comes or goes.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import {
  formatRef,
  isWorkload,
  refOf,
  type ClusterObject,
  type ControllerRevision,
  type Workload,
} from '../../cilium/objects.ts';

type Owned = Workload | ControllerRevision;

export class OwnedObjects {
  readonly #byOwner = new Map<string, Map<string, Owned>>();

  /** In place of its former version. */
  add(object: ClusterObject): void {
    if (!mayBeOwned(object) || object.owner === undefined) return;
    getOrMake(this.#byOwner, object.owner.uid, () => new Map<string, Owned>()).set(formatRef(refOf(object)), object);
  }

  remove(object: ClusterObject): void {
    if (!mayBeOwned(object) || object.owner === undefined) return;
    const owned = this.#byOwner.get(object.owner.uid);
    owned?.delete(formatRef(refOf(object)));
    if (owned?.size === 0) this.#byOwner.delete(object.owner.uid);
  }

  of({ uid }: Workload): Iterable<Owned> {
    return uid === '' ? [] : (this.#byOwner.get(uid)?.values() ?? []);
  }
}

function mayBeOwned(object: ClusterObject): object is Owned {
  return isWorkload(object) || object.kind === 'ControllerRevision';
}
