/**
 * Field paths: `spec.ingress[0].fromEndpoints[1]`, `metadata.labels["app.kubernetes.io/name"]`.
 *
 * A name that is not a plain word is quoted as a JSON string, so that every path can be read back.
 * Invariant: parseFieldPath(formatFieldPath(segments)) gives the same segments, but for a key of digits, which reads as
 * written: quoted it is a key, in bare brackets an index.
 */
import type { FieldPath } from '../../cilium/field-path.ts';

export type Segment = string | number;

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The path of a field or list element below `path`; the path of a document's root is empty. */
function childPath(path: FieldPath, segment: Segment): FieldPath {
  if (typeof segment === 'number') return `${path}[${segment}]`;
  if (!PLAIN_NAME.test(segment)) return `${path}[${JSON.stringify(segment)}]`;
  return path === '' ? segment : `${path}.${segment}`;
}

export function formatFieldPath(segments: readonly Segment[]): FieldPath {
  let path = '';
  for (const segment of segments) path = childPath(path, segment);
  return path;
}

/** The segments of a path; undefined where it is none. */
export function parseFieldPath(path: FieldPath): readonly Segment[] | undefined {
  const segments: Segment[] = [];
  const token = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (token.lastIndex < path.length) {
    const match = token.exec(path);
    if (match === null) return undefined;
    const [, name, index, quoted] = match;
    if (name !== undefined) segments.push(name);
    else if (index !== undefined) segments.push(Number(index));
    else segments.push(unquote(quoted ?? '""'));
  }
  return segments;
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}
