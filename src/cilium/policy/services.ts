/**
 * Services and the addresses behind them, as the agents' load balancer has them.
 *
 * Mirrors the list options of the agents' watches (pkg/k8s/utils/utils.go), ParseEndpointSliceV1 (pkg/k8s/endpoints.go),
 * convertEndpoints (pkg/loadbalancer/reflectors), and what labels the addresses of API servers:
 * pkg/ipcache/cell/apiserver_watcher.go, until 1.18 pkg/k8s/watchers/endpoints.go.
 * Cost: O(addresses of the Service).
 */
import { reservedLabel } from '../identity/label.ts';
import type { EndpointPort, EndpointSlice, Labels, Service } from '../objects.ts';
import { formatPrefix, parseAddress, type Prefix } from './cidr.ts';
import type { PolicyContext } from './context.ts';
import type { LabelledPrefix } from './local-identities.ts';
import type { ServiceCatalog, ServiceName, ServiceObject } from './service-catalog.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const PROXY_NAME_LABEL = 'service.kubernetes.io/service-proxy-name';
const HEADLESS_LABEL = 'service.kubernetes.io/headless';
const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';
/** Its slices are of endpoints in other clusters, which agents know by another way. */
const MESH_CONTROLLER = 'endpointslice-mesh-controller.cilium.io';
const API_SERVERS: ServiceName = { namespace: 'default', name: 'kubernetes' };

export function serviceOf({ namespace, labels }: EndpointSlice): ServiceName {
  return { namespace, name: labels.get(SERVICE_NAME_LABEL) ?? '' };
}

export function isWatchedService({ labels }: Service, context: PolicyContext): boolean {
  return isForThisProxy(labels, context) && isWatchedIfHeadless(labels, context);
}

function isWatchedSlice({ labels }: EndpointSlice, context: PolicyContext): boolean {
  if (labels.get(MANAGED_BY_LABEL) === MESH_CONTROLLER) return false;
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
  return addressesIn(catalog.slicesOf(name), context, (prefix, ports) => {
    return (prefix.family === 4 ? ipv4 : ipv6) && ports.some((port) => isBackendPort(port, prefix));
  });
}

/** The addresses of API servers, which carry the label of the entity. */
export function apiServerPrefixes(catalog: ServiceCatalog, context: PolicyContext): readonly LabelledPrefix[] {
  const labels = [reservedLabel('kube-apiserver')];
  const prefixes = context.profile.apiServersAreBackends
    ? backendsOf(API_SERVERS, catalog, context)
    : addressesIn(catalog.slicesOf(API_SERVERS), context, () => true);
  return prefixes.map((prefix) => ({ prefix, labels }));
}

export function isOfAPIServers(object: ServiceObject): boolean {
  if (object.kind === 'Service') return false;
  const { namespace, name } = serviceOf(object);
  return namespace === API_SERVERS.namespace && name === API_SERVERS.name;
}

function addressesIn(
  slices: Iterable<EndpointSlice>,
  context: PolicyContext,
  isWanted: (address: Prefix, ports: readonly EndpointPort[]) => boolean,
): readonly Prefix[] {
  const found = new Map<string, Prefix>();
  for (const slice of slices) {
    if (!isWatchedSlice(slice, context) || !ADDRESS_TYPES.has(slice.addressType)) continue;
    for (const text of slice.addresses) {
      const prefix = parseAddress(text);
      if (prefix !== undefined && isWanted(prefix, slice.ports)) found.set(formatPrefix(prefix), prefix);
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
