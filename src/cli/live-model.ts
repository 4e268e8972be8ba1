/**
 * A live cluster as the model of a webhook: what its watches tell goes into the store, and how they stand into the log.
 *
 * The model is there at once, and empty: until every kind was listed once the webhook is not ready, and whoever asks it all the same
 * is not denied. A cluster that cannot be reached is asked again, for as long as this runs.
 */
import type { Kind } from '../cilium/objects.ts';
import { ClusterStore } from '../cluster/store.ts';
import type { ClusterEvent } from '../cluster/events.ts';
import { customKindsOf, modelSettings, type Config } from '../config/settings.ts';
import { connectTo } from '../kubernetes/api/api-connection.ts';
import { openCluster, type ClusterChoice } from '../kubernetes/api/client.ts';
import type { Logger } from '../log.ts';
import { FaultLog } from '../server/fault-log.ts';
import type { Metrics } from '../server/metrics.ts';
import { ModelCatchUp } from '../server/model-catch-up.ts';
import type { Model } from '../server/model.ts';
import type { KindListener, KindStanding } from '../sources/live/kind-feed.ts';
import { openLiveSource, type LiveSource } from '../sources/live/live-source.ts';
import { CommandError } from './command-error.ts';
import { formatSettings } from './load-model.ts';
import { CLOCK } from './steady-clock.ts';
import type { ServedModel } from './served-model.ts';

export interface LiveModelOptions {
  readonly cluster: ClusterChoice;
  readonly config: Config;
  readonly modelOf: (store: ClusterStore) => Model;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'watchFailed' | 'undecodable'>;
}

/** More kinds than this are counted. */
const MOST_NAMED = 5;

export async function openLiveModel({
  cluster,
  config,
  modelOf,
  log,
  metrics,
}: LiveModelOptions): Promise<ServedModel> {
  const access = await openCluster(cluster);
  if (!access.ok) throw new CommandError([access.error]);
  const model = modelOf(new ClusterStore({ ...modelSettings(config), clock: () => Date.now() }));
  const catchUp = new ModelCatchUp(model, CLOCK);
  const events = new ModelEvents(model, catchUp, log);
  const connection = connectTo(access.value);
  const source = openLiveSource({
    connection,
    ciliumNamespace: config.cilium.namespace,
    customKinds: customKindsOf(config),
    listener: { ...listenerOf(model, log, metrics), apply: (event) => events.take(event, source) },
  });
  void source.whenListed.then(() => catchUp.start());
  return {
    model,
    title: `of ${access.value.server.origin}, kept up by its watches`,
    isFrozen: false,
    notes: [],
    notReady: () => notListed(source) ?? (catchUp.wasDone ? undefined : 'policy classes are being made'),
    connection,
    close: async () => {
      catchUp.stop();
      await source.stop();
    },
  };
}

/** Events go into the model, which catches up with those that change everything, and the log hears once of what it is then. */
class ModelEvents {
  readonly #model: Model;
  readonly #catchUp: ModelCatchUp;
  readonly #log: Logger;
  #settings = '';

  constructor(model: Model, catchUp: ModelCatchUp, log: Logger) {
    this.#model = model;
    this.#catchUp = catchUp;
    this.#log = log;
  }

  take(event: ClusterEvent, source: LiveSource): void {
    const { rebuilt } = this.#model.apply(event);
    if (rebuilt && this.#catchUp.wasDone) void this.#catchUp.start();
    if (!rebuilt && this.#settings !== '') return;
    if (event.type === 'synced' || this.#settings !== '') this.#tellOf(source);
  }

  /** Before everything is listed the settings are not those of the cluster. */
  #tellOf(source: LiveSource): void {
    if (source.unlisted().length > 1) return;
    const { settings } = this.#model.view();
    const text = settings.unknown ?? formatSettings(settings);
    if (text === this.#settings) return;
    this.#settings = text;
    if (settings.unknown === undefined) this.#log.info('the model is that of the cluster', { model: text });
    else this.#log.error('nothing can be predicted: everything is recorded as unknown', { reason: text });
  }
}

function listenerOf(model: Model, log: Logger, metrics: LiveModelOptions['metrics']): Omit<KindListener, 'apply'> {
  const faults = new FaultLog({ log, clock: CLOCK });
  return {
    alive: (kind) => model.freshness.sign(kind),
    awaited: (kind) => model.freshness.awaited(kind),
    unserved: (kind) => model.freshness.unwatched(kind),
    undecodable: (kind, name, reason) => {
      metrics.undecodable(kind);
      faults.warn(`object ${kind}`, 'an object of the cluster cannot be read: the model does not have it', {
        kind,
        name,
        reason,
      });
    },
    standing: (kind, standing) => {
      if (standing.state === 'failing') metrics.watchFailed(kind);
      tellStanding(kind, standing, { faults, log });
    },
  };
}

function tellStanding(kind: Kind, standing: KindStanding, { faults, log }: { faults: FaultLog; log: Logger }): void {
  if (standing.state === 'failing') {
    faults.warn(`watch ${kind}`, 'a watch fails, and is tried again', { kind, reason: standing.reason });
  } else log.debug('a watch', { kind, state: standing.state });
}

/** `not listed yet: Pod, CiliumIdentity and 3 more kinds; Pod: the API server answers 403: ...` */
function notListed(source: LiveSource): string | undefined {
  const kinds = source.unlisted();
  if (kinds.length === 0) return undefined;
  const named = kinds.slice(0, MOST_NAMED).map(({ kind }) => kind);
  const more = kinds.length > MOST_NAMED ? ` and ${kinds.length - MOST_NAMED} more kinds` : '';
  const failing = kinds.find(({ reason }) => reason !== undefined);
  const reason = failing === undefined ? '' : `; ${failing.kind}: ${failing.reason ?? ''}`;
  return `not listed yet: ${named.join(', ')}${more}${reason}`;
}
