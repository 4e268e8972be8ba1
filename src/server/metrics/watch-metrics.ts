/**
 * What is counted of the watches of a live cluster. Kinds are our own, or those of the configuration.
 */
import { Counter, type Registry } from 'prom-client';
import type { Kind } from '../../cilium/objects.ts';
import { PREFIX } from './prefix.ts';

export interface WatchMetrics {
  readonly watchFailed: (kind: Kind) => void;
  readonly undecodable: (kind: Kind) => void;
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
  return { watchFailed: (kind) => failures.inc({ kind }), undecodable: (kind) => undecodable.inc({ kind }) };
}
