/**
 * The objects of a world as a source would bring them, and which of its policies nobody can read.
 */
import type { ClusterEvent } from '../../src/cluster/events.ts';
import { decodeObject, formatFieldError } from '../../src/kubernetes/decode/decode-object.ts';
import type { World, WorldIdentity, WorldNode } from './world.ts';

/** Why, by place in the list of the world. */
export type UnreadPolicies = ReadonlyMap<number, string>;

export interface WorldEvents {
  readonly events: readonly ClusterEvent[];
  readonly unread: UnreadPolicies;
}

export function worldEvents(world: World): WorldEvents {
  const unread = new Map<number, string>();
  const policies = world.policies.flatMap(({ object }, index) => {
    const decoded = decodeObject(object);
    if (decoded.ok) return [decoded.value];
    unread.set(index, formatFieldError(decoded.error));
    return [];
  });
  const objects = [...surroundings(world)].flatMap((raw) => {
    const decoded = decodeObject(raw);
    return decoded.ok ? [decoded.value] : [];
  });
  const events: ClusterEvent[] = [
    // A world has all of its Services; of the one of the API servers it has the addresses.
    { type: 'synced', kind: 'Service' },
    { type: 'synced', kind: 'EndpointSlice' },
    ...[...objects, ...policies].map((object) => ({ type: 'upsert', object }) as const),
    { type: 'dns-cache', agent: 'cilium', answers: world.dns },
  ];
  return { events, unread };
}

/** All but the policies. */
function* surroundings({ identities, nodes, apiserverIPs }: World): Iterable<object> {
  for (const identity of identities) {
    yield identityOf(identity);
    if (identity.namedPorts.length > 0) yield endpointOf(identity);
  }
  for (const node of nodes) yield nodeOf(node);
  if (apiserverIPs.length > 0) yield serversAt(apiserverIPs);
}

function identityOf({ id, labels }: WorldIdentity): object {
  const securityLabels = Object.fromEntries(labels.map(({ source, key, value }) => [`${source}:${key}`, value]));
  const metadata = { name: String(id) };
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumIdentity', metadata, 'security-labels': securityLabels };
}

/** A pod of the identity, as its agent tells of it. */
function endpointOf({ id, namedPorts }: WorldIdentity): object {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { namespace: 'pods', name: String(id) },
    status: { identity: { id }, 'named-ports': namedPorts },
  };
}

function nodeOf({ name, labels, ips }: WorldNode): object {
  const addresses = ips.map((ip) => ({ type: 'InternalIP', ip }));
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name, labels }, spec: { addresses } };
}

function serversAt(addresses: readonly string[]): object {
  const metadata = { namespace: 'default', name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } };
  const ports = [{ name: 'https', port: 6443, protocol: 'TCP' }];
  const apiVersion = 'discovery.k8s.io/v1';
  return { apiVersion, kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints: [{ addresses }], ports };
}
