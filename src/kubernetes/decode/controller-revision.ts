/**
 * ControllerRevision -> cilium/objects ControllerRevision.
 *
 * StatefulSets and DaemonSets keep in `data` what is patched into them when they go back, which is their template
 * (pkg/controller/statefulset and daemon getPatch). Other controllers keep what they like: that is no template, and no fault.
 */
import type { ControllerRevision } from '../../cilium/objects.ts';
import { controllerOf, namespaced } from './metadata.ts';
import { Complaints, type JsonNode } from './node.ts';
import { templateShape } from './pod-shape.ts';

export function decodeControllerRevision(root: JsonNode): ControllerRevision {
  const owner = controllerOf(root);
  const complaints = new Complaints();
  const template = templateShape(root.field('data').apart(complaints).field('spec').field('template'));
  return {
    kind: 'ControllerRevision',
    ...namespaced(root),
    ...(complaints.first === undefined ? { template } : {}),
    ...(owner === undefined ? {} : { owner }),
  };
}
