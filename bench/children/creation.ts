/**
 * An object of the workload as a submission that creates it.
 */
import type { Submission } from '../../src/checks/check.ts';
import { formatFieldError } from '../../src/kubernetes/decode/decode-object.ts';
import { fileSubmission } from '../../src/kubernetes/submission.ts';
import type { Json } from '../workload/json.ts';

export function creationOf(object: Json): Submission {
  const requester = { username: 'jane', groups: ['system:authenticated'] };
  const submission = fileSubmission({ raw: object, requester });
  if (submission.ok) return submission.value;
  throw new Error(formatFieldError(submission.error));
}
