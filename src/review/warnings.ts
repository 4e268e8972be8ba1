/**
 * Who reads warnings: people, and not the components of the control plane.
 */
import type { Requester } from '../checks/check.ts';

export function readsWarnings({ username }: Requester): boolean {
  return !username.startsWith('system:');
}
