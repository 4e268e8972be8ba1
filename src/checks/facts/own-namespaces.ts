/**
 * Which namespaces are a tenant's own. Everything that depends on whose something is asks here: who answers for a policy map,
 * whose policies and pods a message may name.
 *
 * A Namespace that changes hands has an author of two tenants: what either answers for is held against him, and he reads only
 * about what is his before: a label must not open what others have.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { namespaceOf } from '../../cluster/change.ts';
import type { Tenant } from '../../cluster/tenant.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { hasEndpoint } from './class-members.ts';
import { namespaceOfIdentity } from './namespace-of-identity.ts';

const IDENTITIES_PER_PAUSE = 200;

/** Of clusterwide objects, and of nothing else, where the tenant is that of clusterwide objects. */
export type OwnNamespaces = (namespace: string | undefined) => boolean;

/** Those of the tenant that has this namespace in this view. */
export function ownNamespaces(namespace: string | undefined, view: ClusterView): OwnNamespaces {
  const tenant = view.tenantOf(namespace);
  return (other) => view.tenantOf(other) === tenant;
}

/** Those of the tenants that have pods with these identities: one that nobody uses any more has no part in a map. */
export function* ownersNamespaces(
  identities: Iterable<NumericIdentity>,
  view: ClusterView,
): Generator<Pause, OwnNamespaces> {
  const tenants = new Set<Tenant>();
  let seen = 0;
  for (const identity of identities) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    if (hasEndpoint([identity], view)) tenants.add(view.tenantOf(namespaceOfIdentity(identity, view)));
  }
  return (other) => tenants.has(view.tenantOf(other));
}

/** One for each tenant of the author, first the one before the change: that is whose names he reads. */
export function authorsNamespaces(context: ChangeContext): readonly [OwnNamespaces, ...OwnNamespaces[]] {
  const { change } = context.submission;
  const namespace = namespaceOf(change);
  const before = ownNamespaces(namespace, context.before);
  const movesNamespace = change.op === 'update' && change.after.kind === 'Namespace';
  if (!movesNamespace || context.before.tenantOf(namespace) === context.after.tenantOf(namespace)) return [before];
  return [before, ownNamespaces(namespace, context.after)];
}
