/** `helm upgrade` of 60 services, whose pods have the version of the chart in two labels: installed, and twice upgraded. */
import { deployment, madeByControllers, newNamespace, podsOf, times, type Application } from '../../applications.ts';
import type { Step, Story } from '../../stage.ts';

function service(index: number, version: string): Application {
  const labels = {
    'app.kubernetes.io/name': `service-${index}`,
    'app.kubernetes.io/instance': 'platform',
    'app.kubernetes.io/version': version,
    'helm.sh/chart': `service-${index}-${version}`,
  };
  return { path: `platform/service-${index}`, labels, hash: version.replaceAll('.', ''), replicas: 2 };
}

function upgraded(version: string, old?: string): readonly Step[] {
  const services = times(60, (index) => service(index, version));
  return [
    ...services.map((application) => ({ put: deployment(application) })),
    ...madeByControllers(...services),
    ...(old === undefined
      ? []
      : times(60, (index) => podsOf(service(index, old)))
          .flat()
          .map((remove) => ({ remove }))),
    { pass: { seconds: 1_200 } },
  ];
}

export const story: Story = {
  cluster: [newNamespace('platform')],
  steps: [...upgraded('2.3.0'), ...upgraded('2.4.0', '2.3.0'), ...upgraded('2.4.1', '2.4.0')],
};
