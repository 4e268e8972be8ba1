/**
 * Raw JSON with one place changed: for requests that are almost good.
 */
import { parseFieldPath } from '../../src/kubernetes/decode/field-path.ts';
import type { Json } from './objects.ts';

/** A copy in which the value stands at this field path; what is missing on the way is made. */
export function withValueAt(object: Json, path: string, value: unknown): Json {
  const segments = parseFieldPath(path);
  if (segments === undefined || segments.length === 0) throw new Error(`${path} is no field path`);
  return placed(object, segments, value) as Json;
}

function placed(parent: unknown, [segment, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (segment === undefined) return value;
  if (typeof segment === 'number') {
    const list: unknown[] = Array.isArray(parent) ? [...(parent as unknown[])] : [];
    list[segment] = placed(list[segment], rest, value);
    return list;
  }
  const object = (parent ?? {}) as Json;
  return { ...object, [segment]: placed(object[segment], rest, value) };
}
