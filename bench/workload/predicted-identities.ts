/**
 * The CiliumIdentity objects that agents would have made for these pods.
 *
 * Predicted by the engine itself: what the engine predicts is what the recorded answers of Cilium judge, and a change of it
 * shows as another checksum of the workload.
 */
import type { LabelArray } from '../../src/cilium/identity/label.ts';
import { ClusterStore } from '../../src/cluster/store.ts';
import { decoded } from './decoded.ts';
import type { Json } from './json.ts';

export function* predictedIdentities(objects: Iterable<Json>, firstNumber: number): Iterable<Json> {
  const store = new ClusterStore();
  for (const object of objects) store.apply({ type: 'upsert', object: decoded(object) });
  const view = store.view();
  let number = firstNumber;
  for (const id of view.identities()) yield identity(number++, view.labelsOf(id) ?? []);
}

function identity(number: number, labels: LabelArray): Json {
  const name = String(number);
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumIdentity',
    metadata: { name, labels: Object.fromEntries(labels.map(({ key, value }) => [key, value])) },
    'security-labels': Object.fromEntries(labels.map(({ source, key, value }) => [`${source}:${key}`, value])),
  };
}
