/** Argo CD takes over a namespace that was made by hand: 60 applications with 180 pods get other identities at once. */
import { newNamespace, running, times } from '../../applications.ts';
import type { Story } from '../../stage.ts';

export const story: Story = {
  cluster: [
    newNamespace('shop'),
    ...times(60, (index) => running({ path: `shop/service-${index}`, labels: { app: `service-${index}` } })).flat(),
  ],
  steps: [
    {
      put: newNamespace('shop', { 'argocd.argoproj.io/instance': 'shop', 'app.kubernetes.io/managed-by': 'argocd' }),
      by: 'system:serviceaccount:argocd:argocd-application-controller',
    },
  ],
};
