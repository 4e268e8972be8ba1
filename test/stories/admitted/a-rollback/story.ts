/**
 * `kubectl rollout undo` of a Deployment whose every build has a label of its own. The revision of yesterday has no identity
 * any more, 200 builds of today wait for collection: one more new build would be stopped, the way back is not.
 */
import {
  deployment,
  madeByControllers,
  newNamespace,
  podOf,
  replicaSet,
  running,
  takenDown,
  times,
} from '../../applications.ts';
import type { Story } from '../../stage.ts';

const YESTERDAY = { path: 'shop/web', labels: { app: 'web', build: 'b1017' }, hash: '6b8f', replicas: 4 };
const TODAY = { ...YESTERDAY, labels: { app: 'web', build: 'b1217' }, hash: '7f9c' };

export const story: Story = {
  cluster: [newNamespace('shop'), ...running(TODAY), replicaSet({ ...YESTERDAY, replicas: 0 })],
  gone: times(200, (build) => podOf(`shop/web-${build}`, { app: 'web', build: `b${1018 + build}` })),
  steps: [{ put: deployment(YESTERDAY) }, ...madeByControllers(YESTERDAY), ...takenDown(TODAY)],
};
