/**
 * Namespace -> cilium/objects Namespace.
 */
import type { Namespace } from '../../cilium/objects.ts';
import { identified, labelsOf } from './metadata.ts';
import type { JsonNode } from './node.ts';

export function decodeNamespace(root: JsonNode): Namespace {
  return { kind: 'Namespace', ...identified(root), labels: labelsOf(root) };
}
