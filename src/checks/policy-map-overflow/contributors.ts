/**
 * The rules behind the entries of a map, by how many entries each has a part in.
 *
 * Cost: the map itself, built once for the class that is reported.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRuleRef, type RuleRef } from '../../cilium/objects.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';

export interface Contributor {
  /** A rule element: `spec.ingress[0]`. */
  readonly rule: RuleRef;
  /** Entries that it has a part in; several rules may have a part in one. */
  readonly entries: number;
  readonly percent: number;
}

/** Largest first. */
export function contributorsOf(policyClass: PolicyClass, view: ClusterView): readonly Contributor[] {
  const ruleOfOrigin = originIndex(policyClass);
  const counts = new Map<RuleRef, number>();
  let size = 0;
  for (const { origins } of view.policyMap(policyClass).entries()) {
    size += 1;
    const rules = new Set(origins.map((origin) => ruleOfOrigin.get(formatRuleRef(origin)) ?? origin));
    for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return [...counts]
    .map(([rule, entries]) => ({ rule, entries, percent: Math.round((100 * entries) / size) }))
    .sort((a, b) => b.entries - a.entries || compareBytes(formatRuleRef(a.rule), formatRuleRef(b.rule)));
}

/** Entries name the peer item that they come from; a reader wants the rule. */
function originIndex({ rules }: PolicyClass): ReadonlyMap<string, RuleRef> {
  const index = new Map<string, RuleRef>();
  for (const { ref, peers } of rules) {
    index.set(formatRuleRef(ref), ref);
    if (peers.kind === 'list') for (const peer of peers.items) index.set(formatRuleRef(peer.ref), ref);
  }
  return index;
}
