/**
 * What one described workload leaves in a cluster, and the pieces of which every kind of workload is made.
 */
import type { PodShape } from '../../src/cilium/objects.ts';
import type { LabelRecord } from './description.ts';
import { shapeOf, withLabels, type KubeObject, type PodInstance, type Template } from './pods.ts';
import { uidOf } from './seed.ts';

export interface Population {
  readonly workloads: readonly KubeObject[];
  readonly pods: readonly PodInstance[];
  /** Pods that are gone, and whose identities wait to be collected. */
  readonly former: readonly PodShape[];
}

export interface NamespacedName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function objectOf(id: NamespacedName, spec: object, metadata: object = {}): KubeObject {
  const { apiVersion, kind, namespace, name } = id;
  const uid = uidOf(`${kind}/${namespace}/${name}`);
  return { apiVersion, kind, metadata: { name, namespace, uid, ...metadata }, spec };
}

/** Pods of earlier rollouts: the template, with these labels on top. */
export function formerShapes(template: Template, former: readonly LabelRecord[] = []): readonly PodShape[] {
  return former.map((labels) => shapeOf(withLabels(template, labels)));
}
