/**
 * The API has no pods at night, and its identity is collected by the morning. The many versions of the last hour wait for
 * collection: the autoscaler did not write the version, so that it is not stopped for it.
 */
import { deployment, madeByControllers, newNamespace, podOf, running, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const NIGHT = { path: 'shop/api', labels: { app: 'api', version: 'v340' }, replicas: 0 };
const MORNING = { ...NIGHT, replicas: 24 };

export const story: Story = {
  cluster: [newNamespace('shop'), ...running(NIGHT), ...running({ path: 'shop/web', labels: { app: 'web' } })],
  gone: times(340, (build) => podOf(`shop/api-${build}`, { app: 'api', version: `v${build}` })),
  steps: [
    { put: deployment(MORNING), by: 'system:serviceaccount:kube-system:horizontal-pod-autoscaler' },
    ...madeByControllers(MORNING),
  ],
};
