/**
 * An object of the workload as a submission that creates it, the way an API server asks for it: who submits a file is told more.
 */
import type { Submission } from '../../src/checks/check.ts';
import { readReview } from '../../src/kubernetes/admission-review.ts';
import { formatFieldError, groupVersionKindOf } from '../../src/kubernetes/decode/decode-object.ts';
import { NOT_JUDGED, toSubmission } from '../../src/kubernetes/submission.ts';
import type { Json } from '../workload/json.ts';

export function creationOf(object: Json): Submission {
  const kind = groupVersionKindOf(object);
  if (!kind.ok) throw new Error(formatFieldError(kind.error));
  const { name, namespace } = object['metadata'] as { readonly name?: string; readonly namespace?: string };
  const userInfo = { username: 'jane', groups: ['system:authenticated'] };
  const request = { uid: '1', operation: 'CREATE', kind: kind.value, name, namespace, object, userInfo };
  const review = readReview({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  if (!review.ok) throw new Error(review.error.message);
  const submission = toSubmission(review.value);
  if (!submission.ok) throw new Error(formatFieldError(submission.error));
  if (submission.value === NOT_JUDGED) throw new Error(`${kind.value.kind} is not judged`);
  return submission.value;
}
