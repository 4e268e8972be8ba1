/**
 * What policies ask of Services: implemented by the model.
 */
import type { ClusterObject, Endpoints, EndpointSlice, Service } from '../objects.ts';

export type ServiceObject = Service | EndpointSlice | Endpoints;

export function isServiceObject(object: ClusterObject | undefined): object is ServiceObject {
  return object?.kind === 'Service' || object?.kind === 'EndpointSlice' || object?.kind === 'Endpoints';
}

export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

export interface ServiceCatalog {
  /** Whether objects of the kind were given at all: else it is no news that one is not there. */
  isKnown(kind: 'Service' | 'EndpointSlice'): boolean;
  service(name: ServiceName): Service | undefined;
  /** Of every namespace. */
  named(name: string): Iterable<Service>;
  /** Of every namespace where none is given. */
  services(namespace?: string): Iterable<Service>;
  slicesOf(name: ServiceName): Iterable<EndpointSlice>;
  endpoints(name: ServiceName): Endpoints | undefined;
}
