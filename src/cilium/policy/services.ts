/**
 * Services and the addresses behind them, as the agents' load balancer has them.
 *
 * Mirrors the list options of the agents' watches (pkg/k8s/utils/utils.go), ParseEndpointSliceV1 (pkg/k8s/endpoints.go),
 * convertEndpoints (pkg/loadbalancer/reflectors), and what labels the addresses of API servers:
 * pkg/ipcache/cell/apiserver_watcher.go, until 1.18 pkg/k8s/watchers/endpoints.go. What becomes of Endpoints is as in Kubernetes
 * (pkg/controller/endpointslicemirroring, pkg/controlplane/reconcilers).
 * Cost: O(addresses of the Service).
 */
import { reservedLabel } from '../identity/label.ts';
import type { EndpointPort, Endpoints, EndpointSlice, EndpointSubset, Labels, Service } from '../objects.ts';
import { formatPrefix, parseAddress, type Prefix } from './prefixes/cidr.ts';
import type { PolicyContext } from './context.ts';
import type { LabelledPrefix } from './prefixes/local-identities.ts';
import type { ServiceCatalog, ServiceName, ServiceObject } from './service-catalog.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const PROXY_NAME_LABEL = 'service.kubernetes.io/service-proxy-name';
const HEADLESS_LABEL = 'service.kubernetes.io/headless';
const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
const SKIP_MIRROR_LABEL = 'endpointslice.kubernetes.io/skip-mirror';
/** Its slices are of endpoints in other clusters, which agents know by another way. */
const MESH_CONTROLLER = 'endpointslice-mesh-controller.cilium.io';
const API_SERVERS: ServiceName = { namespace: 'default', name: 'kubernetes' };

/** Of Endpoints it is the one with their name. */
export function serviceOf({ kind, namespace, name, labels }: EndpointSlice | Endpoints): ServiceName {
  return { namespace, name: kind === 'Endpoints' ? name : (labels.get(SERVICE_NAME_LABEL) ?? '') };
}

export function isWatchedService({ labels }: Service, context: PolicyContext): boolean {
  return isForThisProxy(labels, context) && isWatchedIfHeadless(labels, context);
}

function isWatchedSlice({ labels }: EndpointSlice, context: PolicyContext): boolean {
  return labels.get(MANAGED_BY_LABEL) !== MESH_CONTROLLER && hasLabelsOfWatched(labels, context);
}

function hasLabelsOfWatched(labels: Labels, context: PolicyContext): boolean {
  return (
    (!context.profile.slicesNameTheirProxy || isForThisProxy(labels, context)) && isWatchedIfHeadless(labels, context)
  );
}

function isForThisProxy(labels: Labels, { config }: PolicyContext): boolean {
  return labels.get(PROXY_NAME_LABEL) === config.serviceProxyName;
}

function isWatchedIfHeadless(labels: Labels, { config }: PolicyContext): boolean {
  return config.watchesHeadlessServices || !labels.has(HEADLESS_LABEL);
}

/** What policies mean by a Service without a selector: its addresses, each once, ready or not. */
export function backendsOf(name: ServiceName, catalog: ServiceCatalog, context: PolicyContext): readonly Prefix[] {
  const { ipv4, ipv6 } = context.config;
  return addressesIn(backendSubsets(name, catalog, context), (prefix, ports) => {
    return (prefix.family === 4 ? ipv4 : ipv6) && ports.some((port) => isBackendPort(port, prefix));
  });
}

/** The addresses of API servers, which carry the label of the entity. */
export function apiServerPrefixes(catalog: ServiceCatalog, context: PolicyContext): readonly LabelledPrefix[] {
  const labels = [reservedLabel('kube-apiserver')];
  const prefixes = context.profile.apiServersAreBackends
    ? backendsOf(API_SERVERS, catalog, context)
    : addressesIn(backendSubsets(API_SERVERS, catalog, context), () => true);
  return prefixes.map((prefix) => ({ prefix, labels }));
}

export function isOfAPIServers(object: ServiceObject): boolean {
  return object.kind !== 'Service' && areAPIServers(serviceOf(object));
}

function areAPIServers({ namespace, name }: ServiceName): boolean {
  return namespace === API_SERVERS.namespace && name === API_SERVERS.name;
}

/** Whether it is told which addresses a Service without a selector has, be it none. */
export function knowsBackends(name: ServiceName, catalog: ServiceCatalog): boolean {
  return catalog.isKnown('EndpointSlice') || mirroredEndpoints(name, catalog) !== undefined;
}

/** Every cluster has them: where slices of others alone are told, it is not. */
export function knowsAPIServers(catalog: ServiceCatalog): boolean {
  const [slice] = catalog.slicesOf(API_SERVERS);
  return slice !== undefined || mirroredEndpoints(API_SERVERS, catalog) !== undefined;
}

/** Of its EndpointSlices, else of what becomes slices: a subset is one of each family, with the labels of its object. */
function backendSubsets(name: ServiceName, catalog: ServiceCatalog, context: PolicyContext): readonly EndpointSubset[] {
  const slices = [...catalog.slicesOf(name)];
  if (slices.length > 0) {
    return slices.filter((slice) => isWatchedSlice(slice, context) && ADDRESS_TYPES.has(slice.addressType));
  }
  const endpoints = mirroredEndpoints(name, catalog);
  return endpoints !== undefined && hasLabelsOfWatched(endpoints.labels, context) ? endpoints.subsets : [];
}

/** Who skips mirroring writes slices of his own; those of API servers are equal to their Endpoints. */
function mirroredEndpoints(name: ServiceName, catalog: ServiceCatalog): Endpoints | undefined {
  const endpoints = catalog.endpoints(name);
  const isSkipped = endpoints?.labels.get(SKIP_MIRROR_LABEL) === 'true' && !areAPIServers(name);
  return isSkipped ? undefined : endpoints;
}

function addressesIn(
  subsets: Iterable<EndpointSubset>,
  isWanted: (address: Prefix, ports: readonly EndpointPort[]) => boolean,
): readonly Prefix[] {
  const found = new Map<string, Prefix>();
  for (const { addresses, ports } of subsets) {
    for (const text of addresses) {
      const prefix = parseAddress(text);
      if (prefix !== undefined && isWanted(prefix, ports)) found.set(formatPrefix(prefix), prefix);
    }
  }
  return [...found.values()];
}

const ADDRESS_TYPES: ReadonlySet<string> = new Set(['IPv4', 'IPv6']);
const PORT_PROTOCOLS: ReadonlySet<string> = new Set(['', 'TCP', 'UDP', 'SCTP']);

/** Agents leave out the one endpoint that the operator makes up for the Service of a gateway or an ingress. */
function isBackendPort({ port, protocol }: EndpointPort, address: Prefix): boolean {
  if (port === undefined || !PORT_PROTOCOLS.has(protocol)) return false;
  return port !== 9999 || formatPrefix(address) !== '192.192.192.192/32';
}
