/**
 * AdmissionReview v1: what the API server asks, and the exact form of the answer.
 *
 * Mirrors k8s.io/api/admission/v1 and the checks that the API server makes on an answer (apiserver
 * pkg/admission/plugin/webhook/request). Nothing is kept of a review but what is listed in Review.
 * Invariant: an answer holds no control characters, no half surrogate pairs, and stays far below 64 KiB.
 */
import type { Requester } from '../checks/check.ts';
import type { FieldPath } from '../cilium/field-path.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import type { GroupVersionKind } from './decode/kinds.ts';
import { isObject, shapeOf } from './decode/node.ts';
import { oneLine } from '../plain-text.ts';
import { statusFailure } from './status.ts';
import { boundedWarnings } from './warnings.ts';

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';

export interface Review {
  readonly uid: string;
  /** `CREATE`, `UPDATE`, `DELETE` or `CONNECT`; empty where it is none. */
  readonly operation: string;
  readonly kind: GroupVersionKind;
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  /** Empty for the object itself. */
  readonly subresource: string;
  /** Empty in a delete-collection, and on older servers for `generateName`. */
  readonly name: string;
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly userInfo: Requester;
  /** As sent: undefined or null where there is none. */
  readonly object: unknown;
  readonly oldObject: unknown;
}

export interface StatusError {
  readonly code: number;
  readonly message: string;
}

/** An API server's has 36. It is sent back as it is, and answers are to stay small. */
const UID_LIMIT = 128;

/** Only the envelope and the uid can make a review unreadable; whatever else is odd about it is answered by its uid. */
export function readReview(body: unknown): Result<Review, StatusError> {
  if (!isObject(body)) return badRequest(`the body must be an ${KIND}, is ${shapeOf(body)}`);
  if (body['apiVersion'] !== API_VERSION || body['kind'] !== KIND) {
    return badRequest(`the body must be an ${KIND} of ${API_VERSION}, ${typeText(body)}`);
  }
  const request = body['request'];
  if (!isObject(request)) return badRequest(`request must be an object, is ${shapeOf(request)}`);
  const { uid } = request;
  if (typeof uid !== 'string' || uid === '') {
    return badRequest(`request.uid must be a string, is ${uid === '' ? 'empty' : shapeOf(uid)}`);
  }
  if (uid.length > UID_LIMIT) return badRequest(`request.uid has ${uid.length} characters, limit ${UID_LIMIT}`);
  return ok(reviewOf(uid, request));
}

function typeText(body: Readonly<Record<string, unknown>>): string {
  const [kind, apiVersion] = [textOf(body['kind']), textOf(body['apiVersion'])];
  if (kind === '') return 'has no kind';
  return apiVersion === '' ? `is a "${kind}" without apiVersion` : `is "${kind} of ${apiVersion}"`;
}

function reviewOf(uid: string, request: Readonly<Record<string, unknown>>): Review {
  const { kind, resource } = request;
  return {
    uid,
    operation: textOf(request['operation']),
    kind: { group: textIn(kind, 'group'), version: textIn(kind, 'version'), kind: textIn(kind, 'kind') },
    resource: {
      group: textIn(resource, 'group'),
      version: textIn(resource, 'version'),
      resource: textIn(resource, 'resource'),
    },
    subresource: textOf(request['subResource']),
    name: textOf(request['name']),
    namespace: textOf(request['namespace']),
    dryRun: request['dryRun'] === true,
    userInfo: requesterOf(request['userInfo']),
    object: request['object'],
    oldObject: request['oldObject'],
  };
}

function requesterOf(userInfo: unknown): Requester {
  const groups = isObject(userInfo) ? userInfo['groups'] : undefined;
  return {
    username: textIn(userInfo, 'username'),
    groups: Array.isArray(groups) ? groups.filter((group): group is string => typeof group === 'string') : [],
  };
}

function textIn(value: unknown, name: string): string {
  return isObject(value) && Object.hasOwn(value, name) ? textOf(value[name]) : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function badRequest(message: string): Result<never, StatusError> {
  return fail({ code: 400, message });
}

/** One finding, for programs: Kubernetes keeps these three keys and drops any other. */
export interface Cause {
  /** The finding's id. */
  readonly reason: string;
  readonly field: FieldPath;
  readonly message: string;
}

interface Notes {
  /** The most important first. */
  readonly warnings: readonly string[];
  /** Keys are our own words: letters, digits and dashes. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

export type Answer =
  | ({ readonly allowed: true } & Notes)
  | ({ readonly allowed: false; readonly message: string; readonly causes: readonly Cause[] } & Notes);

export interface AdmissionResponse {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof KIND;
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: object;
    readonly warnings?: readonly string[];
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}

export function toResponse(uid: string, answer: Answer): AdmissionResponse {
  const warnings = boundedWarnings(answer.warnings);
  const annotations = boundedAnnotations(answer.auditAnnotations);
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    response: {
      uid,
      allowed: answer.allowed,
      // The API server ignores the status of what is allowed.
      ...(answer.allowed ? {} : { status: denialStatus(answer.message, answer.causes) }),
      ...(warnings.length === 0 ? {} : { warnings }),
      ...(annotations.length === 0 ? {} : { auditAnnotations: Object.fromEntries(annotations) }),
    },
  };
}

const CAUSES_LIMIT = 32;
const CAUSE_LIMIT = 512;

/** 403 and Forbidden: kubectl drops the message of a 422 and retries a 429. */
function denialStatus(message: string, causes: readonly Cause[]): object {
  return {
    ...statusFailure(403, message),
    details: {
      causes: causes.slice(0, CAUSES_LIMIT).map((cause) => ({
        reason: oneLine(cause.reason, CAUSE_LIMIT),
        field: oneLine(cause.field, CAUSE_LIMIT),
        message: oneLine(cause.message, CAUSE_LIMIT),
      })),
    },
  };
}

const ANNOTATION_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const ANNOTATION_LIMIT = 256;

/** The API server drops a key that does not make a qualified name behind the hook's own. */
function boundedAnnotations(annotations: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(annotations)
    .filter(([key]) => ANNOTATION_KEY.test(key))
    .map(([key, value]) => [key, oneLine(value, ANNOTATION_LIMIT)]);
}
