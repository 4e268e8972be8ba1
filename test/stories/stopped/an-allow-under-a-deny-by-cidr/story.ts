/** Nobody may reach the metadata of the cloud; a team allows it beside what it does need. */
import { clusterwidePolicy, policy } from '../../../support/objects.ts';
import { newNamespace, running } from '../../applications.ts';
import type { Story } from '../../stage.ts';

export const story: Story = {
  cluster: [
    newNamespace('shop'),
    ...running({ path: 'shop/uploader', labels: { app: 'uploader' } }),
    clusterwidePolicy('deny-metadata', {
      endpointSelector: {},
      egressDeny: [{ toCIDR: ['169.254.169.254/32'] }],
      enableDefaultDeny: { ingress: false, egress: false },
    }),
  ],
  steps: [
    {
      put: policy('shop/uploader', {
        endpointSelector: { matchLabels: { app: 'uploader' } },
        egress: [
          { toCIDR: ['203.0.113.0/24'], toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] },
          { toCIDR: ['169.254.169.254/32'], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] },
        ],
      }),
    },
  ],
};
