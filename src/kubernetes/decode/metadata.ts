/**
 * `metadata` of any object -> name, uid, labels, owner: what the model reads of it.
 */
import type { Labels, OwnerRef } from '../../cilium/objects.ts';
import type { JsonNode } from './node.ts';

export interface Identified {
  readonly name: string;
  readonly uid: string;
  readonly terminating: boolean;
  readonly created?: number;
}

export interface Namespaced extends Identified {
  readonly namespace: string;
}

export function identified(root: JsonNode): Identified {
  const metadata = root.field('metadata').required();
  const created = timeIn(metadata.field('creationTimestamp').value);
  return {
    name: nameOf(metadata),
    uid: metadata.field('uid').asString() ?? '',
    terminating: !metadata.field('deletionTimestamp').isAbsent,
    ...(created === undefined ? {} : { created }),
  };
}

export function namespaced(root: JsonNode): Namespaced {
  return { ...identified(root), namespace: root.field('metadata').field('namespace').asString() ?? '' };
}

/** As an API server writes it: `2026-11-23T08:00:00Z`. What a file has in another form is no time, and no fault either. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Milliseconds since 1970. */
export function timeIn(value: unknown): number | undefined {
  const time = typeof value === 'string' && TIMESTAMP.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** An API server may ask before it has made the name of an object with `generateName`; then the prefix stands for it. */
function nameOf(metadata: JsonNode): string {
  const name = metadata.field('name').asString() ?? '';
  if (name !== '') return name;
  const prefix = metadata.field('generateName').asString() ?? '';
  if (prefix === '') metadata.field('name').complain('must be set');
  return prefix;
}

export function labelsOf(object: JsonNode): Labels {
  return object.field('metadata').field('labels').asStringMap();
}

/** The owner with `controller: true`; the API server allows at most one. */
export function controllerOf(root: JsonNode): OwnerRef | undefined {
  const owners = root.field('metadata').field('ownerReferences').asList() ?? [];
  const controller = owners.find((owner) => owner.field('controller').asBoolean() === true);
  if (controller === undefined) return undefined;
  return {
    kind: kindOfReference(controller),
    name: controller.field('name').asString() ?? '',
    uid: controller.field('uid').asString() ?? '',
  };
}

/** Of `apiVersion` and `kind`: groups of workloads of Kubernetes itself have no dot, those of custom resources do. */
export function kindOfReference(reference: JsonNode): string {
  const kind = reference.field('kind').asString() ?? '';
  const [group = ''] = (reference.field('apiVersion').asString() ?? '').split('/', 1);
  return group.includes('.') ? `${kind}.${group}` : kind;
}
