/**
 * Objects of the workload, decoded: what cannot be decoded is a mistake of the workload.
 */
import type { ClusterObject } from '../../src/cilium/objects.ts';
import { decodeObject, formatFieldError } from '../../src/kubernetes/decode/decode-object.ts';
import type { Json } from './json.ts';

export function decoded(object: Json): ClusterObject {
  const result = decodeObject(object, { offline: true });
  if (result.ok) return result.value;
  throw new Error(`the workload holds what no API server stores: ${formatFieldError(result.error)}`);
}
