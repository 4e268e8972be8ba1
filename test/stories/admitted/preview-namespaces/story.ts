/** Each pull request gets a namespace with ten applications and loses it an hour later: 40 of them are gone, one more comes. */
import {
  deployment,
  madeByControllers,
  newNamespace,
  podsOf,
  running,
  times,
  type Application,
} from '../../applications.ts';
import type { Json } from '../../../support/objects.ts';
import type { Story } from '../../stage.ts';

function applicationsOf(name: string): readonly Application[] {
  return times(10, (index) => ({ path: `${name}/service-${index}`, labels: { app: `service-${index}` }, replicas: 1 }));
}

function preview(request: number): Json {
  return newNamespace(`pr-${request}`, { tenant: 'web', 'preview/pull-request': String(request) });
}

const NEXT = applicationsOf('pr-1241');

export const story: Story = {
  tenantLabel: 'tenant',
  cluster: [newNamespace('web', { tenant: 'web' }), ...applicationsOf('web').flatMap(running)],
  gone: times(40, (index) => [
    preview(1200 + index),
    ...applicationsOf(`pr-${1200 + index}`).flatMap((one) => podsOf(one)),
  ]).flat(),
  steps: [
    { put: preview(1241), by: 'system:serviceaccount:argocd:argocd-applicationset-controller' },
    ...NEXT.map((one) => ({ put: deployment(one), by: 'system:serviceaccount:argocd:argocd-application-controller' })),
    ...madeByControllers(...NEXT),
  ],
};
