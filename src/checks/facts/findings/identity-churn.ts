/**
 * What the check identity-churn finds, in facts, and in details for its message.
 *
 * JSON schema: schemas/finding.schema.json; the page of the check says what each word means.
 */
import type { NumericIdentity } from '../../../cilium/identity/numeric-identity.ts';
import type { Tenant } from '../../../cluster/tenant.ts';
import type { IdentityOrNew } from '../identity-or-new.ts';

/** The keys that pods have, or all keys, unused ones included. */
export type CountedKeys = 'inUse' | 'keys';

export interface IdentityChurnFacts {
  readonly 'label-churn': {
    /** Sorted; the first of them where they are many. */
    readonly labels: readonly string[];
    readonly unused: number;
    readonly inUse: number;
    readonly nearestIdentity?: NumericIdentity;
  };
  readonly 'identity-budget': {
    /** That the change adds; 0 in an audit. */
    readonly newIdentities: number;
    /** Of the tenant, as they are now. */
    readonly identities: number;
    readonly budget: number;
  };
  readonly 'relabel-pod': { readonly identityBefore: IdentityOrNew; readonly identityAfter: IdentityOrNew };
  readonly 'relabel-namespace': {
    readonly podsReidentified: number;
    readonly identitiesMinted: number;
    readonly identitiesMintedWorst: number;
    readonly identitiesOrphaned: number;
    readonly entriesGainedWorst: number;
  };
}

export interface IdentityChurnDetails {
  readonly 'label-churn': {
    /** How many labels, listed or not. */
    readonly labels: number;
    /** Those of them that keep changing. */
    readonly churning: readonly string[];
    readonly mergedUnused: number;
    readonly mergedInUse: number;
  };
  readonly 'identity-budget': {
    readonly tenant: Tenant;
    readonly counted: CountedKeys;
  };
}
