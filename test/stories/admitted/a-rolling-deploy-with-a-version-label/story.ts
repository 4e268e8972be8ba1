/** 25 services are deployed one after the other, for the third time within the hour: each pod has the version in a label. */
import {
  deployment,
  madeByControllers,
  newNamespace,
  podsOf,
  running,
  takenDown,
  times,
  type Application,
} from '../../applications.ts';
import type { Step, Story } from '../../stage.ts';

function service(index: number, version: number): Application {
  const labels = { app: `service-${index}`, version: `v${version}` };
  return { path: `shop/service-${index}`, labels, hash: `7f9c${version}`, replicas: 3 };
}

function deployed(index: number): readonly Step[] {
  const [old, next] = [service(index, 3), service(index, 4)];
  return [{ put: deployment(next) }, ...madeByControllers(next), ...takenDown(old)];
}

export const story: Story = {
  cluster: [newNamespace('shop'), ...times(25, (index) => running(service(index, 3))).flat()],
  gone: times(25, (index) => [...podsOf(service(index, 1)), ...podsOf(service(index, 2))]).flat(),
  steps: times(25, deployed).flat(),
};
