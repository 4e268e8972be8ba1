/**
 * The rules of policies that ask for a label, be it that they want it or that they do not.
 *
 * Whoever takes such a label out of identities changes what these rules select.
 * Cost: O(requirements of all policies), with pauses.
 */
import { formatRuleRef, type RuleRef } from '../../cilium/objects.ts';
import { Pace } from '../../cilium/pace.ts';
import { listedSelectors, writtenRules, type Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';

const REQUIREMENTS_PER_PAUSE = 4_096;

/** Each once, in the order of the policies. */
export function* rulesSelectingBy(keys: readonly string[], view: ClusterView): Generator<Pause, readonly RuleRef[]> {
  const wanted = new Set(keys);
  const rules = new Map<string, RuleRef>();
  const pace = new Pace(REQUIREMENTS_PER_PAUSE);
  for (const policy of view.policies()) {
    if (pace.isPauseDue(1)) yield PAUSE;
    for (const rule of writtenRules(policy)) {
      if (pace.isPauseDue(requirementsOf(rule))) yield PAUSE;
      if (asksFor(rule, wanted)) rules.set(formatRuleRef(rule.ref), rule.ref);
    }
  }
  return [...rules.values()];
}

/** How much a look at the selectors of a rule may come to: it may have tens of thousands, and one of them as many requirements. */
export function requirementsOf({ subject, peers }: Rule): number {
  return [subject, ...listedSelectors(peers)].reduce((sum, { requirements }) => sum + 1 + requirements.length, 0);
}

/** The subject of a rule about hosts has labels of nodes. */
function asksFor({ subject, subjectKind, peers }: Rule, keys: ReadonlySet<string>): boolean {
  const selectors = [...(subjectKind === 'host' ? [] : [subject]), ...listedSelectors(peers)];
  return selectors.some(({ requirements }) =>
    requirements.some(({ source, key }) => (source === 'any' || source === 'k8s') && keys.has(key)),
  );
}
