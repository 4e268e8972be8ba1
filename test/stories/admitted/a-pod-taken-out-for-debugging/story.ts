/** `kubectl label pod web-... app-`, then a look at it, then `app=web` again; the ReplicaSet makes another pod meanwhile. */
import { ownerRef } from '../../../support/churn.ts';
import { CONTROLLERS, newNamespace, podOf, podsOf, running, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const WEB = { path: 'shop/web', labels: { app: 'web', tier: 'front' } };
const OWNER = ownerRef('ReplicaSet', 'shop/web-5d9c7b8f6d');
const HASH = { 'pod-template-hash': '5d9c7b8f6d' };

export const story: Story = {
  cluster: [newNamespace('shop'), ...running(WEB)],
  gone: times(80, (run) => podOf(`shop/test-${run}`, { app: 'test', run: `r${run}` })),
  steps: [
    { put: podOf('shop/web-5d9c7b8f6d-0', { tier: 'front', ...HASH }, OWNER) },
    ...podsOf({ ...WEB, replicas: 1 }, 3).map((put) => ({ put, by: CONTROLLERS.replicaSet })),
    { put: podOf('shop/web-5d9c7b8f6d-0', { ...WEB.labels, ...HASH }, OWNER) },
  ],
};
