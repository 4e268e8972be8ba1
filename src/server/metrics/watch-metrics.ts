/**
 * What is counted of a live cluster: its watches, who leads, and the Events that are written to it. Kinds are our own, or those of the configuration.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Kind } from '../../cilium/objects.ts';
import { PREFIX } from './prefix.ts';

/** `known`: another replica has written it. `dropped`: there were too many. */
export type OwnerEventResult = 'written' | 'known' | 'failed' | 'dropped';

export interface WatchMetrics {
  readonly watchFailed: (kind: Kind) => void;
  readonly undecodable: (kind: Kind) => void;
  readonly leader: (leads: boolean) => void;
  readonly ownerEvent: (result: OwnerEventResult) => void;
}

export function watchMetrics(registry: Registry): WatchMetrics {
  const registers = [registry];
  const failures = new Counter({
    name: `${PREFIX}watch_failures_total`,
    help: 'Times that the watch of a kind began to fail, or failed for another reason; it is tried again.',
    labelNames: ['kind'],
    registers,
  });
  const undecodable = new Counter({
    name: `${PREFIX}undecodable_objects_total`,
    help: 'Objects of the cluster that could not be read, and that the model does not have, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const ownerEvents = new Counter({
    name: `${PREFIX}owner_events_total`,
    help: 'Events about denials to controllers, on the owners of what was denied: written, known (by another replica), failed or dropped.',
    labelNames: ['result'],
    registers,
  });
  const leader = new Gauge({
    name: `${PREFIX}leader`,
    help: '1 while this replica holds the Lease of --lease, else 0; the sum over all replicas is 1, or 0 for moments.',
    registers,
  });
  return {
    leader: (leads) => leader.set(leads ? 1 : 0),
    watchFailed: (kind) => failures.inc({ kind }),
    undecodable: (kind) => undecodable.inc({ kind }),
    ownerEvent: (result) => ownerEvents.inc({ result }),
  };
}
