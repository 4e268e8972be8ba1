/**
 * Who answers for a map that overflows because of a policy: its author, unless it only adds denies, or the prefixes of other
 * tenants are what is too much.
 */
import { rulesOf, type ParsedPolicy } from '../../cilium/policy/rule.ts';
import type { Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { ownNamespaces } from '../facts/own-namespaces.ts';
import { TenantBlame, type MapChange } from './blame.ts';
import { limitsOf, type Blame } from './growth.ts';
import { onlyAddsDenies } from './only-adds-denies.ts';

/** What the check asks about a policy that is created or changed. */
export interface PolicyChange {
  readonly before: ParsedPolicy | undefined;
  readonly after: ParsedPolicy | undefined;
}

export type PolicyBlame = (change: MapChange) => Generator<Pause, Blame>;

/** `namespace`: of the policy. The author of a clusterwide one answers for every map. */
export function policyBlame(
  policy: PolicyChange,
  namespace: string | undefined,
  { after: view, settings }: ChangeContext,
): PolicyBlame {
  const { limit } = limitsOf(view, settings);
  const tenant = namespace === undefined ? undefined : new TenantBlame(ownNamespaces(namespace, view), limit);
  let isForSafety: boolean | undefined;
  return function* (change) {
    isForSafety ??= yield* onlyAddsDenies(rulesOf(policy.before), rulesOf(policy.after), view.settings);
    if (isForSafety) return 'nobody';
    return tenant === undefined ? 'author' : yield* tenant.ofPolicy(change);
  };
}
