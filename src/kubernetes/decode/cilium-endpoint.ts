/**
 * CiliumEndpoint and CiliumEndpointSlice -> which pod has which identity.
 */
import type { CiliumEndpoint, CiliumEndpointSlice } from '../../cilium/objects.ts';
import { identified, namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';

export function decodeCiliumEndpoint(root: JsonNode): CiliumEndpoint {
  const identity = root.field('status').field('identity').field('id').asInt32() ?? 0;
  return { kind: 'CiliumEndpoint', ...namespaced(root), ...(identity === 0 ? {} : { identity }) };
}

/** A slice is cluster-scoped; the namespace of its endpoints is a field of its own. */
export function decodeCiliumEndpointSlice(root: JsonNode): CiliumEndpointSlice {
  const endpoints = (root.field('endpoints').asList() ?? []).map((endpoint) => ({
    name: endpoint.required().field('name').asString() ?? '',
    identity: endpoint.field('id').asInt32() ?? 0,
  }));
  return {
    kind: 'CiliumEndpointSlice',
    ...identified(root),
    namespace: root.field('namespace').asString() ?? '',
    endpoints: endpoints.filter((endpoint) => endpoint.identity !== 0),
  };
}
