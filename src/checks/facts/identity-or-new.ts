/**
 * The number of an identity, as a finding tells it.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

/** `new`: no CiliumIdentity has it yet. */
export type IdentityOrNew = NumericIdentity | 'new';
