/**
 * What-if layer over what is known of Services: the same, but for one object that is put in place of its former version.
 */
import type { Endpoints, EndpointSlice, Service } from '../../cilium/objects.ts';
import type { ServiceCatalog, ServiceName, ServiceObject } from '../../cilium/policy/service-catalog.ts';
import { serviceOf } from '../../cilium/policy/services.ts';

export class ServiceOverlay implements ServiceCatalog {
  readonly #base: ServiceCatalog;
  readonly #object: ServiceObject;

  constructor(base: ServiceCatalog, object: ServiceObject) {
    this.#base = base;
    this.#object = object;
  }

  isKnown(kind: 'Service' | 'EndpointSlice'): boolean {
    return this.#object.kind === kind || this.#base.isKnown(kind);
  }

  service(name: ServiceName): Service | undefined {
    return this.#own(name) ?? this.#base.service(name);
  }

  *named(name: string): Iterable<Service> {
    yield* this.#inPlace(this.#base.named(name), (own) => own.name === name);
  }

  *services(namespace?: string): Iterable<Service> {
    yield* this.#inPlace(this.#base.services(namespace), (own) => (namespace ?? own.namespace) === own.namespace);
  }

  *slicesOf(name: ServiceName): Iterable<EndpointSlice> {
    const object = this.#object;
    for (const slice of this.#base.slicesOf(name)) {
      if (object.kind !== 'EndpointSlice' || !isSame(slice, object)) yield slice;
    }
    if (object.kind === 'EndpointSlice' && isSame(serviceOf(object), name)) yield object;
  }

  endpoints(name: ServiceName): Endpoints | undefined {
    const object = this.#object;
    return object.kind === 'Endpoints' && isSame(object, name) ? object : this.#base.endpoints(name);
  }

  #own(name: ServiceName): Service | undefined {
    return this.#object.kind === 'Service' && isSame(this.#object, name) ? this.#object : undefined;
  }

  *#inPlace(services: Iterable<Service>, isAmong: (own: Service) => boolean): Iterable<Service> {
    for (const service of services) if (this.#own(service) === undefined) yield service;
    if (this.#object.kind === 'Service' && isAmong(this.#object)) yield this.#object;
  }
}

function isSame(a: ServiceName, b: ServiceName): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}
