/**
 * A field path as Kubernetes prints it, as a JSON pointer (RFC 6901).
 */
import type { FieldPath } from '../../cilium/field-path.ts';

/** `spec.ingress[0].fromEndpoints[1]` -> `/spec/ingress/0/fromEndpoints/1`. Rule paths hold no dots inside a name. */
export function pointerTo(field: FieldPath): string {
  return `/${field.replaceAll('[', '.').replaceAll(']', '').split('.').map(escapePointer).join('/')}`;
}

export function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
