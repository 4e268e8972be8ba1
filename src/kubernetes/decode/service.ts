/**
 * Service, EndpointSlice and Endpoints -> what policies refer to: a selector of pods, or addresses.
 *
 * Mirrors convertService (pkg/loadbalancer/reflectors) and ParseEndpointSliceV1 (pkg/k8s/endpoints.go) as far as
 * pkg/policy/k8s/service.go looks at what they make. An endpoint counts whatever its conditions say.
 */
import type { EndpointPort, Endpoints, EndpointSlice, EndpointSubset, Service } from '../../cilium/objects.ts';
import { defined } from './defined.ts';
import { labelsOf, namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';

/** With either of them a Service is there for the agents of some nodes only. */
const EXPOSURE_ANNOTATIONS = ['service.cilium.io/node', 'service.cilium.io/node-selector'];

export function decodeService(root: JsonNode): Service {
  const annotations = root.field('metadata').field('annotations');
  return {
    kind: 'Service',
    ...namespaced(root),
    labels: labelsOf(root),
    selector: root.field('spec').field('selector').asStringMap(),
    onSomeNodes: EXPOSURE_ANNOTATIONS.some((name) => !annotations.field(name).isAbsent),
  };
}

export function decodeEndpointSlice(root: JsonNode): EndpointSlice {
  const endpoints = root.field('endpoints').asList() ?? [];
  return {
    kind: 'EndpointSlice',
    ...namespaced(root),
    labels: labelsOf(root),
    addressType: root.field('addressType').asString() ?? '',
    addresses: endpoints.flatMap((endpoint) => endpoint.field('addresses').asStrings() ?? []),
    ports: endpointPorts(root),
  };
}

export function decodeEndpoints(root: JsonNode): Endpoints {
  return {
    kind: 'Endpoints',
    ...namespaced(root),
    labels: labelsOf(root),
    subsets: (root.field('subsets').asList() ?? []).map(endpointSubset),
  };
}

function endpointSubset(node: JsonNode): EndpointSubset {
  const lists = ['addresses', 'notReadyAddresses'].map((name) => node.field(name).asList() ?? []);
  return { addresses: lists.flat().map((address) => address.field('ip').asString() ?? ''), ports: endpointPorts(node) };
}

function endpointPorts(node: JsonNode): readonly EndpointPort[] {
  return (node.field('ports').asList() ?? []).map(endpointPort);
}

function endpointPort(node: JsonNode): EndpointPort {
  return defined({ port: node.field('port').asInt32(), protocol: node.field('protocol').asString() ?? '' });
}
