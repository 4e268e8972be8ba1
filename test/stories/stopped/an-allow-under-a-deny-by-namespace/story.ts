/** The platform lets only its secrets operator into the vault; a team writes a policy to reach it. */
import { clusterwidePolicy, policy } from '../../../support/objects.ts';
import { newNamespace, running } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const VAULT = { 'k8s:io.kubernetes.pod.namespace': 'vault' };
const DNS = {
  toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } }],
};

export const story: Story = {
  cluster: [
    newNamespace('vault'),
    newNamespace('shop'),
    newNamespace('secrets-operator'),
    ...running({ path: 'vault/vault', labels: { app: 'vault' } }),
    ...running({ path: 'shop/api', labels: { app: 'api' } }),
    clusterwidePolicy('protect-vault', {
      endpointSelector: {
        matchExpressions: [
          { key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values: ['secrets-operator', 'vault'] },
        ],
      },
      egressDeny: [{ toEndpoints: [{ matchLabels: VAULT }] }],
      enableDefaultDeny: { ingress: false, egress: false },
    }),
  ],
  steps: [
    {
      put: policy('shop/api', {
        endpointSelector: { matchLabels: { app: 'api' } },
        egress: [
          DNS,
          { toEndpoints: [{ matchLabels: VAULT }], toPorts: [{ ports: [{ port: '8200', protocol: 'TCP' }] }] },
        ],
      }),
    },
  ],
};
