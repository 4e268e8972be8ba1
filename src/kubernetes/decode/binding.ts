/**
 * Binding -> the labels that the API server copies onto the pod, over its own (PodTopologyLabelsAdmission).
 */
import type { Labels } from '../../cilium/objects.ts';
import { fail, ok, type Result } from '../../cilium/result.ts';
import type { DecodeError } from './decode-object.ts';
import { labelsOf } from './metadata.ts';
import { Complaints, JsonNode } from './node.ts';

export interface Binding {
  /** Of the pod. Empty where the object has none: the request names the pod then. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
}

export function decodeBinding(value: unknown): Result<Binding, DecodeError> {
  const complaints = new Complaints();
  const root = new JsonNode(value, complaints).required();
  const metadata = root.field('metadata');
  const binding = {
    name: metadata.field('name').asString() ?? '',
    namespace: metadata.field('namespace').asString() ?? '',
    labels: labelsOf(root),
  };
  return complaints.first === undefined ? ok(binding) : fail({ code: 'malformed', ...complaints.first });
}
