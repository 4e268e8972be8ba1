/**
 * What a configuration file says -> the settings of the product, with a default for whatever it leaves out.
 *
 * Invariant: a Config holds a value for every setting, so nobody else asks whether one was given.
 */
import { CHECK_IDS, type CheckId } from '../checks/facts/finding-facts.ts';
import {
  DEFAULT_CHECK_SETTINGS,
  type CheckSettings,
  type LabelChurnSettings,
  type Mode,
  type PolicyPitfallSettings,
} from '../checks/settings.ts';
import { parseVersion, profileOf, type CiliumVersion } from '../cilium/profile.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import type { SettingsOptions } from '../cluster/settings.ts';

export interface Config {
  readonly checks: CheckSettings;
  readonly cilium: {
    /** `auto`: from the image tags of the agents. */
    readonly version: CiliumVersion | 'auto';
    readonly namespace: string;
    /** The content of the file that `label-prefix-file` of cilium-config names. */
    readonly labelPrefixFile?: string;
  };
  readonly tenants: {
    /** The key of the label that tells whose a namespace is; absent: each is a tenant of its own. */
    readonly label?: string;
  };
}

export const DEFAULT_CONFIG: Config = {
  checks: DEFAULT_CHECK_SETTINGS,
  cilium: { version: 'auto', namespace: 'kube-system' },
  tenants: {},
};

/** What of it holds for the model. */
export function modelSettings({ cilium, tenants }: Config): SettingsOptions {
  const { version, namespace, labelPrefixFile } = cilium;
  return {
    ciliumNamespace: namespace,
    ...(version === 'auto' ? {} : { version }),
    ...(labelPrefixFile === undefined ? {} : { labelPrefixFile }),
    ...(tenants.label === undefined ? {} : { tenantLabel: tenants.label }),
  };
}

/** The file itself, as far as schemas/config.schema.json accepts it. */
export interface ConfigFile {
  readonly checks?: Readonly<Partial<Record<CheckId, CheckSection>>>;
  readonly systemNamespaces?: readonly string[];
  readonly cilium?: { readonly version?: string; readonly namespace?: string; readonly labelPrefixFile?: string };
  readonly tenants?: { readonly label?: string };
}

interface CheckSection {
  readonly mode?: Mode;
  readonly advice?: 'record' | 'warn';
  readonly labelChurn?: Partial<LabelChurnSettings>;
  readonly advicePercent?: number;
  readonly failOpen?: PolicyPitfallSettings['failOpen'];
}

/** What a schema cannot say about a setting. */
export interface SettingError {
  readonly segments: readonly string[];
  readonly reason: string;
}

export function toConfig(file: ConfigFile): Result<Config, SettingError> {
  const version = toVersion(file.cilium?.version ?? 'auto');
  if (!version.ok) return fail({ segments: ['cilium', 'version'], reason: version.error });
  return ok({
    checks: toCheckSettings(file),
    cilium: { ...DEFAULT_CONFIG.cilium, ...file.cilium, version: version.value },
    tenants: { ...file.tenants },
  });
}

/** A version that the engine knows; only profile.ts can tell. */
function toVersion(text: string): Result<CiliumVersion | 'auto', string> {
  if (text === 'auto') return ok(text);
  const version = parseVersion(text);
  if (!version.ok) return fail(version.error.reason);
  const profile = profileOf(version.value);
  return profile.ok ? ok(version.value) : fail(profile.error.reason);
}

function toCheckSettings({ checks = {}, systemNamespaces }: ConfigFile): CheckSettings {
  const defaults = DEFAULT_CHECK_SETTINGS;
  const modes = { ...defaults.modes };
  for (const id of CHECK_IDS) modes[id] = checks[id]?.mode ?? modes[id];
  return {
    ...defaults,
    modes,
    adviceAsWarning: new Set(CHECK_IDS.filter((id) => checks[id]?.advice === 'warn')),
    labelChurn: { ...defaults.labelChurn, ...checks['identity-churn']?.labelChurn },
    policyPitfalls: { failOpen: checks['policy-pitfalls']?.failOpen ?? defaults.policyPitfalls.failOpen },
    policyMapOverflow: {
      advicePercent: checks['policy-map-overflow']?.advicePercent ?? defaults.policyMapOverflow.advicePercent,
    },
    systemNamespaces: systemNamespaces ?? defaults.systemNamespaces,
  };
}
