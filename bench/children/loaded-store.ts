/**
 * The workload's file, or folder of files, in a store, the way `serve` loads them.
 */
import { ClusterStore, type StoreOptions } from '../../src/cluster/store.ts';
import { readFiles } from '../../src/sources/files.ts';

export async function loadedStore(file: string, options: StoreOptions = {}): Promise<ClusterStore> {
  const store = new ClusterStore(options);
  store.beginLoad();
  for await (const event of readFiles([file], { unread: 'cut' })) {
    if (event.type === 'object') store.apply({ type: 'upsert', object: event.object });
    else throw new Error(`the workload was not read as a whole: ${'reason' in event ? event.reason : event.type}`);
  }
  store.endLoad();
  return store;
}
