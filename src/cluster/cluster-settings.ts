/**
 * The settings of one cluster: those that agents run with from their next start on, and those that some run with still.
 *
 * An upgrade, or a change of cilium-config, goes from agent to agent. Meanwhile what holds has to hold under each of the settings.
 * Invariant: no two of them behave the same; where one is not known, all is unknown.
 * Cost: O(what agents run), each different version read once, whatever else the images are.
 */
import { getOrMake } from '../cilium/get-or-make.ts';
import { formatVersion } from '../cilium/profile.ts';
import { isSameValue } from '../cilium/same-value.ts';
import type { AgentRun, ConfigState } from './agents.ts';
import { deriveSettings, versionIn, type Settings, type SettingsOptions } from './settings.ts';

export interface ClusterSettings {
  readonly main: Settings;
  /** None unless an upgrade or a change is under way. */
  readonly others: readonly Settings[];
}

export interface AgentSources {
  /** Images of the DaemonSets of agents. */
  readonly daemonSets: readonly (readonly string[])[];
  /** What cilium-config says now. */
  readonly config: ConfigState;
  /** What the pods of agents run. */
  readonly runs: readonly AgentRun[];
}

/** As many are compared; each costs a model of its own. */
const MOST_SETTINGS = 3;

export function deriveClusterSettings(epoch: number, options: SettingsOptions, sources: AgentSources): ClusterSettings {
  const { config, daemonSets, runs } = sources;
  const known = new Map<ConfigState, Map<string, Settings>>();
  const derived = (images: readonly string[], state: ConfigState = config): Settings => {
    const version = versionIn(options, images);
    const ofState = getOrMake(known, state, () => new Map<string, Settings>());
    return getOrMake(ofState, version === undefined ? '' : formatVersion(version), () =>
      deriveSettings(epoch, options, { configMap: { data: state.data }, agentImages: images }),
    );
  };
  const planned = daemonSets.length > 0 ? daemonSets : runs.map(({ images }) => images);
  const [main = derived([]), ...others] = planned.map((images) => derived(images)).sort(newestFirst);
  const running = runs.map((run) => ({ ...derived(run.images, run.config), ...formerConfig(run, config) }));
  const isUnsettled = runs.some((run) => run.config === undefined);
  return compared({
    main: isUnsettled ? { ...main, unsettled: CONFIG_NOT_SEEN } : main,
    others: [...others, ...running],
  });
}

const CONFIG_NOT_SEEN =
  'cilium-config was changed after agents had read it, and what it said then is not known: they read it when they restart';

function formerConfig({ config }: AgentRun, now: ConfigState): Pick<Settings, 'formerConfig'> {
  return config === undefined || config === now ? {} : { formerConfig: true };
}

/** Whatever came in first. */
function newestFirst(a: Settings, b: Settings): number {
  const [one, other] = [a.profile.version, b.profile.version];
  return other.major - one.major || other.minor - one.minor || other.patch - one.patch;
}

function compared({ main, others }: ClusterSettings): ClusterSettings {
  const unknown = [main, ...others].find((settings) => settings.unknown !== undefined)?.unknown;
  if (unknown !== undefined) return { main: { ...main, unknown }, others: [] };
  const distinct: Settings[] = [];
  for (const settings of others) {
    if (![main, ...distinct].some((other) => behavesAs(settings, other))) distinct.push(settings);
  }
  if (distinct.length < MOST_SETTINGS) return { main, others: distinct };
  const tooMany = `agents run with ${distinct.length + 1} versions or configurations at once, and ${MOST_SETTINGS} at most are compared`;
  return { main: { ...main, unknown: tooMany }, others: [] };
}

/** In everything that the model looks at. */
function behavesAs(one: Settings, other: Settings): boolean {
  return isSameValue(behaviour(one), behaviour(other));
}

function behaviour({ profile, config }: Settings): unknown {
  return { profile: { ...profile, version: undefined }, config: configOf(config) };
}

/** A set is compared by its members. */
function configOf(config: Settings['config']): unknown {
  return { ...config, policyKinds: [...config.policyKinds].sort() };
}

/** Nothing has to be derived again for such a difference. */
export function isSameClusterSettings(one: ClusterSettings, other: ClusterSettings): boolean {
  return isSameValue(contentOf(one), contentOf(other));
}

function contentOf({ main, others }: ClusterSettings): unknown {
  return [main, ...others].map(({ profile, config, problems, unknown, unsettled, formerConfig }) => [
    profile,
    configOf(config),
    problems,
    unknown,
    unsettled,
    formerConfig,
  ]);
}
