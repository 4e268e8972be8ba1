/**
 * How the checks are tuned: the types that config.ts parses into, and the defaults of the product.
 */
import type { CheckId } from './facts/finding-facts.ts';

export const MODES = ['off', 'audit', 'warn', 'enforce'] as const;
/** What a violation does: nothing, a record, a warning, or a denial. */
export type Mode = (typeof MODES)[number];

export interface LabelChurnSettings {
  /** Violation from this many unused identities of the namespace on ... */
  readonly unused: number;
  /** ... and from this many times those in use by pods on. */
  readonly ratio: number;
}

/** A bucket of new identities of a tenant. */
export interface MintRateSettings {
  readonly perMinute: number;
  readonly burst: number;
}

/** How one author is judged: of a tenant with settings of its own, these. */
export interface PolicyPitfallSettings {
  /** What a policy is that opens more than it says. */
  readonly failOpen: 'advice' | 'violation';
}

export interface CheckSettings {
  readonly modes: Readonly<Record<CheckId, Mode>>;
  /** Checks whose advice is shown as a warning too. */
  readonly adviceAsWarning: ReadonlySet<CheckId>;
  readonly labelChurn: LabelChurnSettings;
  /** Identities that the pods of the tenant may have; absent: a share of the range. */
  readonly identityBudget?: number;
  readonly mintRate: MintRateSettings;
  /** `allowed` absent: any label may be part of an identity. */
  readonly identityLabels: { readonly allowed?: readonly string[] };
  readonly policyMapOverflow: { readonly advicePercent: number };
  readonly policyPitfalls: PolicyPitfallSettings;
  /** `kube-*` is a prefix, anything else an exact name. */
  readonly systemNamespaces: readonly string[];
}

export const DEFAULT_CHECK_SETTINGS: CheckSettings = {
  modes: {
    'identity-churn': 'audit',
    'deny-contradiction': 'audit',
    'policy-map-overflow': 'audit',
    'invalid-policy': 'audit',
    'policy-pitfalls': 'audit',
    'reserved-labels': 'audit',
    'label-filter': 'audit',
  },
  adviceAsWarning: new Set(),
  labelChurn: { unused: 50, ratio: 3 },
  mintRate: { perMinute: 60, burst: 120 },
  identityLabels: {},
  policyMapOverflow: { advicePercent: 80 },
  policyPitfalls: { failOpen: 'advice' },
  systemNamespaces: ['kube-*', 'cilium-*'],
};

/** Of relabels of pods that mint, for each tenant. */
export const RELABEL_RATE = { perMinute: 30, burst: 100 };

/** So many identities that relabels give one pod, within the ten minutes that the ledger remembers; one more is a loop. */
export const MOST_OF_ONE_POD = 5;

/** So many identities of deleted namespaces, and a tenant gets no new one. */
export const MOST_LEFT_BEHIND = 500;

/** Of the range of identities, in percent: what the pods of a tenant may have. */
const IN_USE_PERCENT = 5;
/** With the unused ones, which stay for an hour or so, a tenant may have so many times as many. */
const KEYS_FOR_EACH = 2;

/** How many identities a tenant may have: those that its pods have, and all of them. */
export function identityBudgetOf(
  { identityBudget }: Pick<CheckSettings, 'identityBudget'>,
  rangeSize: number,
): { readonly inUse: number; readonly keys: number } {
  const inUse = identityBudget ?? Math.floor((rangeSize * IN_USE_PERCENT) / 100);
  return { inUse, keys: KEYS_FOR_EACH * inUse };
}

export function isSystemNamespace(name: string, settings: CheckSettings): boolean {
  return settings.systemNamespaces.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}
