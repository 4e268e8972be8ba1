/** Previews of 30 services: 20 of the last hour are gone, which left 600 identities of one team. */
import { newNamespace, podOf, times } from '../../applications.ts';
import type { Json } from '../../../support/objects.ts';
import type { Story } from '../../stage.ts';

function preview(request: number): Json {
  return newNamespace(`pr-${request}`, { tenant: 'web' });
}

export const story: Story = {
  tenantLabel: 'tenant',
  cluster: [newNamespace('web', { tenant: 'web' }), newNamespace('db', { tenant: 'db' })],
  gone: times(20, (index) => [
    preview(index),
    ...times(30, (app) => podOf(`pr-${index}/app-${app}`, { app: `app-${app}` })),
  ]).flat(),
  steps: [{ put: preview(21) }, { put: newNamespace('orders', { tenant: 'db' }) }],
};
