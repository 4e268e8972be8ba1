/** How many pods, of whatever identities, a rule selects as its subjects. Cost: O(identities that it selects). */
import type { Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';

export function selectedPods(rule: Rule, view: ClusterView): number {
  let pods = 0;
  for (const identity of view.subjects(rule)) pods += view.useOf(identity).pods;
  return pods;
}
