/**
 * Where the pod labels of an object are written, and the patch that takes some of them out.
 */
import { isWorkload, type ClusterObject } from '../../cilium/objects.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import type { JsonPatch } from '../check.ts';
import { escapePointer } from '../../cilium/json-pointer.ts';

/** `metadata.labels`, or those of the pod template. */
export function podLabelsField(object: ClusterObject): FieldPath {
  return podLabelsPath(object).join('.');
}

export function removePodLabels(object: ClusterObject, keys: readonly string[]): JsonPatch {
  const base = podLabelsPath(object).join('/');
  return keys.map((key) => ({ op: 'remove', path: `/${base}/${escapePointer(key)}` }));
}

function podLabelsPath(object: ClusterObject): readonly string[] {
  if (!isWorkload(object)) return ['metadata', 'labels'];
  const template = ['spec', 'template', 'metadata', 'labels'];
  return object.kind === 'CronJob' ? ['spec', 'jobTemplate', ...template] : template;
}
