/**
 * CiliumEndpoint and CiliumEndpointSlice -> which pod has which identity, with which labels, and which named ports.
 */
import type { Label } from '../../cilium/identity/label.ts';
import type { CiliumEndpoint, CiliumEndpointSlice, ContainerPort } from '../../cilium/objects.ts';
import { identified, namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';

export function decodeCiliumEndpoint(root: JsonNode): CiliumEndpoint {
  const told = root.field('status').field('identity');
  const identity = told.field('id').asInt32() ?? 0;
  const labels = (told.field('labels').asStrings() ?? []).map(labelFrom);
  return {
    kind: 'CiliumEndpoint',
    ...namespaced(root),
    ...(identity === 0 ? {} : { identity }),
    ...(labels.length === 0 ? {} : { labels }),
    ports: portsOf(root.field('status')),
  };
}

/** `k8s:app=web`, or `k8s:app` where the value is empty: pkg/labels (Label.String). */
function labelFrom(text: string): Label {
  const colon = text.indexOf(':');
  const name = text.slice(colon + 1);
  const equals = name.indexOf('=');
  const [key, value] = equals === -1 ? [name, ''] : [name.slice(0, equals), name.slice(equals + 1)];
  return { source: text.slice(0, Math.max(colon, 0)) || 'unspec', key, value };
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
