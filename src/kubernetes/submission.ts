/**
 * What is judged: a review or an object from a file, turned into a change of the model.
 *
 * A submission can revise itself: it patches the raw object and decodes it again, so that a proposed fix is judged like
 * what was sent. The raw object lives as long as its submission.
 */
import type { JsonPatch, Requester, Submission } from '../checks/check.ts';
import type { ClusterObject, ObjectRef } from '../cilium/objects.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import type { Review } from './admission-review.ts';
import { decodeBinding } from './decode/binding.ts';
import { decodeAs, groupVersionKindOf, type DecodeError } from './decode/decode-object.ts';
import { formatAPIVersion, kindEntry, type KindEntry } from './decode/kinds.ts';
import { isObject } from './decode/node.ts';
import { applyJsonPatch } from './json-patch.ts';

/** A request that cannot change what the model computes, or that is never refused: it is allowed and counted. */
export const NOT_JUDGED = 'not-judged';

/** Subresources through which an object comes whole, labels included. */
const WHOLE_OBJECT_SUBRESOURCES: readonly string[] = ['', 'status', 'finalize'];

export function toSubmission(
  review: Review,
  customKinds: readonly KindEntry[] = [],
): Result<Submission | typeof NOT_JUDGED, DecodeError> {
  if (isBinding(review)) return bindingOf(review);
  const entry = kindEntry(review.kind, customKinds);
  const changesAnObject = review.operation === 'CREATE' || review.operation === 'UPDATE';
  if (entry === undefined || !changesAnObject || !WHOLE_OBJECT_SUBRESOURCES.includes(review.subresource)) {
    return ok(NOT_JUDGED);
  }
  const before = beforeOf(review, entry);
  if (!before.ok) return before;
  return submissionOf({
    ...requestOf(review),
    entry,
    raw: withNames(review.object, review, entry),
    before: before.value,
  });
}

/** Of an update without its old object nothing is known to have been there before: it is judged as a creation. */
function beforeOf(review: Review, entry: KindEntry): Result<ClusterObject | undefined, DecodeError> {
  if (review.operation !== 'UPDATE' || review.oldObject === null || review.oldObject === undefined)
    return ok(undefined);
  const before = decodeAs(entry, withNames(review.oldObject, review, entry));
  if (before.ok) return before;
  const { path } = before.error;
  return fail({ ...before.error, path: path === '' ? 'oldObject' : `oldObject.${path}` });
}

/** A person, so that warnings are shown. */
const NOBODY_IN_PARTICULAR: Requester = { username: '', groups: [] };

/** An object from a file, which says nothing of who submits it. What stood there before is the caller's to find. */
export function fileSubmission(file: {
  readonly raw: unknown;
  readonly before?: ClusterObject | undefined;
  readonly requester?: Requester;
  readonly customKinds?: readonly KindEntry[];
}): Result<Submission, DecodeError> {
  const gvk = groupVersionKindOf(file.raw);
  if (!gvk.ok) return gvk;
  const entry = kindEntry(gvk.value, file.customKinds);
  if (entry === undefined) {
    const reason = `${gvk.value.kind} of ${formatAPIVersion(gvk.value)} is not judged`;
    return fail({ code: 'unknown-kind', path: 'kind', reason });
  }
  return submissionOf({
    requester: file.requester ?? NOBODY_IN_PARTICULAR,
    dryRun: false,
    origin: 'file',
    entry,
    raw: file.raw,
    before: file.before,
  });
}

type Request = Pick<Submission, 'requester' | 'dryRun' | 'origin' | 'subresource'>;

interface Draft extends Request {
  readonly entry: KindEntry;
  readonly raw: unknown;
  readonly before: ClusterObject | undefined;
}

function submissionOf(draft: Draft): Result<Submission, DecodeError> {
  const { entry, raw, before, ...request } = draft;
  const decoded = decodeAs(entry, raw);
  if (!decoded.ok) return decoded;
  const after = draft.origin === 'file' ? asStored(decoded.value, before) : decoded.value;
  const change = before === undefined ? ({ op: 'create', after } as const) : ({ op: 'update', before, after } as const);
  return ok({ ...request, change, revise: (patch) => revised(draft, patch) });
}

/**
 * A file may say what it likes of the status of a pod, and of its deletion: an API server keeps what it has itself (BeforeCreate and
 * BeforeUpdate of k8s.io/apiserver, the strategy of pods).
 */
function asStored(after: ClusterObject, before: ClusterObject | undefined): ClusterObject {
  const terminating = before !== undefined && 'terminating' in before && before.terminating;
  if (after.kind === 'Pod') return { ...after, terminating, phase: before?.kind === 'Pod' ? before.phase : 'Pending' };
  return 'terminating' in after ? { ...after, terminating } : after;
}

function revised(draft: Draft, patch: JsonPatch): Result<Submission, DecodeError> {
  const patched = applyJsonPatch(draft.raw, patch);
  if (patched.ok) return submissionOf({ ...draft, raw: patched.value });
  const { path, reason } = patched.error;
  return fail({ code: 'malformed', path, reason });
}

function requestOf(review: Review): Request {
  const request = { requester: review.userInfo, dryRun: review.dryRun, origin: 'api-server' } as const;
  return review.subresource === '' ? request : { ...request, subresource: review.subresource };
}

/** The object with the names of the request where it has none of its own yet. */
function withNames(object: unknown, review: Review, entry: KindEntry): unknown {
  if (!isObject(object) || !isObject(object['metadata'])) return object;
  const names = entry.namespaced ? { name: review.name, namespace: review.namespace } : { name: review.name };
  const missing = Object.entries(names).filter(([key, name]) => name !== '' && isEmpty(object['metadata'], key));
  if (missing.length === 0) return object;
  return { ...object, metadata: { ...object['metadata'], ...Object.fromEntries(missing) } };
}

function isEmpty(metadata: unknown, key: string): boolean {
  return isObject(metadata) && (metadata[key] ?? '') === '';
}

/** `bindings` and `pods/binding` are two resources; the labels of both are copied onto the pod. */
function isBinding(review: Review): boolean {
  const { resource, subresource, operation, kind } = review;
  const isBindingResource =
    resource.resource === 'bindings' || (resource.resource === 'pods' && subresource === 'binding');
  return operation === 'CREATE' && kind.kind === 'Binding' && resource.group === '' && isBindingResource;
}

function bindingOf(review: Review): Result<Submission, DecodeError> {
  const binding = decodeBinding(review.object);
  if (!binding.ok) return binding;
  const { name, namespace, labels } = binding.value;
  const pod: ObjectRef = { kind: 'Pod', namespace: review.namespace || namespace, name: review.name || name };
  return ok({
    ...requestOf(review),
    change: { op: 'bind', pod, labels },
    revise: () => fail({ code: 'malformed', path: '', reason: 'is a Binding, which is never refused' }),
  });
}
