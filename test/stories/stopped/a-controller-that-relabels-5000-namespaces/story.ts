/**
 * A new controller gives each of 5,000 namespaces of a platform a label: of their 30,000 identities there would be a second one
 * each, while the cluster has room for 65,280 at all.
 */
import { newNamespace, podOf, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

const CONTROLLER = 'system:serviceaccount:platform:cost-controller';

export const story: Story = {
  cluster: times(5_000, (index) => [
    newNamespace(`customer-${index}`),
    ...times(6, (app) => podOf(`customer-${index}/app-${app}`, { app: `app-${app}` })),
  ]).flat(),
  steps: times(5_000, (index) => ({
    put: newNamespace(`customer-${index}`, { 'cost/center': `c${index % 40}` }),
    by: CONTROLLER,
  })),
};
