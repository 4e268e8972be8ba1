/**
 * What was admitted and is not yet seen in the cluster, as a check reads it. src/review/ledger/ keeps it.
 *
 * An admitted key counts at once, so that requests that come faster than the watch do not overtake the budgets.
 */
import type { CanonicalKey } from '../../cilium/identity/label.ts';
import type { Tenant } from '../../cluster/tenant.ts';

export interface KeysOfTenant {
  /** That pods have. */
  readonly inUse: number;
  /** With the unused ones. */
  readonly keys: number;
}

export interface Ledger {
  /** What was admitted for a tenant and what the model does not have yet. */
  reservedBy(tenant: Tenant): KeysOfTenant;
  /** Keys of all tenants. */
  readonly reserved: number;
  isReserved(key: CanonicalKey): boolean;
}

const NO_KEYS: KeysOfTenant = { inUse: 0, keys: 0 };

/** Nothing is waited for: of files, where what was admitted is part of the model at once. */
export const EMPTY_LEDGER: Ledger = { reservedBy: () => NO_KEYS, reserved: 0, isReserved: () => false };
