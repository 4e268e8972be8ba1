/**
 * The tenants that a change is judged for: two where a Namespace changes hands, and then the stricter judgement holds.
 */
import type { Namespace } from '../cilium/objects.ts';
import { namespaceOf, type Change } from './change.ts';
import { tenantOfNamespace, type Tenant } from './tenant.ts';
import type { ClusterView } from './view.ts';

/** The one that has the object afterwards comes first. */
export function tenantsOfChange(change: Change, view: ClusterView): readonly [Tenant, ...Tenant[]] {
  if ((change.op !== 'create' && change.op !== 'update') || change.after.kind !== 'Namespace') {
    return [view.tenantOf(namespaceOf(change))];
  }
  const tenantOf = ({ name, labels }: Namespace): Tenant =>
    tenantOfNamespace(name, { labels }, view.settings.tenantLabel);
  const after = tenantOf(change.after);
  if (change.op === 'create' || change.before.kind !== 'Namespace') return [after];
  const before = tenantOf(change.before);
  return before === after ? [after] : [after, before];
}
