/**
 * A list of 900 customer networks, one port each, fits. Beside it stands the network that is around all of them, with 20 ports:
 * each customer network is selected by it as well.
 */
import { policy, type Json } from '../../../support/objects.ts';
import { newNamespace, running, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const CUSTOMERS = {
  toCIDR: times(900, (index) => `10.${64 + (index >> 8)}.${index & 255}.0/24`),
  toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }],
};

function partners(...rules: readonly Json[]): Json {
  return policy('edge/partners', { endpointSelector: { matchLabels: { app: 'gateway' } }, egress: rules });
}

export const story: Story = {
  cluster: [newNamespace('edge'), ...running({ path: 'edge/gateway', labels: { app: 'gateway' } })],
  steps: [
    { put: partners(CUSTOMERS) },
    {
      put: partners(CUSTOMERS, {
        toCIDR: ['10.64.0.0/10'],
        toPorts: [{ ports: times(20, (index) => ({ port: String(7_001 + 2 * index), protocol: 'TCP' })) }],
      }),
    },
  ],
};
