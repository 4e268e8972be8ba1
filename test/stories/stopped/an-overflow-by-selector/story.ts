/**
 * Two months ago the cluster had 400 identities, and a policy of a handful of ports fitted. It selects the whole cluster, which
 * has 3,000 now; the team adds the ports of its metrics.
 */
import { policy, type Json } from '../../../support/objects.ts';
import { newNamespace, podOf, running, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

function api(ports: readonly number[]): Json {
  return policy('shop/api', {
    endpointSelector: { matchLabels: { app: 'api' } },
    ingress: [
      {
        fromEntities: ['cluster'],
        toPorts: [{ ports: ports.map((port) => ({ port: String(port), protocol: 'TCP' })) }],
      },
    ],
  });
}

export const story: Story = {
  cluster: [
    newNamespace('shop'),
    ...running({ path: 'shop/api', labels: { app: 'api' } }),
    ...times(100, (index) => [
      newNamespace(`team-${index}`),
      ...times(30, (app) => podOf(`team-${index}/app-${app}`, { app: `app-${app}` })),
    ]).flat(),
    api([80, 443, 8443]),
  ],
  steps: [{ put: api([80, 443, 8443, 9090, 9102, 9464]) }],
};
