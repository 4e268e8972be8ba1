/**
 * ConfigMap -> cilium/objects ConfigMap: where the agent's configuration lives.
 */
import type { ConfigMap } from '../../cilium/objects.ts';
import { namespaced } from './metadata.ts';
import type { JsonNode } from './node.ts';

export function decodeConfigMap(root: JsonNode): ConfigMap {
  return { kind: 'ConfigMap', ...namespaced(root), data: root.field('data').asStringMap() };
}
