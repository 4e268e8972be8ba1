/**
 * The Lease that `--lease` names: of all replicas that name it, the one that holds it writes what may be written once.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { LeaseElector } from '../kubernetes/lease/lease-elector.ts';
import { WATCH_TIMING } from '../kubernetes/watch/watch-timing.ts';
import type { Logger } from '../log.ts';
import { FaultLog } from '../server/fault-log.ts';
import type { ClusterSource } from './cluster-source.ts';
import { CommandError } from './command-error.ts';
import { objectName } from './object-name.ts';
import type { ServeOptions } from './serve-options.ts';
import type { ServedModel } from './served-model.ts';

type Named = Pick<ServeOptions, 'lease'>;

const NAMED_BY = { flag: '--lease', kind: 'Lease' };

export function checkLease({ lease }: Named, { kind }: ClusterSource): void {
  if (lease === undefined) return;
  if (kind !== 'live') throw new CommandError(['--lease is held in a live cluster, and files have none']);
  objectName(lease, NAMED_BY);
}

export function servedLease({ lease }: Named, { connection }: ServedModel, log: Logger): LeaseElector | undefined {
  if (lease === undefined || connection === undefined) return undefined;
  const { clock, random, wait } = WATCH_TIMING;
  const faults = new FaultLog({ log, clock });
  // The name of the pod, for people; a container that is started again in it is another process.
  const identity = `${hostname()}_${randomUUID()}`;
  return new LeaseElector({
    connection,
    lease: objectName(lease, NAMED_BY),
    identity,
    clock,
    now: () => Date.now(),
    random,
    wait,
    onChange: (leads) => log.info(leads ? 'this replica leads' : 'this replica does not lead any more', { lease }),
    onFailure: (reason) => faults.warn('lease', 'the Lease cannot be held, and is tried again', { lease, reason }),
  });
}
