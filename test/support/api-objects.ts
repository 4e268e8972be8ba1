/**
 * What an API server makes of requests for one object: versions that do not fit are a conflict, lists of webhooks are merged by name.
 */
import { isObject } from '../../src/kubernetes/decode/node.ts';
import type { Json } from './objects.ts';

export interface ObjectAnswer {
  readonly code: number;
  /** What is stored then, or a Status. */
  readonly body: Json;
}

export const NOT_FOUND: ObjectAnswer = statusAnswer(404, 'not found');

/** `stands`: what is there of this name. */
export function answerToWrite(method: string, stands: Json | undefined, sent: Json): ObjectAnswer {
  if (method === 'POST') {
    return stands === undefined ? { code: 201, body: sent } : statusAnswer(409, 'already exists');
  }
  if (stands === undefined) return NOT_FOUND;
  if (method === 'GET') return { code: 200, body: stands };
  const version = metadata(sent)['resourceVersion'];
  if (version !== undefined && version !== metadata(stands)['resourceVersion']) {
    return statusAnswer(409, 'the object has been modified; please apply your changes to the latest version');
  }
  return { code: 200, body: method === 'PUT' ? sent : (merged(stands, sent) as Json) };
}

export function nameOf(object: Json): string {
  const { name } = metadata(object);
  return typeof name === 'string' ? name : '';
}

function metadata(object: Json): Json {
  return isObject(object['metadata']) ? object['metadata'] : {};
}

/** A strategic merge patch, of lists whose items have names. */
function merged(before: unknown, patch: unknown): unknown {
  if (Array.isArray(patch) && Array.isArray(before)) {
    const items = new Map<unknown, unknown>(before.map((item: Json) => [item['name'], item]));
    for (const item of patch as readonly Json[]) items.set(item['name'], merged(items.get(item['name']), item));
    return [...items.values()];
  }
  if (!isObject(patch)) return patch;
  const fields = new Map(Object.entries(isObject(before) ? before : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) fields.delete(key);
    else fields.set(key, merged(fields.get(key), value));
  }
  return Object.fromEntries(fields);
}

function statusAnswer(code: number, message: string): ObjectAnswer {
  return { code, body: { kind: 'Status', status: 'Failure', code, message } };
}
