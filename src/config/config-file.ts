/**
 * A configuration file, as far as schemas/config.schema.json accepts it.
 */
import type { CheckId } from '../checks/facts/finding-facts.ts';
import type { LabelChurnSettings, MintRateSettings, Mode, PolicyPitfallSettings } from '../checks/settings.ts';

export interface ConfigFile {
  readonly maxMode?: Mode;
  readonly checks?: CheckSections;
  readonly enforceObjectsCreatedAfter?: string;
  readonly tenants?: { readonly label?: string; readonly overrides?: readonly OverrideSection[] };
  readonly exemptions?: readonly ExemptionSection[];
  readonly systemNamespaces?: readonly string[];
  readonly staleAfter?: string;
  readonly docsUrl?: string;
  readonly workloads?: readonly WorkloadSection[];
  readonly unknown?: { readonly policies?: 'allow' | 'deny' };
  readonly cilium?: {
    readonly version?: string;
    readonly namespace?: string;
    readonly labelPrefixFile?: string;
    readonly fqdnIdentitiesPerSelector?: number;
  };
}

export type CheckSections = Readonly<Partial<Record<CheckId, CheckSection>>>;

interface CheckSection {
  readonly mode?: Mode;
  readonly advice?: 'record' | 'warn';
  readonly labelChurn?: Partial<LabelChurnSettings>;
  readonly mintRate?: Partial<MintRateSettings>;
  readonly identityLabels?: IdentityLabelsSection;
  readonly advicePercent?: number;
  readonly failOpen?: PolicyPitfallSettings['failOpen'];
}

interface IdentityLabelsSection {
  readonly allowed: readonly string[];
}

export interface OverrideSection {
  readonly tenants: readonly string[];
  readonly checks?: CheckSections;
  readonly identityBudget?: number;
  readonly identityLabels?: IdentityLabelsSection;
}

export interface ExemptionSection {
  readonly name: string;
  readonly reason: string;
  readonly expires: string;
  readonly checks?: readonly CheckId[];
  readonly serviceAccounts?: readonly string[];
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly tenants?: readonly string[];
}

export interface WorkloadSection {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `.spec.template` */
  readonly template: string;
}

/** What a schema cannot say about a setting. */
export interface SettingError {
  readonly segments: readonly string[];
  readonly reason: string;
}
