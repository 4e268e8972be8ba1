/** 900 identities of a cluster of average size, and a rule that lists 24 ports for all of them: 21,600 entries of 16,384. */
import { policy } from '../../../support/objects.ts';
import { newNamespace, podOf, running, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

export const story: Story = {
  cluster: [
    newNamespace('shop'),
    ...running({ path: 'shop/api', labels: { app: 'api' } }),
    ...times(30, (index) => [
      newNamespace(`team-${index}`),
      ...times(30, (app) => podOf(`team-${index}/app-${app}`, { app: `app-${app}` })),
    ]).flat(),
  ],
  steps: [
    {
      put: policy('shop/api', {
        endpointSelector: { matchLabels: { app: 'api' } },
        ingress: [
          {
            fromEndpoints: [{ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] }],
            toPorts: [{ ports: times(24, (index) => ({ port: String(8_001 + 2 * index), protocol: 'TCP' })) }],
          },
        ],
      }),
    },
  ],
};
