/**
 * Files -> a store that is filled and ready to be asked.
 *
 * Everything that is wrong with the input comes back at once, each with its place: a model with holes would give answers
 * that look sure and are not.
 */
import { fileURLToPath } from 'node:url';
import { ClusterStore } from '../cluster/store.ts';
import type { Settings } from '../cluster/settings.ts';
import type { Config } from '../config/settings.ts';
import { readFiles } from '../sources/files.ts';
import { formatOrigin, type FileEvent } from '../sources/manifest-objects.ts';
import { CommandError } from './command-error.ts';
import type { SourceOptions } from './options.ts';
import type { Progress } from './progress.ts';

export interface LoadedModel {
  readonly store: ClusterStore;
  readonly objects: number;
  /** What was read and left out: `12 x Deployment of apps/v2 is not read`. */
  readonly skipped: readonly string[];
}

/** `examples/demo-cluster` of this package, from source and from dist alike. */
export const DEMO_CLUSTER = fileURLToPath(new URL('../../examples/demo-cluster', import.meta.url));

const MOST_PROBLEMS = 20;

export async function loadModel(options: SourceOptions, config: Config, progress: Progress): Promise<LoadedModel> {
  const paths = sourcePaths(options);
  const { version, namespace, labelPrefixFile } = config.cilium;
  const store = new ClusterStore({
    ciliumNamespace: namespace,
    ...(version === 'auto' ? {} : { version }),
    ...(labelPrefixFile === undefined ? {} : { labelPrefixFile }),
  });
  const reading = new Reading(store);
  for await (const event of readFiles(paths)) {
    reading.take(event);
    progress.count(reading.objects);
  }
  progress.done();
  reading.refuseProblems();
  return { store, objects: reading.objects, skipped: reading.skipped() };
}

/** The paths to read; nothing named is an error, and never the demo. */
function sourcePaths({ cluster, demo }: SourceOptions): readonly string[] {
  if (demo === true && cluster !== undefined) throw new CommandError(['--demo and --cluster exclude each other']);
  if (demo === true) return [DEMO_CLUSTER];
  if (cluster !== undefined) return cluster;
  throw new CommandError(['no source of the cluster is named: give --cluster PATH, or --demo for the demo cluster']);
}

class Reading {
  readonly #store: ClusterStore;
  readonly #problems: string[] = [];
  readonly #skipped = new Map<string, number>();
  #config: Extract<FileEvent, { type: 'object' }> | undefined;
  objects = 0;

  constructor(store: ClusterStore) {
    this.#store = store;
  }

  take(event: FileEvent): void {
    switch (event.type) {
      case 'object':
        this.objects += 1;
        if (event.object.kind === 'ConfigMap' && event.object.name === 'cilium-config') this.#config = event;
        this.#store.apply({ type: 'upsert', object: event.object });
        break;
      case 'skipped':
        this.#skipped.set(event.reason, (this.#skipped.get(event.reason) ?? 0) + event.count);
        break;
      case 'problem':
        this.#problems.push(`${formatOrigin(event.origin)} ${event.reason}`);
        break;
    }
  }

  skipped(): readonly string[] {
    return [...this.#skipped].map(([reason, count]) => `${count} x ${reason}`);
  }

  /** Ends the command where the input has holes: unreadable objects, an unknown version, a label filter that no agent takes. */
  refuseProblems(): void {
    const { settings } = this.#store.view();
    const problems = [...this.#problems];
    if (settings.unknown !== undefined) problems.push(`${settings.unknown}; name it with --cilium-version`);
    if (settings.filter.kind === 'invalid') problems.push(`${this.#place('data.labels')} ${settings.filter.reason}`);
    if (problems.length === 0) return;
    const shown = problems.slice(0, MOST_PROBLEMS);
    const rest = problems.length - shown.length;
    throw new CommandError(rest === 0 ? shown : [...shown, `... and ${rest} more`]);
  }

  #place(field: string): string {
    if (this.#config === undefined) return 'cilium-config:';
    return formatOrigin({ file: this.#config.origin.file, line: this.#config.lineOf(field) });
  }
}

/** `Cilium 1.19.7, cluster "default"` */
export function formatSettings(settings: Settings): string {
  const { major, minor, patch } = settings.profile.version;
  return `Cilium ${major}.${minor}.${patch}, cluster "${settings.config.clusterName}"`;
}
