/**
 * A pod or a pod template -> what of it decides the identity.
 *
 * Only `containers` give named ports: Cilium does not look at init and ephemeral containers (pkg/k8s GetPodMetadata).
 */
import type { ContainerPort, PodShape } from '../../cilium/objects.ts';
import { labelsOf } from './metadata.ts';
import type { JsonNode } from './node.ts';

/** The shape of a pod as it is stored: no service account (a mirror pod has none) stays empty. */
export function podShape(pod: JsonNode): PodShape {
  const spec = pod.field('spec').required();
  return {
    labels: labelsOf(pod),
    serviceAccountName: serviceAccountOf(spec),
    hostNetwork: spec.field('hostNetwork').asBoolean() ?? false,
    ports: (spec.field('containers').asList() ?? []).flatMap(portsOf),
  };
}

/** The shape of the pods that a controller makes: the API server gives each of them a service account. */
export function templateShape(template: JsonNode): PodShape {
  const shape = podShape(template.required());
  return { ...shape, serviceAccountName: shape.serviceAccountName || 'default' };
}

/** `serviceAccount` is the old name of the field; the API server copies it over. */
function serviceAccountOf(spec: JsonNode): string {
  return spec.field('serviceAccountName').asString() || (spec.field('serviceAccount').asString() ?? '');
}

function portsOf(container: JsonNode): ContainerPort[] {
  return (container.required().field('ports').asList() ?? []).map((port) => ({
    name: port.required().field('name').asString() ?? '',
    port: port.field('containerPort').asInt32() ?? 0,
    protocol: port.field('protocol').asString() ?? '',
  }));
}
