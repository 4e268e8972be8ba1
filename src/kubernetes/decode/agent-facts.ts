/**
 * A pod, or the template of a DaemonSet -> the image of the agent in it, and when it read its configuration.
 *
 * install/kubernetes/cilium/templates/cilium-agent/daemonset.yaml: the container is `cilium-agent`; cilium-config is read by the
 * init container `config` (`cilium-dbg build-config`), once for each pod: an agent that starts again in its pod reads it no more.
 */
import type { AgentFacts, Labels } from '../../cilium/objects.ts';
import { timeIn } from './metadata.ts';
import type { JsonNode } from './node.ts';

/** undefined: no pod of an agent. */
export function agentFacts(pod: JsonNode, labels: Labels): AgentFacts | undefined {
  if (labels.get('k8s-app') !== 'cilium') return undefined;
  const readConfig = configReadAt(pod.field('status'));
  return { images: agentImages(pod), ...(readConfig === undefined ? {} : { readConfig }) };
}

/** Of a pod or of a template. */
export function agentImages(pod: JsonNode): readonly string[] {
  const containers = pod.field('spec').field('containers').asList() ?? [];
  const agent = containers.filter((container) => container.field('name').asString() === 'cilium-agent');
  return (agent.length > 0 ? agent : containers).map((container) => container.field('image').asString() ?? '');
}

/** It was read then, or a little later: when the init container began; where that does not tell, when the pod did. */
function configReadAt(status: JsonNode): number | undefined {
  const inits = status.field('initContainerStatuses').asList() ?? [];
  const reader = inits.find((container) => container.field('name').asString() === 'config');
  const readAt = timeIn(reader?.field('state').field('terminated').field('startedAt').value);
  return readAt ?? timeIn(status.field('startTime').value);
}
