/** Everything comes at once, in the order of a folder: namespaces, clusterwide denies, default denies, workloads, their pods. */
import { clusterwidePolicy, policy } from '../../../support/objects.ts';
import { deployment, madeByControllers, newNamespace, times, type Application } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const NAMESPACES = ['ingress', 'monitoring', 'cert-manager', ...times(20, (index) => `team-${index}`)];
const APPLICATIONS: readonly Application[] = NAMESPACES.flatMap((name) =>
  times(8, (index) => ({ path: `${name}/service-${index}`, labels: { app: `service-${index}` }, replicas: 2 })),
);

const DENY_METADATA = clusterwidePolicy('deny-metadata', {
  endpointSelector: {},
  egressDeny: [{ toCIDR: ['169.254.169.254/32'] }],
  enableDefaultDeny: { ingress: false, egress: false },
});
const DNS = {
  toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } }],
  toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }] }],
};

export const story: Story = {
  cluster: [],
  steps: [
    ...NAMESPACES.map((name) => ({ put: newNamespace(name) })),
    { put: DENY_METADATA },
    ...NAMESPACES.map((name) => ({
      put: policy(`${name}/default`, {
        endpointSelector: {},
        ingress: [{ fromEndpoints: [{}] }],
        egress: [{ toEndpoints: [{}] }, DNS],
      }),
    })),
    ...APPLICATIONS.map((one) => ({ put: deployment(one) })),
    ...madeByControllers(...APPLICATIONS),
  ],
};
