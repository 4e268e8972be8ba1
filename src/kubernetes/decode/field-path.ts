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

/** What a field or list element adds to the path above it; the path of a document's root is empty. */
function pathPart(segment: Segment, depth: number): string {
  if (typeof segment === 'number') return `[${segment}]`;
  if (!PLAIN_NAME.test(segment)) return `[${JSON.stringify(segment)}]`;
  return depth === 0 ? segment : `.${segment}`;
}

export function formatFieldPath(segments: readonly Segment[]): FieldPath {
  // Joined, it is one text; put together bit by bit it would keep all the bits.
  return segments.map(pathPart).join('');
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
