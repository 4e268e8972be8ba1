/**
 * One start: the workload's file into a store, or, for comparison, into JavaScript objects by JSON.parse.
 *
 * A process does one of the two, once: the second time would find warm code and a grown heap.
 */
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { admit } from '../../src/review/admit.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { creationOf } from './creation.ts';
import { argument } from './argument.ts';
import { ENFORCED } from './enforced.ts';
import { loadedStore } from './loaded-store.ts';
import { cpuMs, report } from './reporting.ts';
import type { StartUpFigures } from './protocol.ts';
import { churned } from '../workload/plan.ts';
import { pod, type Deployment } from '../workload/pods.ts';

const MIB = 1024 * 1024;

async function figuresOf(what: string, file: string): Promise<StartUpFigures> {
  const heapBefore = usedHeapMiB();
  const startCpuMs = cpuMs();
  const start = performance.now();
  const held: unknown = what === 'load' ? await loadedStore(file) : JSON.parse(await readFile(file, 'utf8'));
  const wallMs = performance.now() - start;
  const loadCpuMs = cpuMs() - startCpuMs;
  const rssMiB = process.memoryUsage.rss() / MIB;
  const heapMiB = usedHeapMiB() - heapBefore;
  const first = what === 'load' ? firstDecisions(held as ClusterStore) : undefined;
  return { cpuMs: loadCpuMs, wallMs, rssMiB, heapMiB, ...first };
}

/** What is still in use after a collection. */
function usedHeapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MIB;
}

/** Code is cold, and the first pod with a new identity makes all policy classes. */
function firstDecisions(store: ClusterStore): Pick<StartUpFigures, 'firstKnownMs' | 'firstNewMs'> {
  const unseen = { namespace: 'team-1', name: 'first', labels: { app: 'never-seen' } };
  return { firstKnownMs: decisionMs(store, churned('current', 1)), firstNewMs: decisionMs(store, unseen) };
}

function decisionMs(store: ClusterStore, like: Omit<Deployment, 'replicas'>): number {
  const submission = creationOf(pod(like, 'first', 0));
  const start = performance.now();
  runToEnd(admit(store.view(), submission, { settings: ENFORCED }));
  return performance.now() - start;
}

report({ type: 'start-up', figures: await figuresOf(argument(0), argument(1)) });
