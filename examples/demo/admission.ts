/**
 * The two JSON shapes that the demo reads: the review that it sends, and the answer. Just the fields that it prints.
 */
import { fail, ok, type Result } from '../../src/cilium/result.ts';

export interface Review {
  readonly group: string;
  readonly resource: string;
  /** `pod`, `ciliumnetworkpolicy`. */
  readonly singular: string;
  readonly name: string;
  readonly operation: string;
}

export interface Answer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly message: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: ReadonlyMap<string, string>;
}

export function readReview(json: unknown): Result<Review, string> {
  const request = field(json, 'request');
  const group = text(field(field(request, 'resource'), 'group'));
  const resource = text(field(field(request, 'resource'), 'resource'));
  const singular = text(field(field(request, 'kind'), 'kind')).toLowerCase();
  if (resource === '' || singular === '') return fail('is no AdmissionReview');
  return ok({
    group,
    resource,
    singular,
    name: text(field(request, 'name')),
    operation: text(field(request, 'operation')),
  });
}

export function readAnswer(json: unknown): Result<Answer, string> {
  const response = field(json, 'response');
  const allowed = field(response, 'allowed');
  if (typeof allowed !== 'boolean') return fail('the answer has no response.allowed');
  const status = field(response, 'status');
  const warnings = field(response, 'warnings');
  const annotations = field(response, 'auditAnnotations');
  return ok({
    allowed,
    reason: text(field(status, 'reason')),
    message: text(field(status, 'message')),
    warnings: Array.isArray(warnings) ? warnings.map(text) : [],
    auditAnnotations: new Map(Object.entries(annotations ?? {}).map(([key, value]) => [key, text(value)])),
  });
}

/** The ids in the audit annotation `findings`. */
export function findingsOf(answer: Answer): readonly string[] {
  const listed = answer.auditAnnotations.get('findings') ?? '';
  return listed.split(/[\s,]+/).filter((id) => id !== '');
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value)).get(name);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
