/**
 * One narrowing that may fit: protocol TCP in the place of ANY, or of none.
 *
 * Cost: O(ports as written), whatever the number of peers that share them.
 */
import { formatRuleRef } from '../../cilium/objects.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import { PAUSE, type Pause } from '../check.ts';
import { protocolPatch, type PatchFix } from '../facts/protocol-patch.ts';
import type { Contributor } from './contributors.ts';

/** For the rule that contributes most of those that can be narrowed. */
export function* narrowProtocol(
  rules: readonly Rule[],
  contributors: readonly Contributor[],
): Generator<Pause, PatchFix | undefined> {
  const byPlace = Map.groupBy(rules, ({ ref }) => formatRuleRef(ref));
  for (const { rule } of contributors) {
    yield PAUSE;
    const fix = protocolPatch(byPlace.get(formatRuleRef(rule)) ?? []);
    if (fix !== undefined) return fix;
  }
  return undefined;
}
