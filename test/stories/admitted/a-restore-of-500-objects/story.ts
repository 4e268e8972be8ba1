/**
 * Velero puts a namespace group back after an accident: pods come before their owners, and without a word of them. The
 * identities of what was lost are still there.
 */
import { clusterwidePolicy, policy, type Json } from '../../../support/objects.ts';
import { deployment, newNamespace, podOf, podsOf, replicaSet, times, type Application } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const VELERO = 'system:serviceaccount:velero:velero';
const NAMESPACES = times(10, (index) => `team-${index}`);
const APPLICATIONS: readonly Application[] = NAMESPACES.flatMap((name) =>
  times(10, (index) => ({
    path: `${name}/service-${index}`,
    labels: { app: `service-${index}`, version: 'v7' },
    replicas: 2,
  })),
);
const PODS = APPLICATIONS.flatMap((one) => podsOf(one));

/** Velero leaves out owners and uids. */
function restored({ path, labels, hash = '5d9c7b8f6d' }: Application): readonly Json[] {
  return times(2, (index) =>
    podOf(`${path}-${hash}-${index}`, { ...labels, 'pod-template-hash': hash, 'velero.io/restore-name': 'monday' }),
  );
}

function own(name: string): Json {
  return policy(`${name}/own`, {
    endpointSelector: {},
    ingress: [{ fromEndpoints: [{}] }],
    egress: [{ toEndpoints: [{}] }],
  });
}

const OBJECTS = [
  ...NAMESPACES.map((name) => newNamespace(name, { 'velero.io/restore-name': 'monday' })),
  ...APPLICATIONS.flatMap(restored),
  ...APPLICATIONS.map(replicaSet),
  ...APPLICATIONS.map(deployment),
  ...NAMESPACES.map(own),
];

export const story: Story = {
  cluster: [
    newNamespace('velero'),
    clusterwidePolicy('deny-metadata', { endpointSelector: {}, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] }),
  ],
  gone: [...NAMESPACES.map((name) => newNamespace(name)), ...PODS],
  steps: OBJECTS.map((put) => ({ put, by: VELERO })),
};
