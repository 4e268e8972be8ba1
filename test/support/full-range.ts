/**
 * Clusters whose range of identities is used up to some point: with 511 clusters in a mesh a range has only 32,512 of them.
 */
import { ClusterStore } from '../../src/cluster/store.ts';
import { identityIn } from './churn.ts';
import { ciliumConfig, decoded, namespace, version, type Json } from './objects.ts';

/** Of such a cluster. */
export const RANGE = 32_512;
/** Each has so many identities, unused. */
export const OF_EACH_OTHER = 100;

/**
 * So many identities in the namespace `big`, and the rest of them in others that have OF_EACH_OTHER each. They differ in the
 * service account, which no label is blamed for.
 */
export function filledStore(inUse: number, big: number, ...objects: readonly Json[]): ClusterStore {
  const store = new ClusterStore({ version: version('1.20.2') });
  const apply = (raw: Json): void => void store.apply({ type: 'upsert', object: decoded(raw) });
  apply(ciliumConfig({ 'max-connected-clusters': '511' }));
  apply(namespace('big'));
  for (let index = 0; index < inUse; index += 1) {
    const owner = index < big ? 'big' : `other-${Math.floor((index - big) / OF_EACH_OTHER)}`;
    apply(identityIn(owner, 256 + index, { app: 'old' }, `account-${index}`));
  }
  for (const raw of objects) apply(raw);
  return store;
}
