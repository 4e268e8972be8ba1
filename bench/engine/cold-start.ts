/**
 * A cold start: from recorded lists to a store that answers, its first answers among it, and what it holds then.
 *
 * For a fresh process: code is cold, and the heap is small.
 */
import { admit } from '../../src/review/admit.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { CiliumVersion } from '../../src/cilium/profile.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { creationOf } from '../children/creation.ts';
import { ENFORCED } from '../children/enforced.ts';
import { loadedStore } from '../children/loaded-store.ts';
import type { EngineFigures } from '../children/protocol.ts';
import { cpuMs } from '../children/reporting.ts';
import { pod } from '../workload/pods.ts';

const MIB = 1024 * 1024;

export interface ColdStart {
  readonly store: ClusterStore;
  readonly figures: EngineFigures;
}

export async function coldStart(folder: string, version: CiliumVersion): Promise<ColdStart> {
  const heapBefore = usedHeapMiB();
  const start = cpuMs();
  const store = await loadedStore(folder, { version, tenantLabel: 'tenant' });
  const loaded = cpuMs();
  answerFirst(store);
  const ready = cpuMs();
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  const heapMiB = usedHeapMiB() - heapBefore;
  const rssMiB = process.memoryUsage.rss() / MIB;
  return { store, figures: { cpuMs: ready - start, 'first answer cpuMs': ready - loaded, heapMiB, rssMiB, peakMiB } };
}

/** A pod with an identity that nobody has: whatever is made when it is first asked for is made for it. */
function answerFirst(store: ClusterStore): void {
  const first = pod({ namespace: 'team-0', name: 'first', labels: { app: 'never-seen' } }, 'first', 0);
  runToEnd(admit(store.view(), creationOf(first), { settings: ENFORCED }));
}

/** What is still in use after a collection. */
function usedHeapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MIB;
}
