/**
 * The label keys that policies ask for: of subjects and peers, where a label has to be there.
 *
 * Cost: O(requirements of all policies), with pauses.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRuleRef, type RuleRef } from '../../cilium/objects.ts';
import { listedSelectors, writtenRules, type Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { podLabel } from '../facts/pod-label.ts';
import type { SelectedKey } from './lost-labels.ts';

/** Sorted by key. */
export function* selectedKeys(view: ClusterView): Generator<Pause, readonly SelectedKey[]> {
  const rules = new Map<string, Map<string, RuleRef>>();
  for (const policy of view.policies()) {
    yield PAUSE;
    for (const rule of writtenRules(policy)) {
      for (const key of keysOf(rule))
        getOrMake(rules, key, () => new Map<string, RuleRef>()).set(formatRuleRef(rule.ref), rule.ref);
    }
  }
  return [...rules]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([key, refs]) => ({ label: podLabel(key), rules: [...refs.values()] }));
}

function* keysOf({ subject, subjectKind, peers }: Rule): Iterable<string> {
  for (const { requirements } of subjectKind === 'host'
    ? listedSelectors(peers)
    : [subject, ...listedSelectors(peers)]) {
    for (const { source, key, operator } of requirements) {
      if ((source === 'any' || source === 'k8s') && (operator === 'In' || operator === 'Exists')) yield key;
    }
  }
}
