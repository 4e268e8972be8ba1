/**
 * Events on owners, where `--owner-events` asks for them: written to the cluster whose model is served.
 */
import type { Logger } from '../log.ts';
import { FaultLog } from '../server/fault-log.ts';
import type { Metrics } from '../server/metrics.ts';
import { OwnerEvents } from '../server/owner-events.ts';
import type { ClusterSource } from './cluster-source.ts';
import { CommandError } from './command-error.ts';
import type { ServeOptions } from './serve-options.ts';
import type { ServedModel } from './served-model.ts';
import { CLOCK } from './steady-clock.ts';

type Asked = Pick<ServeOptions, 'ownerEvents'>;

export function checkOwnerEvents({ ownerEvents }: Asked, { kind }: ClusterSource): void {
  if (ownerEvents !== true || kind === 'live') return;
  throw new CommandError(['--owner-events are written to a live cluster, and files take none']);
}

export function servedOwnerEvents(
  { ownerEvents }: Asked,
  { connection }: ServedModel,
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
): OwnerEvents | undefined {
  if (ownerEvents !== true || connection === undefined) return undefined;
  const faults = new FaultLog({ log, clock: CLOCK });
  return new OwnerEvents({ connection, clock: CLOCK, now: () => Date.now(), faults, metrics });
}
