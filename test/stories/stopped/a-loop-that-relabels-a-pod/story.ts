/** An operator writes the time of its last look into a label of a pod, every five seconds. */
import { newNamespace, podOf, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const LABELS = { app: 'orders' };
const OPERATOR = 'system:serviceaccount:operators:sync-operator';

export const story: Story = {
  cluster: [newNamespace('orders'), podOf('orders/orders-0', LABELS)],
  steps: times(20, (look) => [
    { put: podOf('orders/orders-0', { ...LABELS, 'last-sync': `20261123T0900${look}` }), by: OPERATOR },
    { pass: { seconds: 5 } },
  ]).flat(),
};
