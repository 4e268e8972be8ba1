/**
 * Objects of one kind by namespace and name, in order of arrival. Their names are the keys: no text is made for an object.
 *
 * Cost: O(1), one entry of a map for each.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { ObjectRef } from '../../cilium/objects.ts';

type Named = Pick<ObjectRef, 'namespace' | 'name'>;

export class ObjectsByName<Item> {
  /** Under the empty namespace what has none. */
  readonly #byNamespace = new Map<string, Map<string, Item>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get({ namespace = '', name }: Named): Item | undefined {
    return this.#byNamespace.get(namespace)?.get(name);
  }

  set({ namespace = '', name }: Named, item: Item): void {
    const byName = getOrMake(this.#byNamespace, namespace, () => new Map<string, Item>());
    this.#size -= byName.size;
    byName.set(name, item);
    this.#size += byName.size;
  }

  delete({ namespace = '', name }: Named): void {
    const byName = this.#byNamespace.get(namespace);
    if (byName?.delete(name) !== true) return;
    this.#size -= 1;
    if (byName.size === 0) this.#byNamespace.delete(namespace);
  }

  *values(): Iterable<Item> {
    for (const byName of this.#byNamespace.values()) yield* byName.values();
  }
}
