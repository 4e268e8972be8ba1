/**
 * Clusterwide policies that every endpoint is under: what a platform denies and allows to everybody.
 */
import type { Json } from '../workload/json.ts';
import { monitoringPolicy } from '../workload/policies.ts';
import { NAMESPACE_LABEL, TENANT_LABEL } from './peers.ts';

const KINDS = [deniedPrefix, monitoring, dns, deniedRange, platform, addresses] as const;

export function* clusterwidePolicies(count: number): Iterable<Json> {
  for (let index = 0; index < count; index += 1) {
    const kind = KINDS[index % KINDS.length] ?? deniedPrefix;
    yield kind(`platform-${index}`, index);
  }
}

function deniedPrefix(name: string, index: number): Json {
  return forEverybody(name, { egressDeny: [{ toCIDR: [`198.18.${index % 256}.0/24`] }] });
}

function monitoring(name: string, index: number): Json {
  return monitoringPolicy(name, String(9_000 + index));
}

function dns(name: string): Json {
  const peer = { matchLabels: { [NAMESPACE_LABEL]: 'kube-system', 'k8s-app': 'kube-dns' } };
  const ports = ['UDP', 'TCP'].map((protocol) => ({ port: '53', protocol }));
  return forEverybody(name, { egress: [{ toEndpoints: [peer], toPorts: [{ ports }] }] });
}

function deniedRange(name: string, index: number): Json {
  const port = 31_000 + index * 10;
  const toPorts = [{ ports: [{ port: String(port), endPort: port + 9, protocol: 'TCP' }] }];
  return forEverybody(name, { ingressDeny: [{ fromEntities: ['world'], toPorts }] });
}

function platform(name: string, index: number): Json {
  return forEverybody(name, { ingress: [fromTenant('tenant-0', [9_100 + index])] });
}

function addresses(name: string): Json {
  const toPorts = [{ ports: [{ port: '443', protocol: 'TCP' }] }];
  return forEverybody(name, {
    egress: [{ toCIDRSet: [{ cidr: '172.16.0.0/12', except: ['172.20.0.0/16'] }], toPorts }],
  });
}

/** Ingress from all pods of a tenant. */
export function fromTenant(tenant: string, ports: readonly number[]): Json {
  const peer = { matchLabels: { [TENANT_LABEL]: tenant } };
  return { fromEndpoints: [peer], toPorts: [{ ports: ports.map(tcp) }] };
}

export function tcp(port: number): Json {
  return { port: String(port), protocol: 'TCP' };
}

export function forEverybody(name: string, spec: Json): Json {
  const metadata = { name, uid: `uid-${name}` };
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumClusterwideNetworkPolicy',
    metadata,
    spec: { endpointSelector: {}, ...spec },
  };
}
