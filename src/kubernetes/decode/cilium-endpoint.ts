/**
 * CiliumEndpoint and CiliumEndpointSlice -> which pod has which identity, and which named ports.
 */
import type { CiliumEndpoint, CiliumEndpointSlice, ContainerPort } from '../../cilium/objects.ts';
import { identified, namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';

export function decodeCiliumEndpoint(root: JsonNode): CiliumEndpoint {
  const identity = root.field('status').field('identity').field('id').asInt32() ?? 0;
  const ports = portsOf(root.field('status'));
  return { kind: 'CiliumEndpoint', ...namespaced(root), ...(identity === 0 ? {} : { identity }), ports };
}

function portsOf(endpoint: JsonNode): readonly ContainerPort[] {
  return (endpoint.field('named-ports').asList() ?? []).map((port) => ({
    name: port.required().field('name').asString() ?? '',
    port: port.field('port').asInt32() ?? 0,
    protocol: port.field('protocol').asString() ?? '',
  }));
}

/** A slice is cluster-scoped; the namespace of its endpoints is a field of its own. */
export function decodeCiliumEndpointSlice(root: JsonNode): CiliumEndpointSlice {
  const endpoints = (root.field('endpoints').asList() ?? []).map((endpoint) => ({
    name: endpoint.required().field('name').asString() ?? '',
    identity: endpoint.field('id').asInt32() ?? 0,
    ports: portsOf(endpoint),
  }));
  return {
    kind: 'CiliumEndpointSlice',
    ...identified(root),
    namespace: root.field('namespace').asString() ?? '',
    endpoints: endpoints.filter((endpoint) => endpoint.identity !== 0),
  };
}
