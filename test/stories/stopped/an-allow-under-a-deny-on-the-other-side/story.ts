/** The ledger takes nobody but the bank; what another team allows its own pods ends there. */
import { clusterwidePolicy, policy } from '../../../support/objects.ts';
import { newNamespace, running } from '../../applications.ts';
import type { Story } from '../../stage.ts';

export const story: Story = {
  cluster: [
    newNamespace('bank'),
    newNamespace('shop'),
    ...running({ path: 'bank/ledger', labels: { app: 'ledger' } }),
    ...running({ path: 'shop/api', labels: { app: 'api' } }),
    clusterwidePolicy('protect-ledger', {
      endpointSelector: { matchLabels: { app: 'ledger', 'k8s:io.kubernetes.pod.namespace': 'bank' } },
      ingressDeny: [
        {
          fromEndpoints: [
            { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values: ['bank'] }] },
          ],
        },
      ],
    }),
  ],
  steps: [
    {
      put: policy('shop/to-ledger', {
        endpointSelector: { matchLabels: { app: 'api' } },
        egress: [
          {
            toEndpoints: [{ matchLabels: { app: 'ledger', 'k8s:io.kubernetes.pod.namespace': 'bank' } }],
            toPorts: [{ ports: [{ port: '8443', protocol: 'TCP' }] }],
          },
        ],
      }),
    },
  ],
};
