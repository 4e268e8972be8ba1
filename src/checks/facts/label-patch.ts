/**
 * Where the pod labels of an object are written, and how some of them can be taken out: by a patch, if the API server would
 * take the result.
 */
import { isWorkload, kindWord, type ClusterObject, type Kind, type Workload } from '../../cilium/objects.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import type { JsonPatch } from '../check.ts';
import { escapePointer } from '../../cilium/json-pointer.ts';
import { quotedList } from './wording.ts';

/** `metadata.labels`, or those of the pod template. */
export function podLabelsField(object: ClusterObject): FieldPath {
  return podLabelsPath(object).join('.');
}

export type LabelRemoval =
  | { readonly kind: 'patch'; readonly patch: JsonPatch }
  /** The API server would refuse the template: what to do instead. */
  | { readonly kind: 'words'; readonly text: string };

export function removePodLabels(object: ClusterObject, keys: readonly string[]): LabelRemoval {
  const selected = new Set(isWorkload(object) ? object.selectorKeys : []);
  const required = keys.filter((key) => selected.has(key));
  if (required.length > 0) return { kind: 'words', text: newSelector(object.kind, required, keys) };
  const base = podLabelsPath(object).join('/');
  return { kind: 'patch', patch: keys.map((key) => ({ op: 'remove', path: `/${base}/${escapePointer(key)}` })) };
}

/** A selector that gets wider could take pods of others, so that nobody but the author can say what it should be. */
function newSelector(kind: Kind, required: readonly string[], keys: readonly string[]): string {
  const made = `make a ${kindWord(kind)} whose selector and template leave ${quotedList(keys)} out`;
  return `spec.selector requires ${quotedList(required)} and cannot be changed: ${made}`;
}

function podLabelsPath(object: ClusterObject): readonly string[] {
  if (!isWorkload(object)) return ['metadata', 'labels'];
  return [...templatePath(object), 'metadata', 'labels'];
}

function templatePath({ kind, templatePath: configured }: Workload): readonly string[] {
  if (configured !== undefined) return configured;
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}
