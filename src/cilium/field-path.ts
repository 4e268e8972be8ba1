/** A path into a submitted object, as Kubernetes prints it: `spec.ingress[0].fromEndpoints[1]`. */
export type FieldPath = string;

/** Of an element of the list at a path. Joined, it is one text; put together bit by bit it would keep all the bits. */
export function elementPath(list: FieldPath, index: number): FieldPath {
  return [list, '[', index, ']'].join('');
}

/** What is wrong with one field; `path` is empty for the object as a whole. */
export interface FieldError {
  readonly path: FieldPath;
  /** Goes on where the path ends: `must be a list, is an object`. */
  readonly reason: string;
}
