/**
 * Services, EndpointSlices and Endpoints by the names under which policies ask for them.
 *
 * Cost: O(1) for an object that comes or goes.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { ClusterObject, Endpoints, EndpointSlice, Kind, Service } from '../../cilium/objects.ts';
import type { ServiceCatalog, ServiceName } from '../../cilium/policy/service-catalog.ts';
import { serviceOf } from '../../cilium/policy/services.ts';

export class ServiceTable implements ServiceCatalog {
  readonly #byNamespace = new Map<string, Map<string, Service>>();
  readonly #byName = new Map<string, Map<string, Service>>();
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  readonly #endpoints = new Map<string, Endpoints>();
  /** Kinds of which a source has listed every object, if there was one or not. */
  readonly #listed = new Set<Kind>();

  isKnown(kind: 'Service' | 'EndpointSlice'): boolean {
    return this.#listed.has(kind) || (kind === 'Service' ? this.#byName : this.#slices).size > 0;
  }

  service({ namespace, name }: ServiceName): Service | undefined {
    return this.#byNamespace.get(namespace)?.get(name);
  }

  named(name: string): Iterable<Service> {
    return this.#byName.get(name)?.values() ?? [];
  }

  *services(namespace?: string): Iterable<Service> {
    if (namespace !== undefined) yield* this.#byNamespace.get(namespace)?.values() ?? [];
    else for (const services of this.#byNamespace.values()) yield* services.values();
  }

  slicesOf(name: ServiceName): Iterable<EndpointSlice> {
    return this.#slices.get(keyOf(name))?.values() ?? [];
  }

  endpoints(name: ServiceName): Endpoints | undefined {
    return this.#endpoints.get(keyOf(name));
  }

  listed(kind: Kind): void {
    this.#listed.add(kind);
  }

  add(object: ClusterObject): void {
    if (object.kind === 'EndpointSlice') {
      put(this.#slices, keyOf(serviceOf(object)), object.name, object);
    } else if (object.kind === 'Endpoints') {
      this.#endpoints.set(keyOf(object), object);
    } else if (object.kind === 'Service') {
      put(this.#byNamespace, object.namespace, object.name, object);
      put(this.#byName, object.name, object.namespace, object);
    }
  }

  remove(object: ClusterObject): void {
    if (object.kind === 'EndpointSlice') {
      take(this.#slices, keyOf(serviceOf(object)), object.name);
    } else if (object.kind === 'Endpoints') {
      this.#endpoints.delete(keyOf(object));
    } else if (object.kind === 'Service') {
      take(this.#byNamespace, object.namespace, object.name);
      take(this.#byName, object.name, object.namespace);
    }
  }
}

type Groups<Item> = Map<string, Map<string, Item>>;

/** No name of an object has a slash. */
function keyOf({ namespace, name }: ServiceName): string {
  return `${namespace}/${name}`;
}

function put<Item>(groups: Groups<Item>, group: string, name: string, item: Item): void {
  getOrMake(groups, group, () => new Map<string, Item>()).set(name, item);
}

function take<Item>(groups: Groups<Item>, group: string, name: string): void {
  const items = groups.get(group);
  items?.delete(name);
  if (items?.size === 0) groups.delete(group);
}
