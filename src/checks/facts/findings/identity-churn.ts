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
  readonly 'mint-rate': { readonly newIdentities: number; readonly perMinute: number; readonly burst: number };
  readonly 'cluster-headroom': {
    /** That the change adds; 0 in an audit. */
    readonly newIdentities: number;
    readonly identitiesInUse: number;
    readonly identitySpace: number;
    readonly fairShare: number;
  };
  readonly 'namespace-churn': {
    readonly newIdentities: number;
    /** That deleted namespaces left behind. */
    readonly identities: number;
    /** The name of the namespace, with digits and hex runs cut out. */
    readonly pattern: string;
  };
  readonly 'label-not-allowed': {
    /** Sorted; the first of them where they are many. */
    readonly labels: readonly string[];
    readonly allowed: readonly string[];
  };
  readonly 'gc-stalled': { readonly identities: number; readonly oldestMinutes: number };
  readonly 'filter-gap': {
    /** Sorted. */
    readonly labels: readonly string[];
    /** What `labels` of cilium-config should be; absent where no value was found that leaves out these labels alone. */
    readonly entry?: string;
    readonly identitiesSaved: number;
  };
  readonly 'cluster-churn': {
    readonly labels: readonly string[];
    /** What `labels` of cilium-config should be; absent where no value was found, and where it is about all identities. */
    readonly entry?: string;
    readonly identitiesSaved: number;
    /** Where they come too fast. */
    readonly identitiesInUse?: number;
    readonly identitiesForeseen?: number;
    readonly identitySpace?: number;
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

/** What the runs of a CronJob keep there at any time. */
export interface StandingRuns {
  /** One for each run. At least 2: one is what any workload has. */
  readonly identities: number;
  /** `upper-bound`: the schedule is too long to be read, and each minute may have a run. */
  readonly certainty: 'estimate' | 'upper-bound';
  /** So long an unused one stays at most. */
  readonly minutes: number;
  /** From when on one is unused: the end of its run, or when its Job is deleted, which may be kept for days. */
  readonly unusedFrom: 'end' | 'deletion';
  /** Those by which runs differ, sorted. */
  readonly labels: readonly string[];
}

/** What makes a relabel of a pod more than advice. */
export type RelabelTrouble =
  | { readonly kind: 'loop'; /** By this pod within ten minutes. */ readonly minted: number }
  | { readonly kind: 'rate'; readonly tenant: Tenant };

/** What a change of namespace labels breaks. */
export type BrokenLimit =
  { readonly kind: 'budget'; readonly tenant: Tenant } | { readonly kind: 'range'; readonly limit: number };

export interface IdentityChurnDetails {
  readonly 'mint-rate': { readonly tenant: Tenant };
  readonly 'cluster-headroom': {
    /** Absent in an audit. */
    readonly owner?: { readonly tenant: Tenant; readonly identities: number };
    /** Of a CronJob that would come to this by its runs. */
    readonly runs?: StandingRuns;
  };
  readonly 'namespace-churn': {
    readonly namespace: string;
    /** Absent: counted by what the names have in common, whosever they were. */
    readonly tenant?: Tenant;
  };
  readonly 'label-not-allowed': { /** How many, listed or not. */ readonly labels: number };
  readonly 'filter-gap': {
    /** Who adds the labels. */
    readonly from: 'controller' | 'binding';
    /** That ask for one of them. */
    readonly policies: number;
    /** Of a CronJob, or of several together, that would come to this by their runs. */
    readonly runs?: Omit<StandingRuns, 'labels'>;
    /** In an audit: how many CronJobs there are that make such identities. */
    readonly cronJobs?: number;
  };
  /** How many there are; of those that come too fast, how many were made within ten minutes. */
  readonly 'cluster-churn': { readonly identities: number };
  readonly 'relabel-pod': { readonly trouble?: RelabelTrouble };
  readonly 'relabel-namespace': { readonly broken?: BrokenLimit };
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
    /** Of a CronJob that would come to this by its runs. */
    readonly runs?: StandingRuns;
  };
}
