/**
 * The clusterwide denies, as the proof of containment wants them.
 *
 * Order: by name and place, so that the order of arrival changes nothing.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRef, type RuleRef } from '../../cilium/objects.ts';
import type { Deny } from '../../cilium/policy/containment/product.ts';
import type { Direction, Peers, Rule } from '../../cilium/policy/rule.ts';
import { WILDCARD, type EndpointSelector } from '../../cilium/policy/selector.ts';
import { getOrMake } from '../../cluster/get-or-make.ts';
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
    this.#rules = [...clusterwideDenies(view)].sort((a, b) => compareBytes(placeOf(a.ref), placeOf(b.ref)));
  }

  /** Those that can take a flow of this direction: at the subject's own end, or at the other one. */
  against(direction: Direction): ClusterwideDenies {
    return getOrMake(this.#byDirection, direction, () => deniesAgainst(direction, this.#rules));
  }
}

function deniesAgainst(direction: Direction, rules: readonly Rule[]): ClusterwideDenies {
  const known = rules.filter(({ unsupported }) => unsupported.length === 0);
  return {
    known: known.map((rule) => ({ rule, deny: denyOf(rule, direction) })),
    unsupported: rules.filter(({ unsupported }) => unsupported.length > 0),
  };
}

function* clusterwideDenies(view: ClusterView): Iterable<Rule> {
  for (const policy of view.policies()) {
    if (policy.kind !== 'parsed' || policy.object.namespace !== undefined) continue;
    for (const rule of policy.rules) {
      const mayDeny = rule.peers.kind !== 'none' || rule.unsupported.length > 0;
      if (rule.verdict === 'deny' && rule.subjectKind === 'endpoint' && mayDeny) yield rule;
    }
  }
}

function denyOf(rule: Rule, direction: Direction): Deny {
  return {
    subject: rule.subject,
    peers: peerSelectors(rule.peers),
    ports: rule.ports,
    side: rule.direction === direction ? 'own' : 'other',
  };
}

function peerSelectors(peers: Peers): readonly EndpointSelector[] {
  switch (peers.kind) {
    case 'none':
      return [];
    case 'any':
      return [WILDCARD];
    case 'list':
      return peers.items.flatMap(({ selectors }) => selectors);
  }
}

function placeOf({ object, field }: RuleRef): string {
  return `${formatRef(object)} ${field}`;
}
