/**
 * A source of the cluster -> the model that `serve` judges by.
 */
import type { Config } from '../config/settings.ts';
import { Admissions } from '../review/ledger/admissions.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../server/metrics.ts';
import { Model } from '../server/model.ts';
import type { ClusterStore } from '../cluster/store.ts';
import type { ClusterSource } from './cluster-source.ts';
import { formatSettings, loadModel } from './load-model.ts';
import type { Progress } from './progress.ts';
import { CLOCK } from './steady-clock.ts';
import type { ServedModel } from './served-model.ts';
import { openLiveModel } from './live-model.ts';
import type { ServeOptions } from './serve-options.ts';

export interface OpenModelOptions {
  readonly options: ServeOptions;
  readonly config: Config;
  readonly source: ClusterSource;
  readonly replicas: number;
  readonly progress: Progress;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export async function openModel(parts: OpenModelOptions): Promise<ServedModel> {
  const { source, config, log, metrics } = parts;
  const modelOf = (store: ClusterStore): Model =>
    new Model(store, CLOCK, new Admissions({ clock: CLOCK, readyReplicas: () => parts.replicas }));
  return source.kind === 'live'
    ? openLiveModel({ cluster: source.cluster, config, modelOf, log, metrics })
    : readModel(parts, modelOf);
}

async function readModel(
  { options, config, progress }: OpenModelOptions,
  modelOf: (store: ClusterStore) => Model,
): Promise<ServedModel> {
  const { store, objects, notes } = await loadModel(options, config, progress);
  const model = modelOf(store);
  return {
    model,
    title: `${formatSettings(model.view().settings)}, ${objects} objects`,
    isFrozen: options.demo !== true,
    notes,
    notReady: () => undefined,
    close: () => Promise.resolve(),
  };
}
