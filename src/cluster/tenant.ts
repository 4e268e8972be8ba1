/**
 * Whose a namespace is: that of its tenant label where it has one, else its own.
 *
 * Invariant: the names of the two kinds and of clusterwide objects never collide: a label value holds no slash.
 */
import type { Namespace } from '../cilium/objects.ts';

/** `label/web`, `namespace/team-a`, or `cluster` for clusterwide objects. */
export type Tenant = string & { readonly __brand: 'Tenant' };

export const CLUSTER_TENANT = 'cluster' as Tenant;

/** It has a label of the platform: its namespaces come and go, and it stays. */
export function isLabelledTenant(tenant: Tenant): boolean {
  return tenant.startsWith('label/');
}

/** Of a namespace that the model does not know: its own. An empty label names nobody. */
export function tenantOfNamespace(
  name: string,
  namespace: Pick<Namespace, 'labels'> | undefined,
  tenantLabel: string | undefined,
): Tenant {
  const value = tenantLabel === undefined ? undefined : namespace?.labels.get(tenantLabel);
  return (value === undefined || value === '' ? `namespace/${name}` : `label/${value}`) as Tenant;
}
