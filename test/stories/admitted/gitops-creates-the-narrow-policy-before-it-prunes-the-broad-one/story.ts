/** The map of the API is over its limit already; Flux stores the policy that replaces the broad one, and prunes that one then. */
import { policy } from '../../../support/objects.ts';
import { newNamespace, podOf, running, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const PORTS = { ports: times(10, (index) => ({ port: String(8081 + 2 * index), protocol: 'TCP' })) };
const SELECTOR = { matchLabels: { app: 'api' } };

const BROAD = policy('shop/api', {
  endpointSelector: SELECTOR,
  ingress: [
    {
      fromEndpoints: [{ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] }],
      toPorts: [PORTS],
    },
  ],
});
const NARROW = policy('shop/api-from-web', {
  endpointSelector: SELECTOR,
  ingress: [
    { fromEndpoints: [{ matchLabels: { app: 'web' } }], toPorts: [{ ports: [{ port: '8443', protocol: 'TCP' }] }] },
  ],
});

export const story: Story = {
  cluster: [
    newNamespace('shop'),
    newNamespace('others'),
    ...running({ path: 'shop/api', labels: { app: 'api' } }),
    ...running({ path: 'shop/web', labels: { app: 'web' } }),
    ...times(1700, (index) => podOf(`others/app-${index}`, { app: `app-${index}` })),
    BROAD,
  ],
  steps: [{ put: NARROW, by: 'system:serviceaccount:flux-system:kustomize-controller' }, { remove: BROAD }],
};
