/**
 * Admission reviews as the API server writes them, and what tests read of an answer.
 */
import { randomUUID } from 'node:crypto';
import type { HttpResponse } from './http-client.ts';

export interface AnsweredReview {
  readonly uid: string;
  readonly allowed: boolean;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly status?: { readonly code: number; readonly message: string };
}

/** The request of a review: a pod `team-a/web` is created, unless told otherwise. */
export function podRequest(over: object = {}): Readonly<Record<string, unknown>> {
  return {
    uid: randomUUID(),
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    name: 'web',
    namespace: 'team-a',
    operation: 'CREATE',
    userInfo: { username: 'jane', groups: ['system:authenticated'] },
    object: pod(),
    oldObject: null,
    dryRun: false,
    options: null,
    ...over,
  };
}

export function pod(metadata: object = {}, spec: object = { containers: [] }): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'team-a', ...metadata }, spec };
}

/** Keys in the order in which the API server writes them. */
export function reviewBody(request: unknown): string {
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

/** The response of a review. Throws where the answer is none. */
export function answerOf({ status, text, json }: HttpResponse): AnsweredReview {
  const review = json as { readonly kind?: string; readonly response?: AnsweredReview } | undefined;
  if (status !== 200 || review?.kind !== 'AdmissionReview' || review.response === undefined) {
    throw new Error(`HTTP ${status} is not an answered review: ${text.slice(0, 300)}`);
  }
  return review.response;
}
