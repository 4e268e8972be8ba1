/**
 * The namespace by which an audit tells of a tenant.
 *
 * Cost: O(namespaces of the tenant).
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import type { Tenant } from '../../cluster/tenant.ts';
import type { ClusterView } from '../../cluster/view.ts';

/** The one with the most identities; of equals the first by name. */
export function largestNamespace(tenant: Tenant, { usage }: ClusterView): string | undefined {
  const namespaces = [...usage.namespacesOf(tenant)].sort(compareBytes);
  const size = (name: string): number => usage.ofNamespace(name).keys;
  return namespaces.reduce<string | undefined>(
    (largest, name) => (largest === undefined || size(name) > size(largest) ? name : largest),
    undefined,
  );
}
