/**
 * What policies ask of Services: implemented by the model.
 */
import type { ClusterObject, EndpointSlice, Service } from '../objects.ts';

export type ServiceObject = Service | EndpointSlice;

export function isServiceObject(object: ClusterObject | undefined): object is ServiceObject {
  return object?.kind === 'Service' || object?.kind === 'EndpointSlice';
}

export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

export interface ServiceCatalog {
  /** Whether objects of the kind were given at all: else it is no news that one is not there. */
  isKnown(kind: ServiceObject['kind']): boolean;
  service(name: ServiceName): Service | undefined;
  /** Of every namespace. */
  named(name: string): Iterable<Service>;
  /** Of every namespace where none is given. */
  services(namespace?: string): Iterable<Service>;
  slicesOf(name: ServiceName): Iterable<EndpointSlice>;
}
