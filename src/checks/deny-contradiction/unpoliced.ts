/**
 * Pods that a new policy would isolate and that nothing else does: refusing the policy leaves them open, which has to be said.
 *
 * Cost: O(identities that the policy selects), for a policy that is refused.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { endpointsOf } from '../facts/class-members.ts';

const IDENTITIES_PER_PAUSE = 200;

export function* unpolicedPods(rules: readonly Rule[], before: ClusterView): Generator<Pause, number> {
  const open = new Set<NumericIdentity>();
  let seen = 0;
  for (const rule of rules.filter(({ defaultDeny }) => defaultDeny)) {
    for (const identity of before.subjects(rule)) {
      if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
      const labels = before.labelsOf(identity);
      if (labels !== undefined && !before.classOf(labels, identity).policy[rule.direction].defaultDeny)
        open.add(identity);
    }
  }
  return yield* endpointsOf(open, before);
}
