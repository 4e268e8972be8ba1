/**
 * A node is drained in the middle of a rollout: its pods come again elsewhere, of both revisions, and a database of a
 * StatefulSet with them. The namespace holds many unused identities, and its tenant has as many as it may have.
 */
import { ownerRef } from '../../../support/churn.ts';
import {
  CONTROLLERS,
  newNamespace,
  podOf,
  podsOf,
  running,
  templateOf,
  times,
  workload,
  type Application,
} from '../../applications.ts';
import type { Step, Story } from '../../stage.ts';

const OLD: readonly Application[] = times(12, (index) => ({
  path: `shop/service-${index}`,
  labels: { app: `service-${index}`, version: 'v1' },
  hash: '6b8f',
}));
const DATABASE = { app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' };

/** Evicted, and made anew by its controller under another name. */
function moved(application: Application): readonly Step[] {
  const [evicted] = podsOf(application);
  const [again] = podsOf({ ...application, replicas: 1 }, 10);
  return [
    ...(evicted === undefined ? [] : [{ remove: evicted }]),
    ...(again === undefined ? [] : [{ put: again, by: CONTROLLERS.replicaSet }]),
  ];
}

const DATABASE_POD = podOf('shop/db-0', DATABASE, ownerRef('StatefulSet', 'shop/db'));

export const story: Story = {
  cluster: [
    newNamespace('shop'),
    ...OLD.flatMap(running),
    workload('apps/v1', 'StatefulSet', 'shop/db', {
      spec: { replicas: 1, selector: { matchLabels: { app: 'db' } }, template: templateOf({ app: 'db' }) },
    }),
    DATABASE_POD,
  ],
  gone: times(160, (build) => podOf(`shop/old-${build}`, { app: 'service-3', version: `build-${build}` })),
  settings: { identityBudget: 13 },
  steps: [...OLD.flatMap(moved), { remove: DATABASE_POD }, { put: DATABASE_POD, by: CONTROLLERS.statefulSet }],
};
