/**
 * The clusterwide denies, as the proof of containment wants them, and what may let through what they deny.
 *
 * Those of a CiliumClusterwideNetworkPolicy and those of the Admin tier of ClusterNetworkPolicies: what the Baseline tier denies,
 * any namespaced allow lets through.
 * Order: by name and place, so that the order of arrival changes nothing.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRuleRef } from '../../cilium/objects.ts';
import { denyOf, type Deny } from '../../cilium/policy/containment/product.ts';
import type { Feature } from '../../cilium/policy/parse/unsupported.ts';
import { comparePlaces } from '../../cilium/policy/rule-order.ts';
import { rulesOf, type Direction, type Rule } from '../../cilium/policy/rule.ts';
import { WILDCARD } from '../../cilium/policy/selector.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { ClusterView } from '../../cluster/view.ts';

export interface ClusterwideDeny {
  readonly rule: Rule;
  readonly deny: Deny;
}

/** An accept of the Admin tier, or one of its rules that is not modelled in full: that may be about any peer. */
export interface ClusterwideAccept {
  readonly rule: Rule;
  readonly accept: Deny;
}

export interface ClusterwideDenies {
  /** Those that are modelled in full, and what is modelled of those with port names: what they take is denied for certain. */
  readonly known: readonly ClusterwideDeny[];
  /** Those of which some part is not modelled: where they matter, that is said. */
  readonly unsupported: readonly Rule[];
  /** They overrule the denies of the same end that come after them. */
  readonly accepts: readonly ClusterwideAccept[];
}

/** Looked up once for a review: the clusterwide denies by the direction of the allow that they may take. */
export class DenyIndex {
  readonly #rules: readonly Rule[];
  readonly #byDirection = new Map<Direction, ClusterwideDenies>();

  constructor(view: ClusterView) {
    this.#rules = [...decidingRules(view)].sort((a, b) => compareBytes(formatRuleRef(a.ref), formatRuleRef(b.ref)));
  }

  /** Those that can take a flow of this direction: at the subject's own end, or at the other one. */
  against(direction: Direction): ClusterwideDenies {
    return getOrMake(this.#byDirection, direction, () => deniesAgainst(direction, this.#rules));
  }
}

/** Whether there is anything that an allow could be dead by, whichever its direction. */
export function hasDenies(view: ClusterView): boolean {
  return decidingRules(view)[Symbol.iterator]().next().done !== true;
}

function deniesAgainst(direction: Direction, rules: readonly Rule[]): ClusterwideDenies {
  const denies = rules.filter(({ verdict }) => verdict === 'deny');
  const known = denies.filter(isKnown);
  const sideOf = (rule: Rule): Deny['side'] => (rule.direction === direction ? 'own' : 'other');
  return {
    known: known.map((rule) => ({ rule, deny: denyOf(rule, sideOf(rule)) })),
    unsupported: denies.filter(({ unsupported }) => unsupported.length > 0),
    accepts: rules.filter(mayAccept).map((rule) => ({ rule, accept: acceptOf(rule, sideOf(rule)) })),
  };
}

/** Port names only add to what the numbers beside them deny; by itself a name denies ports that are not known. */
function isKnown({ unsupported }: Rule): boolean {
  return unsupported.every(({ feature }) => feature === ('port names' satisfies Feature));
}

function mayAccept({ verdict, tierPlace, unsupported }: Rule): boolean {
  return tierPlace?.tier === 'Admin' && (verdict !== 'deny' || unsupported.length > 0);
}

function acceptOf(rule: Rule, side: Deny['side']): Deny {
  if (rule.unsupported.length === 0) return denyOf(rule, side);
  return { subject: rule.subject, peers: [WILDCARD], ports: { kind: 'any' }, side };
}

/** Whether the accept decides, at the same end of a flow, what the deny would deny. */
export function overrules({ rule }: ClusterwideAccept, deny: ClusterwideDeny): boolean {
  return rule.direction === deny.rule.direction && comparePlaces(rule.tierPlace, deny.rule.tierPlace) < 0;
}

/** What decides before a namespaced allow does, or denies beside it. */
function* decidingRules(view: ClusterView): Iterable<Rule> {
  for (const policy of view.clusterwidePolicies()) {
    for (const rule of rulesOf(policy)) {
      const decides = rule.verdict === 'deny' || rule.tierPlace !== undefined;
      const isAbout = rule.peers.kind !== 'none' || rule.unsupported.length > 0;
      const isBefore = rule.tierPlace?.tier !== 'Baseline';
      if (decides && isAbout && isBefore && rule.subjectKind === 'endpoint') yield rule;
    }
  }
}
