/**
 * Cilium's version and configuration, as one thing.
 *
 * A change of either derives everything again under a new epoch: identities, rules, selections. Sources, in order: what the
 * operator of cilium-bulkhead says, else the image of the agent's DaemonSet and the cilium-config ConfigMap. What agents run with
 * meanwhile that have not started again since is in cluster-settings.ts.
 */
import { readAgentConfig, type AgentConfig } from '../cilium/agent-config.ts';
import type { LabelFilterError } from '../cilium/identity/filter-rule.ts';
import { parseLabelFilter, type LabelFilter } from '../cilium/identity/label-filter.ts';
import type { ConfigMap } from '../cilium/objects.ts';
import type { ParseContext } from '../cilium/policy/context.ts';
import type { ServiceCatalog } from '../cilium/policy/service-catalog.ts';
import {
  formatVersion,
  parseVersion,
  profileOf,
  type CiliumVersion,
  type Profile,
  type VersionError,
} from '../cilium/profile.ts';
import { fail, type Result } from '../cilium/result.ts';

export interface Settings {
  readonly epoch: number;
  readonly profile: Profile;
  readonly config: AgentConfig;
  /** What decides which labels are identity-relevant, or why that is not known. */
  readonly filter: FilterSetting;
  /** Why nothing is known for sure (no version, for one): every answer is `unknown`. */
  readonly unknown?: string;
  /** Why what holds may not hold of every agent: it is recorded, and nothing is denied. */
  readonly unsettled?: string;
  /** By a cilium-config that agents have read and that is another one now. */
  readonly formerConfig?: true;
  /** Keys of cilium-config that the agent would not take as written. */
  readonly problems: readonly { readonly key: string; readonly reason: string }[];
  /** The key of the label that tells whose a namespace is; absent: each is a tenant of its own. */
  readonly tenantLabel?: string;
  /** How many identities a DNS name is taken to have, where fewer are known. */
  readonly fqdnIdentitiesPerSelector: number;
}

export type FilterSetting =
  | { readonly kind: 'known'; readonly filter: LabelFilter }
  /** It stands in a file that only the agent has. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The next agent that starts will refuse it. */
  | { readonly kind: 'invalid'; readonly reason: string; readonly error: LabelFilterError };

export interface SettingsOptions {
  /** Overrides what the agent's image says: digests, forks. */
  readonly version?: CiliumVersion;
  /** Where Cilium runs. */
  readonly ciliumNamespace: string;
  /** Content of the agent's label-prefix-file, which no Kubernetes object holds. */
  readonly labelPrefixFile?: string;
  /** See `Settings`. */
  readonly tenantLabel?: string;
  /** See `Settings`. */
  readonly fqdnIdentitiesPerSelector: number;
}

export interface SettingsSource {
  readonly configMap: Pick<ConfigMap, 'data'> | undefined;
  /** Of the agent's DaemonSet, or of pods of agents. */
  readonly agentImages: readonly string[];
}

/** `Cilium 1.19.5`, `Cilium 1.20.2 with cilium-config as it was before` */
export function settingsName({ profile, formerConfig }: Settings): string {
  const version = `Cilium ${formatVersion(profile.version)}`;
  return formerConfig === true ? `${version} with cilium-config as it was before` : version;
}

/** What policies are parsed under. */
export function parseContextOf({ profile, config }: Settings, services: ServiceCatalog): ParseContext {
  return { profile, config, services };
}

export const DEFAULT_SETTINGS_OPTIONS: SettingsOptions = {
  ciliumNamespace: 'kube-system',
  fqdnIdentitiesPerSelector: 2,
};

/** Stands in while the version is not known; nothing that is computed with it can deny. */
const NEWEST: CiliumVersion = { major: 1, minor: 20, patch: 2 };

export function deriveSettings(epoch: number, options: SettingsOptions, source: SettingsSource): Settings {
  const profile = profileFrom(options, source.agentImages);
  const effective = profile.ok ? profile : profileOf(NEWEST);
  if (!effective.ok) throw new Error(`no profile for the newest version: ${effective.error.reason}`);
  const { config, problems } = readAgentConfig(source.configMap?.data ?? new Map(), {
    profile: effective.value,
    namespace: options.ciliumNamespace,
  });
  return {
    epoch,
    profile: effective.value,
    config,
    filter: filterFrom(config, effective.value, options),
    problems,
    fqdnIdentitiesPerSelector: options.fqdnIdentitiesPerSelector,
    ...(options.tenantLabel === undefined ? {} : { tenantLabel: options.tenantLabel }),
    ...(profile.ok ? {} : { unknown: profile.error.reason }),
  };
}

/** The version of the agents: as told, else by the tag of the first image that has one. */
function profileFrom(options: SettingsOptions, agentImages: readonly string[]): Result<Profile, VersionError> {
  const version = versionIn(options, agentImages);
  if (version !== undefined) return profileOf(version);
  const reason = `the version of Cilium is not known: ${whatIsSeen(agentImages.map(oneImage))}`;
  return fail({ code: 'not-a-version', reason });
}

/** undefined: none of the images carries one. All else follows from it and from cilium-config. */
export function versionIn({ version }: SettingsOptions, agentImages: readonly string[]): CiliumVersion | undefined {
  if (version !== undefined) return version;
  for (const image of agentImages) {
    const tagged = parseVersion(tagOf(image));
    if (tagged.ok) return tagged.value;
  }
  return undefined;
}

function whatIsSeen(images: readonly string[]): string {
  if (images.length === 0) return 'no DaemonSet of the agent was seen';
  return `the agent runs ${images.join(', ')}, which carries no version`;
}

/** Text from outside, in a sentence. */
function oneImage(image: string): string {
  return image === '' ? 'no image' : image.slice(0, 256);
}

/** `quay.io/cilium/cilium:v1.20.2@sha256:...` -> `v1.20.2`; empty without a tag. */
function tagOf(image: string): string {
  const name = image.split('@', 1)[0] ?? '';
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(colon + 1) : '';
}

function filterFrom(config: AgentConfig, profile: Profile, options: SettingsOptions): FilterSetting {
  if (config.labelPrefixFile !== undefined && options.labelPrefixFile === undefined) {
    const reason = `label-prefix-file "${config.labelPrefixFile}" is set and its content is not given (cilium.labelPrefixFile)`;
    return { kind: 'unknown', reason };
  }
  const filter = parseLabelFilter({
    profile,
    ...(config.labels === undefined ? {} : { labels: config.labels }),
    ...(config.labelPrefixFile === undefined ? {} : { prefixFile: options.labelPrefixFile ?? '' }),
  });
  if (filter.ok) return { kind: 'known', filter: filter.value };
  const { error } = filter;
  return { kind: 'invalid', reason: `the next agent that restarts will refuse to start: ${error.reason}`, error };
}
