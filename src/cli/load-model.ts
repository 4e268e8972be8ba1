/**
 * Files -> a store that is filled and ready to be asked.
 *
 * Everything that is wrong with the input comes back at once, each with its place: a model with holes would give answers
 * that look sure and are not.
 */
import { fileURLToPath } from 'node:url';
import type { Kind } from '../cilium/objects.ts';
import { assumptionAbout } from '../cilium/profile.ts';
import { ClusterStore } from '../cluster/store.ts';
import { settingsName, type Settings } from '../cluster/settings.ts';
import { customKindsOf, modelSettings, type Config } from '../config/settings.ts';
import { readFiles } from '../sources/files.ts';
import { formatOrigin, type FileEvent } from '../sources/file-event.ts';
import { CommandError } from './command-error.ts';
import type { SourceOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { Skipped } from './skipped.ts';

export interface LoadedModel {
  readonly store: ClusterStore;
  readonly objects: number;
  /** What the person should know about the source: what was skipped, assumed or derived. */
  readonly notes: readonly string[];
}

/** `examples/demo-cluster` of this package, from source and from dist alike. */
const DEMO_CLUSTER = fileURLToPath(new URL('../../examples/demo-cluster', import.meta.url));

/** `reported`: the command tells of a label filter that no agent takes; else that is a fault of the input. */
export type FilterFaults = 'refused' | 'reported';

export async function loadModel(
  options: SourceOptions,
  config: Config,
  progress: Progress,
  filterFaults: FilterFaults = 'refused',
): Promise<LoadedModel> {
  const paths = sourcePaths(options);
  const store = new ClusterStore(modelSettings(config));
  const reading = new Reading(store, config.cilium.namespace);
  store.beginLoad();
  for await (const event of readFiles(paths, { customKinds: customKindsOf(config), unread: 'cut' })) {
    reading.take(event);
    progress.count(reading.objects);
  }
  store.endLoad();
  progress.done();
  reading.refuseProblems(paths, filterFaults);
  return { store, objects: reading.objects, notes: reading.notes() };
}

/** The paths to read; nothing named is an error, and never the demo. */
export function sourcePaths({ cluster, demo }: Pick<SourceOptions, 'cluster' | 'demo'>): readonly string[] {
  if (demo === true && cluster !== undefined) throw new CommandError(['--demo and --cluster exclude each other']);
  if (demo === true) return [DEMO_CLUSTER];
  if (cluster !== undefined) return cluster;
  throw new CommandError(['no source of the cluster is named: give --cluster PATH, or --demo for the demo cluster']);
}

type ObjectEvent = Extract<FileEvent, { readonly type: 'object' }>;

class Reading {
  readonly #store: ClusterStore;
  readonly #ciliumNamespace: string;
  readonly #problems: string[] = [];
  readonly #skipped = new Skipped();
  readonly #kinds = new Set<Kind>();
  #config: ObjectEvent | undefined;
  objects = 0;

  constructor(store: ClusterStore, ciliumNamespace: string) {
    this.#store = store;
    this.#ciliumNamespace = ciliumNamespace;
  }

  take(event: FileEvent): void {
    switch (event.type) {
      case 'object':
        this.#object(event);
        break;
      case 'dns-cache':
        this.#store.apply({ type: 'dns-cache', agent: event.agent, answers: event.answers });
        break;
      case 'note':
        this.#skipped.remark(event);
        break;
      case 'skipped':
        this.#skipped.add(event);
        break;
      case 'problem':
        this.#problems.push(`${formatOrigin(event.origin)} ${event.reason}`);
        break;
    }
  }

  notes(): readonly string[] {
    const { settings, others } = this.#store.view();
    const { problems, profile, unsettled } = settings;
    const assumed = assumptionAbout(profile.version);
    return [
      ...this.#skipped.notes('the cluster'),
      ...(assumed === undefined ? [] : [assumed]),
      ...severalSettings([settings, ...others.map((other) => other.settings)]),
      ...(unsettled === undefined ? [] : [unsettled]),
      ...(this.#config === undefined ? [NO_CONFIG] : []),
      ...problems.map(({ key, reason }) => `${this.#place(key)} ${key} of cilium-config: ${reason}`),
      ...this.#derivedIdentities(settings),
    ];
  }

  #derivedIdentities({ config }: Settings): readonly string[] {
    if (config.identityAllocationMode === 'kvstore') return [IN_KVSTORE];
    return this.#kinds.has('Pod') && !this.#kinds.has('CiliumIdentity') ? [DERIVED] : [];
  }

  /** Ends the command where the input has holes: a fault of what was read hides what it would have said. */
  refuseProblems(paths: readonly string[], filterFaults: FilterFaults): void {
    const problems = this.#problems.length > 0 ? this.#problems : this.#settingsProblems(filterFaults);
    if (problems.length === 0 && this.objects === 0) {
      throw new CommandError([this.#skipped.nothingBut('the source holds no object that is read', paths)]);
    }
    if (problems.length > 0) throw new CommandError(problems);
  }

  #object(event: ObjectEvent): void {
    const { object } = event;
    this.objects += 1;
    this.#kinds.add(object.kind);
    const isConfig = object.kind === 'ConfigMap' && object.name === 'cilium-config';
    if (isConfig && object.namespace === this.#ciliumNamespace) this.#config = event;
    this.#store.apply({ type: 'upsert', object });
  }

  /** An unknown version, a label filter that no agent takes. */
  #settingsProblems(filterFaults: FilterFaults): readonly string[] {
    const { unknown, filter } = this.#store.view().settings;
    const isRefused = filter.kind === 'invalid' && filterFaults === 'refused';
    return [
      ...(unknown === undefined || this.objects === 0 ? [] : [`${unknown} (--cilium-version X.Y.Z sets it)`]),
      ...(isRefused ? [`${this.#place('labels')} labels of cilium-config: ${filter.reason}`] : []),
    ];
  }

  /** Of a key of cilium-config. */
  #place(key: string): string {
    if (this.#config === undefined) return 'cilium-config:';
    const { file } = this.#config.origin;
    return formatOrigin({ file, line: this.#config.lineOf(`data.${key}`) });
  }
}

const NO_CONFIG = 'the source holds no cilium-config: every option of the agent is taken to have its default';
const DERIVED = 'the source holds no CiliumIdentity: identities are derived from its pods, with made-up numbers';

const IN_KVSTORE =
  'agents keep identities in a kvstore: those of pods and of CiliumEndpoints are known, and there may be more that wait for collection';

/** An upgrade is under way, or a change of cilium-config. */
function severalSettings(all: readonly Settings[]): readonly string[] {
  const [main, ...others] = all.map(settingsName);
  if (others.length === 0) return [];
  return [
    `agents run with ${main ?? ''} and with ${others.join(' and ')}: a violation has to be one with each of them; ` +
      'everything else is told as with the first',
  ];
}

/** `Cilium 1.19.7, cluster "default"` */
export function formatSettings(settings: Settings): string {
  return `${settingsName(settings)}, cluster "${settings.config.clusterName}"`;
}
