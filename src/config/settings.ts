/**
 * What a configuration file says -> the settings of the product, with a default for whatever it leaves out.
 *
 * Invariant: a Config holds a value for every setting, so nobody else asks whether one was given.
 */
import { DEFAULT_CHECK_SETTINGS, isSystemNamespace, type CheckSettings } from '../checks/settings.ts';
import { parseDurationMs } from '../cilium/go-text.ts';
import { parseVersion, profileOf, type CiliumVersion } from '../cilium/profile.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import { isSameValue } from '../cilium/same-value.ts';
import type { SettingsOptions } from '../cluster/settings.ts';
import { DEFAULT_RULES, type DecisionRules } from '../review/decision-rules.ts';
import { tunedBy } from './check-settings.ts';
import { customWorkloadKind, type CustomWorkload } from '../kubernetes/decode/custom-workload.ts';
import type { KindEntry } from '../kubernetes/decode/kinds.ts';
import type { ConfigFile, SettingError } from './config-file.ts';
import { toCustomWorkloads } from './custom-workloads.ts';
import { toDecisionRules } from './decision-rules.ts';
import { parseDocsUrl } from './docs-url.ts';

export interface Config {
  /** For whom nothing else is said. */
  readonly checks: CheckSettings;
  readonly rules: DecisionRules;
  readonly cilium: {
    /** `auto`: from the image tags of the agents. */
    readonly version: CiliumVersion | 'auto';
    readonly namespace: string;
    /** The content of the file that `label-prefix-file` of cilium-config names. */
    readonly labelPrefixFile?: string;
    /** How many identities a DNS name is taken to have, where fewer are known. */
    readonly fqdnIdentitiesPerSelector: number;
  };
  readonly tenants: {
    /** The key of the label that tells whose a namespace is; absent: each is a tenant of its own. */
    readonly label?: string;
  };
  /** Custom kinds with a pod template. */
  readonly workloads: readonly CustomWorkload[];
  /** How long the watch of a kind may be silent. */
  readonly staleAfterMs: number;
  /** Where the documentation can be opened; absent: nobody said. */
  readonly docsUrl?: string;
}

export const DEFAULT_CONFIG: Config = {
  checks: DEFAULT_CHECK_SETTINGS,
  rules: DEFAULT_RULES,
  staleAfterMs: 180_000,
  cilium: { version: 'auto', namespace: 'kube-system', fqdnIdentitiesPerSelector: 2 },
  tenants: {},
  workloads: [],
};

/** What of it holds for the model. */
export function modelSettings({ cilium, tenants }: Config): SettingsOptions {
  const { version, namespace, labelPrefixFile, fqdnIdentitiesPerSelector } = cilium;
  return {
    ciliumNamespace: namespace,
    fqdnIdentitiesPerSelector,
    ...(version === 'auto' ? {} : { version }),
    ...(labelPrefixFile === undefined ? {} : { labelPrefixFile }),
    ...(tenants.label === undefined ? {} : { tenantLabel: tenants.label }),
  };
}

export function customKindsOf({ workloads }: Pick<Config, 'workloads'>): readonly KindEntry[] {
  return workloads.map(customWorkloadKind);
}

/** All that is wrong comes back together. `running`: see `loadConfig`. */
export function toConfig(file: ConfigFile, running?: Config): Result<Config, readonly SettingError[]> {
  const version = toVersion(file.cilium?.version ?? 'auto');
  const checks = toCheckSettings(file);
  const rules = toDecisionRules(file, checks);
  const workloads = toCustomWorkloads(file.workloads ?? []);
  const docsUrl = file.docsUrl === undefined ? ok(undefined) : parseDocsUrl(file.docsUrl);
  const errors = [
    ...(version.ok ? [] : [{ segments: ['cilium', 'version'], reason: version.error }]),
    ...(rules.ok ? [] : rules.error),
    ...(workloads.ok ? [] : workloads.error),
    ...(docsUrl.ok ? [] : [{ segments: ['docsUrl'], reason: docsUrl.error }]),
  ];
  if (!version.ok || !rules.ok || !workloads.ok || !docsUrl.ok) return fail(errors);
  const config: Config = {
    checks,
    rules: rules.value,
    staleAfterMs: staleAfterMs(file),
    cilium: { ...DEFAULT_CONFIG.cilium, ...file.cilium, version: version.value },
    tenants: file.tenants?.label === undefined ? {} : { label: file.tenants.label },
    workloads: workloads.value,
    ...(docsUrl.value === undefined ? {} : { docsUrl: docsUrl.value }),
  };
  const moved = running === undefined ? [] : movedModelSettings(config, running);
  return moved.length === 0 ? ok(config) : fail(moved);
}

/** As long as the schema takes. */
function staleAfterMs({ staleAfter }: ConfigFile): number {
  return (staleAfter === undefined ? undefined : parseDurationMs(staleAfter)) ?? DEFAULT_CONFIG.staleAfterMs;
}

/** The model is built once, by these. */
function movedModelSettings({ cilium, tenants, workloads }: Config, running: Config): readonly SettingError[] {
  const changed = [
    { segments: ['tenants', 'label'], isSame: tenants.label === running.tenants.label },
    { segments: ['workloads'], isSame: isSameValue(workloads, running.workloads) },
    { segments: ['cilium', 'version'], isSame: isSameValue(cilium.version, running.cilium.version) },
    { segments: ['cilium', 'namespace'], isSame: cilium.namespace === running.cilium.namespace },
    { segments: ['cilium', 'labelPrefixFile'], isSame: cilium.labelPrefixFile === running.cilium.labelPrefixFile },
    {
      segments: ['cilium', 'fqdnIdentitiesPerSelector'],
      isSame: cilium.fqdnIdentitiesPerSelector === running.cilium.fqdnIdentitiesPerSelector,
    },
  ];
  return changed.filter(({ isSame }) => !isSame).map(({ segments }) => ({ segments, reason: NEEDS_RESTART }));
}

const NEEDS_RESTART = 'differs from what this process was started with; a change needs a restart';

function toCheckSettings({ checks = {}, systemNamespaces, cilium }: ConfigFile): CheckSettings {
  const tuned = tunedBy(checks, DEFAULT_CHECK_SETTINGS);
  return { ...tuned, systemNamespaces: systemNamespaces ?? withNamespaceOf(cilium, tuned) };
}

/** Wherever Cilium is, nothing of its own is denied. */
function withNamespaceOf(cilium: ConfigFile['cilium'], settings: CheckSettings): readonly string[] {
  const namespace = cilium?.namespace ?? DEFAULT_CONFIG.cilium.namespace;
  const { systemNamespaces } = settings;
  return isSystemNamespace(namespace, settings) ? systemNamespaces : [...systemNamespaces, namespace];
}

/** A version that the engine knows; only profile.ts can tell. */
function toVersion(text: string): Result<CiliumVersion | 'auto', string> {
  if (text === 'auto') return ok(text);
  const version = parseVersion(text);
  if (!version.ok) return fail(version.error.reason);
  const profile = profileOf(version.value);
  return profile.ok ? ok(version.value) : fail(profile.error.reason);
}
