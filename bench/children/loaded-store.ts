/**
 * The workload's file in a store, the way `serve` loads one.
 */
import { ClusterStore } from '../../src/cluster/store.ts';
import { readFiles } from '../../src/sources/files.ts';

export async function loadedStore(file: string): Promise<ClusterStore> {
  const store = new ClusterStore();
  for await (const event of readFiles([file])) {
    if (event.type === 'object') store.apply({ type: 'upsert', object: event.object });
    else throw new Error(`the workload was not read as a whole: ${'reason' in event ? event.reason : event.type}`);
  }
  return store;
}
