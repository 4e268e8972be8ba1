/**
 * JSON of unknown shape -> a slim object, or why not.
 *
 * The one way in: the object that is judged and the object that is cached go through here.
 * Cost: O(what the model reads of the object); nothing else is walked, however large or deep it is.
 */
import type { ClusterObject } from '../../cilium/objects.ts';
import type { FieldError, FieldPath } from '../../cilium/field-path.ts';
import { fail, ok, type Result } from '../../cilium/result.ts';
import { withServerDefaults } from './defaults.ts';
import { formatAPIVersion, kindEntry, parseAPIVersion, type GroupVersionKind, type KindEntry } from './kinds.ts';
import { Complaints, isObject, JsonNode, shapeOf } from './node.ts';

export interface DecodeError extends FieldError {
  /** `unknown-kind`: an object that the model does not read; `malformed`: one that it should, of a wrong shape. */
  readonly code: 'malformed' | 'unknown-kind';
}

export interface DecodeOptions {
  /** Fill in what an API server would have filled in. */
  readonly offline: boolean;
  /** For namespaced objects that name none; `default` where absent. */
  readonly namespace?: string;
  /** Custom kinds that are read, too. */
  readonly customKinds?: readonly KindEntry[];
}

/** Decodes by the object's own apiVersion and kind. */
export function decodeObject(value: unknown, options?: DecodeOptions): Result<ClusterObject, DecodeError> {
  const gvk = groupVersionKindOf(value);
  if (!gvk.ok) return gvk;
  const entry = kindEntry(gvk.value, options?.customKinds);
  if (entry === undefined) {
    const reason = `${gvk.value.kind} of ${formatAPIVersion(gvk.value)} is not read`;
    return fail({ code: 'unknown-kind', path: 'kind', reason });
  }
  return decodeAs(entry, options?.offline === true ? withServerDefaults(value, entry, options) : value);
}

/** Decodes as this kind, whatever the object says that it is. */
export function decodeAs(entry: KindEntry, value: unknown): Result<ClusterObject, DecodeError> {
  const complaints = new Complaints();
  const object = entry.decode(new JsonNode(value, complaints).required());
  return complaints.first === undefined ? ok(object) : fail({ code: 'malformed', ...complaints.first });
}

export function groupVersionKindOf(value: unknown): Result<GroupVersionKind, DecodeError> {
  if (!isObject(value)) return fail({ code: 'malformed', path: '', reason: `must be an object, is ${shapeOf(value)}` });
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string') return fail(notText('apiVersion', apiVersion));
  if (typeof kind !== 'string') return fail(notText('kind', kind));
  return ok({ ...parseAPIVersion(apiVersion), kind });
}

function notText(path: FieldPath, value: unknown): DecodeError {
  return { code: 'malformed', path, reason: `must be a string, is ${shapeOf(value)}` };
}

/** One sentence for what is wrong: `spec.containers must be a list, is an object`. */
export function formatFieldError(error: FieldError): string {
  return `${error.path === '' ? 'the object' : error.path} ${error.reason}`;
}
