/**
 * JSON pointers (RFC 6901): read, and made from a field path as Kubernetes prints it.
 */
import type { FieldPath } from './field-path.ts';

/** `/spec/ingress/0` -> its tokens; none for the whole document, undefined for what is no pointer. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `spec.ingress[0].fromEndpoints[1]` -> `/spec/ingress/0/fromEndpoints/1`. Rule paths hold no dots inside a name. */
export function pointerTo(field: FieldPath): string {
  return `/${field.replaceAll('[', '.').replaceAll(']', '').split('.').map(escapePointer).join('/')}`;
}

export function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
