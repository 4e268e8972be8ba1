/**
 * What was admitted lately, as a check reads it: what the model does not have yet, and how fast it came.
 *
 * An admitted key counts at once, so that requests that come faster than the watch do not overtake the budgets.
 * src/review/ledger/ keeps it.
 */
import type { CanonicalKey } from '../../cilium/identity/label.ts';
import type { ObjectRef } from '../../cilium/objects.ts';
import type { Tenant } from '../../cluster/tenant.ts';

export interface KeysOfTenant {
  /** That pods have. */
  readonly inUse: number;
  /** With the unused ones. */
  readonly keys: number;
}

/** A bucket that holds `burst` and gets `perMinute`. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

export interface Ledger {
  /** What was admitted for a tenant and what the model does not have yet. */
  reservedBy(tenant: Tenant): KeysOfTenant;
  /** Keys of all tenants. */
  readonly reserved: number;
  isReserved(key: CanonicalKey): boolean;
  /** Numbers that agents may take besides, for changes of namespaces that were admitted just now. */
  readonly inFlight: number;
  /** Whether the bucket of a tenant has one left: of new identities, of relabels of pods that mint. */
  mayMint(tenant: Tenant, rate: Rate): boolean;
  mayRelabel(tenant: Tenant): boolean;
  /** Identities that relabels of this pod minted within the last ten minutes. */
  mintsOf(pod: ObjectRef): number;
}

const NO_KEYS: KeysOfTenant = { inUse: 0, keys: 0 };

/** Nothing is waited for, and there are no rates. */
export const EMPTY_LEDGER: Ledger = {
  reservedBy: () => NO_KEYS,
  reserved: 0,
  isReserved: () => false,
  inFlight: 0,
  mayMint: () => true,
  mayRelabel: () => true,
  mintsOf: () => 0,
};
