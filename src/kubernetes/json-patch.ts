/**
 * JSON Patch (RFC 6902) on plain JSON: add, remove, replace, test. And a JSON pointer as a field path.
 *
 * Invariant: the given value is never changed; what a patch does not touch is shared with the result. Names such as
 * `__proto__` are names like any other.
 * Cost: for each operation, a copy of the objects and lists on the way to its target.
 */
import type { JsonPatch, JsonPatchOperation } from '../checks/check.ts';
import type { FieldError, FieldPath } from '../cilium/field-path.ts';
import { parsePointer } from '../cilium/json-pointer.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import { isSameValue } from '../cilium/same-value.ts';
import { formatFieldPath, type Segment } from './decode/field-path.ts';
import { isObject, shapeOf } from './decode/node.ts';

export interface JsonPatchError extends FieldError {
  /** Which operation of the patch, from 0. */
  readonly operation: number;
}

/** Applies all operations in order, or none. */
export function applyJsonPatch(value: unknown, patch: JsonPatch): Result<unknown, JsonPatchError> {
  let patched = value;
  for (const [operation, step] of patch.entries()) {
    const tokens = parsePointer(step.path);
    if (tokens === undefined) {
      return fail({ operation, path: '', reason: `"${step.path.slice(0, 64)}" is not a JSON pointer` });
    }
    const outcome = applyAt(patched, tokens, step);
    if (!outcome.ok) return fail({ operation, path: pointerToFieldPath(step.path), reason: outcome.error });
    patched = outcome.value;
  }
  return ok(patched);
}

/** As deep as the pointer has tokens; the last one names the target in its parent. */
function applyAt(value: unknown, tokens: readonly string[], step: JsonPatchOperation): Result<unknown, string> {
  const [token, ...rest] = tokens;
  if (token === undefined) return applyAtRoot(value, step);
  if (Array.isArray(value)) return applyInList(value, token, rest, step);
  if (isObject(value)) return applyInObject(value, token, rest, step);
  return fail(`has no parent: ${shapeOf(value)} stands above it`);
}

/** What a target turns into; a removal is done by its parent. */
function applyAtRoot(value: unknown, step: JsonPatchOperation): Result<unknown, string> {
  switch (step.op) {
    case 'add':
    case 'replace':
      return ok(step.value);
    case 'test':
      return isSameValue(value, step.value) ? ok(value) : fail('is not what the patch expects');
    case 'remove':
      return fail('cannot be removed: it is the whole object');
  }
}

function applyInObject(
  object: Readonly<Record<string, unknown>>,
  token: string,
  rest: readonly string[],
  step: JsonPatchOperation,
): Result<unknown, string> {
  const exists = Object.hasOwn(object, token);
  const isTarget = rest.length === 0;
  if (!exists && !(isTarget && step.op === 'add')) return fail('does not exist');
  if (isTarget && step.op === 'remove') {
    return ok(Object.fromEntries(Object.entries(object).filter(([name]) => name !== token)));
  }
  const child = applyAt(object[token], rest, step);
  return child.ok ? ok({ ...object, [token]: child.value }) : child;
}

function applyInList(
  list: readonly unknown[],
  token: string,
  rest: readonly string[],
  step: JsonPatchOperation,
): Result<unknown, string> {
  const isTarget = rest.length === 0;
  const isInsertion = isTarget && step.op === 'add';
  const index = isInsertion && token === '-' ? list.length : listIndex(token);
  if (index === undefined || index >= list.length + (isInsertion ? 1 : 0)) return fail('does not exist');
  if (isInsertion) return ok(list.toSpliced(index, 0, step.value));
  if (isTarget && step.op === 'remove') return ok(list.toSpliced(index, 1));
  const child = applyAt(list[index], rest, step);
  return child.ok ? ok(list.with(index, child.value)) : child;
}

/** RFC 6901: digits without a leading zero. */
function listIndex(token: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,9})$/.test(token) ? Number(token) : undefined;
}

/** `spec.ingress[0]` for `/spec/ingress/0`: a token of digits is taken for an index. Empty for what is no pointer. */
export function pointerToFieldPath(pointer: string): FieldPath {
  const segments = parsePointer(pointer)?.map((token): Segment => listIndex(token) ?? token);
  return formatFieldPath(segments ?? []);
}
