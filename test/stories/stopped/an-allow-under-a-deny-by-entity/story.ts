/** Pods of databases may not reach the internet; a team lets its backup job send there. */
import { clusterwidePolicy, policy } from '../../../support/objects.ts';
import { newNamespace, running } from '../../applications.ts';
import type { Story } from '../../stage.ts';

export const story: Story = {
  cluster: [
    newNamespace('orders'),
    ...running({ path: 'orders/db', labels: { app: 'db', tier: 'database' } }),
    clusterwidePolicy('databases-stay-inside', {
      endpointSelector: { matchLabels: { tier: 'database' } },
      egressDeny: [{ toEntities: ['world'] }],
      enableDefaultDeny: { ingress: false, egress: false },
    }),
  ],
  steps: [
    {
      put: policy('orders/backup', {
        endpointSelector: { matchLabels: { app: 'db', tier: 'database' } },
        egress: [{ toEntities: ['world'], toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] }],
      }),
    },
  ],
};
