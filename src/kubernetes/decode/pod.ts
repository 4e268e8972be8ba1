/**
 * Pod -> cilium/objects Pod.
 */
import type { Pod } from '../../cilium/objects.ts';
import { agentFacts } from './agent-facts.ts';
import { controllerOf, namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';
import { podShape } from './pod-shape.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

export function decodePod(root: JsonNode): Pod {
  const owner = controllerOf(root);
  const metadata = namespaced(root);
  const shape = podShape(root);
  const agent = agentFacts(root, shape.labels);
  return {
    kind: 'Pod',
    ...metadata,
    ...shape,
    phase: root.field('status').field('phase').asString() || 'Pending',
    nodeName: root.field('spec').field('nodeName').asString() ?? '',
    ...(owner === undefined ? {} : { owner }),
    mirror: !root.field('metadata').field('annotations').field(MIRROR_ANNOTATION).isAbsent,
    ...(agent === undefined ? {} : { agent }),
  };
}
