/**
 * Services for tests that need no store.
 */
import type { ServiceCatalog } from '../../src/cilium/policy/service-catalog.ts';
import { ServiceTable } from '../../src/cluster/objects/service-table.ts';
import { decoded, type Json } from './objects.ts';

/** All that there are: references to others come to nothing. */
export function catalogOf(...objects: readonly Json[]): ServiceCatalog {
  const table = new ServiceTable();
  table.listed('Service');
  table.listed('EndpointSlice');
  for (const raw of objects) table.add(decoded(raw));
  return table;
}

export function service(path: string, spec: Json = {}, labels: Readonly<Record<string, string>> = {}): Json {
  const [namespace, name] = path.split('/');
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name, labels }, spec };
}

/** What a sysdump has in place of EndpointSlices. */
export function endpoints(path: string, addresses: readonly string[], rest: Json = {}): Json {
  const [namespace, name] = path.split('/');
  const subset = { addresses: addresses.map((ip) => ({ ip })), ports: [{ port: 443, protocol: 'TCP' }] };
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { namespace, name }, subsets: [subset], ...rest };
}

/** `endpointSlice('team-a/db-1', 'db', ['192.0.2.1'])` */
export function endpointSlice(path: string, serviceName: string, addresses: readonly string[], rest: Json = {}): Json {
  const [namespace, name] = path.split('/');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name, labels: { 'kubernetes.io/service-name': serviceName } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports: [{ port: 443, protocol: 'TCP' }],
    ...rest,
  };
}
