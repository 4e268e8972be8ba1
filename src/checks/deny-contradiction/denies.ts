/**
 * The clusterwide denies, as the proof of containment wants them.
 *
 * Order: by name and place, so that the order of arrival changes nothing.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRuleRef } from '../../cilium/objects.ts';
import { denyOf, type Deny } from '../../cilium/policy/containment/product.ts';
import { rulesOf, type Direction, type Rule } from '../../cilium/policy/rule.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { ClusterView } from '../../cluster/view.ts';

export interface ClusterwideDeny {
  readonly rule: Rule;
  readonly deny: Deny;
}

export interface ClusterwideDenies {
  /** Those that are modelled in full. */
  readonly known: readonly ClusterwideDeny[];
  /** Those of which some part is not modelled: where they matter, nothing is said. */
  readonly unsupported: readonly Rule[];
}

/** Looked up once for a review: the clusterwide denies by the direction of the allow that they may take. */
export class DenyIndex {
  readonly #rules: readonly Rule[];
  readonly #byDirection = new Map<Direction, ClusterwideDenies>();

  constructor(view: ClusterView) {
    this.#rules = [...clusterwideDenies(view)].sort((a, b) => compareBytes(formatRuleRef(a.ref), formatRuleRef(b.ref)));
  }

  /** Those that can take a flow of this direction: at the subject's own end, or at the other one. */
  against(direction: Direction): ClusterwideDenies {
    return getOrMake(this.#byDirection, direction, () => deniesAgainst(direction, this.#rules));
  }
}

function deniesAgainst(direction: Direction, rules: readonly Rule[]): ClusterwideDenies {
  const known = rules.filter(({ unsupported }) => unsupported.length === 0);
  return {
    known: known.map((rule) => ({ rule, deny: denyOf(rule, rule.direction === direction ? 'own' : 'other') })),
    unsupported: rules.filter(({ unsupported }) => unsupported.length > 0),
  };
}

function* clusterwideDenies(view: ClusterView): Iterable<Rule> {
  for (const policy of view.policies()) {
    if (policy.object.namespace !== undefined) continue;
    for (const rule of rulesOf(policy)) {
      const mayDeny = rule.peers.kind !== 'none' || rule.unsupported.length > 0;
      if (rule.verdict === 'deny' && rule.subjectKind === 'endpoint' && mayDeny) yield rule;
    }
  }
}
