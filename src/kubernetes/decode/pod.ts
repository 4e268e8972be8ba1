/**
 * Pod -> cilium/objects Pod.
 */
import type { Pod } from '../../cilium/objects.ts';
import { controllerOf, namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';
import { podShape } from './pod-shape.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

export function decodePod(root: JsonNode): Pod {
  const owner = controllerOf(root);
  return {
    kind: 'Pod',
    ...namespaced(root),
    ...podShape(root),
    phase: root.field('status').field('phase').asString() || 'Pending',
    nodeName: root.field('spec').field('nodeName').asString() ?? '',
    ...(owner === undefined ? {} : { owner }),
    mirror: !root.field('metadata').field('annotations').field(MIRROR_ANNOTATION).isAbsent,
  };
}
