/**
 * The rules behind the entries of a map, by how many entries each has a part in.
 *
 * Cost: the map itself, built once for the class that is reported, and a look at each of its entries, with pauses between.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRuleRef, type RuleRef } from '../../cilium/objects.ts';
import { askedKeys } from '../../cilium/policy/map/asked-keys.ts';
import type { Ports } from '../../cilium/policy/rule.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { policyMapOf } from '../facts/entries.ts';

const STEPS_PER_PAUSE = 4096;
const RULES_PER_PAUSE = 256;

export interface Contributor {
  /** A rule element: `spec.ingress[0]`. */
  readonly rule: RuleRef;
  /** Entries that it has a part in; several rules may have a part in one. */
  readonly entries: number;
  readonly percent: number;
}

/** Largest first. */
export function* contributorsOf(policyClass: PolicyClass, view: ClusterView): Generator<Pause, readonly Contributor[]> {
  if (policyClass.uncounted !== undefined) return yield* askingMost(policyClass);
  const ruleOfOrigin = yield* originIndex(policyClass);
  const map = yield* policyMapOf(policyClass, view);
  const rulesBehind = new Map<readonly RuleRef[], ReadonlySet<RuleRef>>();
  const counts = new Map<RuleRef, number>();
  let seen = 0;
  for (const { origins } of map.entries()) {
    if (++seen % STEPS_PER_PAUSE === 0) yield PAUSE;
    const rules = getOrMake(rulesBehind, origins, () => new Set(origins.map((origin) => ruleOfOrigin(origin))));
    for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return [...counts]
    .map(([rule, entries]) => ({ rule, entries, place: formatRuleRef(rule) }))
    .sort((a, b) => b.entries - a.entries || compareBytes(a.place, b.place))
    .map(({ rule, entries }) => ({ rule, entries, percent: Math.round((100 * entries) / map.size) }));
}

/** Of a map that nobody makes: by the keys that they ask for. */
function* askingMost({ rules }: PolicyClass): Generator<Pause, readonly Contributor[]> {
  const blocks = new Map<Ports, number>();
  const byPlace = new Map<string, { readonly rule: RuleRef; entries: number }>();
  let all = 0;
  for (const [index, rule] of rules.entries()) {
    if (index % RULES_PER_PAUSE === 0 || !blocks.has(rule.ports)) yield PAUSE;
    const keys = askedKeys(rule, blocks);
    all += keys;
    getOrMake(byPlace, formatRuleRef(rule.ref), () => ({ rule: rule.ref, entries: 0 })).entries += keys;
  }
  return [...byPlace]
    .sort(([left, a], [right, b]) => b.entries - a.entries || compareBytes(left, right))
    .map(([, { rule, entries }]) => ({ rule, entries, percent: Math.round((100 * entries) / all) }));
}

/** Entries name the peer item that they come from; a reader wants the rule. A NetworkPolicy has one with each of its peers. */
function* originIndex({ rules }: PolicyClass): Generator<Pause, (origin: RuleRef) => RuleRef> {
  const index = new Map<string, RuleRef>();
  const known = new Map<string, RuleRef>();
  let seen = 0;
  for (const { ref: written, peers } of rules) {
    const ref = getOrMake(known, formatRuleRef(written), () => written);
    for (const place of [written, ...(peers.kind === 'list' ? peers.items.map((peer) => peer.ref) : [])]) {
      if (++seen % STEPS_PER_PAUSE === 0) yield PAUSE;
      index.set(formatRuleRef(place), ref);
    }
  }
  return (origin) => index.get(formatRuleRef(origin)) ?? origin;
}
