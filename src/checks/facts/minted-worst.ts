/**
 * How many identities a change of namespace labels mints in the worst case.
 *
 * Each node that has a pod with a new key may mint one of its own, as agents that allocate through CiliumIdentity objects take
 * no lock (pkg/identity/cache). The operator makes one for a key, and a kvstore has locks.
 */
import type { Settings } from '../../cluster/settings.ts';
import type { MovedKey } from './relabelled-pods.ts';

/** Beyond one for each key. */
export function spareOf(minted: readonly MovedKey[], settings: Settings): number {
  if (!mayDuplicate(settings)) return 0;
  return minted.reduce((sum, { pods }) => sum + Math.max(0, nodesOf(pods) - 1), 0);
}

function nodesOf(pods: MovedKey['pods']): number {
  return new Set(pods.map(({ nodeName }) => nodeName).filter((node) => node !== '')).size;
}

function mayDuplicate({ config }: Settings): boolean {
  const inObjects = config.identityAllocationMode === 'crd' || config.identityAllocationMode === 'doublewrite-readcrd';
  return inObjects && config.identityManagementMode !== 'operator';
}
