/** Patroni writes the role of each member into a label of its pod, whenever the leader changes: three times in ten minutes. */
import { ownerRef } from '../../../support/churn.ts';
import { newNamespace, podOf, templateOf, times, workload } from '../../applications.ts';
import type { Json } from '../../../support/objects.ts';
import type { Step, Story } from '../../stage.ts';

const CLUSTER = { application: 'spilo', 'cluster-name': 'orders' };
const PATRONI = 'system:serviceaccount:orders:postgres-pod';

function member(index: number, leader: number | undefined): Json {
  const role = leader === undefined ? {} : { 'spilo-role': index === leader ? 'master' : 'replica' };
  const own = { 'statefulset.kubernetes.io/pod-name': `orders-${index}` };
  return podOf(`orders/orders-${index}`, { ...CLUSTER, ...own, ...role }, ownerRef('StatefulSet', 'orders/orders'));
}

function elected(leader: number): readonly Step[] {
  return [...times(3, (index) => ({ put: member(index, leader), by: PATRONI })), { pass: { seconds: 120 } }];
}

export const story: Story = {
  cluster: [
    newNamespace('orders'),
    workload('apps/v1', 'StatefulSet', 'orders/orders', {
      spec: { replicas: 3, selector: { matchLabels: CLUSTER }, template: templateOf(CLUSTER) },
    }),
    ...times(3, (index) => member(index, undefined)),
  ],
  steps: [0, 1, 2, 0].flatMap(elected),
};
