/** One deny closes the low ports of the legacy network, another the high ones; an allow of 1 to 65535 has nothing left. */
import { clusterwidePolicy, policy, type Json } from '../../../support/objects.ts';
import { newNamespace, running } from '../../applications.ts';
import type { Story } from '../../stage.ts';

function closed(name: string, first: number, endPort: number): Json {
  return clusterwidePolicy(name, {
    endpointSelector: {},
    egressDeny: [
      { toCIDR: ['10.200.0.0/16'], toPorts: [{ ports: [{ port: String(first), endPort, protocol: 'TCP' }] }] },
    ],
    enableDefaultDeny: { ingress: false, egress: false },
  });
}

export const story: Story = {
  cluster: [
    newNamespace('billing'),
    ...running({ path: 'billing/export', labels: { app: 'export' } }),
    closed('legacy-low-ports', 1, 1023),
    closed('legacy-high-ports', 1024, 65_535),
  ],
  steps: [
    {
      put: policy('billing/export', {
        endpointSelector: { matchLabels: { app: 'export' } },
        egress: [
          { toCIDR: ['10.200.3.0/24'], toPorts: [{ ports: [{ port: '1', endPort: 65_535, protocol: 'TCP' }] }] },
        ],
      }),
    },
  ],
};
