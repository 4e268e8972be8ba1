/**
 * How maps grow because a policy or a CIDR group names prefixes that no other did: each is an identity on every node, in every
 * map with a selector around it (`world` up to 1.19, 0.0.0.0/0, an enclosing prefix, a group), whoever's that map is.
 *
 * Held against the author only for classes of the same tenant, and where the new identities enter through an allow.
 * Cost: the node-local identities, one look at each peer selector in use, and two counts for each class that grows.
 */
import { canonicalKey } from '../../cilium/identity/label.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { listedSelectors, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard, type EndpointSelector, type SelectorKey } from '../../cilium/policy/selector.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause, type Unjudged } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { entriesCertainty } from '../facts/certainty.ts';
import { allClasses, hasEndpoint, type ClassMembers } from '../facts/class-members.ts';
import { entriesOf } from '../facts/entries.ts';
import type { Growth } from './growth.ts';

const MOST_CLASSES = 10_000;

export interface PrefixChange {
  /** Subjects of the policy itself: their maps are judged with its rules. */
  readonly judged: ReadonlySet<NumericIdentity>;
  readonly addsAllows: boolean;
  readonly isOwn: (identities: readonly NumericIdentity[]) => boolean;
}

export interface PrefixGrowths {
  readonly own: readonly Growth[];
  /** Of other tenants. */
  readonly others: readonly Growth[];
}

export function* prefixGrowths(
  change: PrefixChange,
  context: ChangeContext,
): Generator<Pause | Unjudged, PrefixGrowths> {
  const growths = { own: [] as Growth[], others: [] as Growth[] };
  const classes = yield* growingClasses(change.judged, context);
  for (const { policyClass, identities, isThroughAllow } of classes.slice(0, MOST_CLASSES)) {
    yield PAUSE;
    const isOwn = change.isOwn(identities);
    growths[isOwn ? 'own' : 'others'].push({
      policyClass,
      members: () => identities,
      before: yield* entriesOf(policyClass, context.before),
      after: yield* entriesOf(policyClass, context.after),
      certainty: entriesCertainty(context.after.settings, policyClass),
      isBlamed: isOwn && change.addsAllows && isThroughAllow,
    });
  }
  const rest = classes.length - MOST_CLASSES;
  if (rest > 0) yield { kind: 'unjudged', reason: `${rest} more policy maps were not counted` };
  return growths;
}

interface GrowingClass extends ClassMembers {
  readonly isThroughAllow: boolean;
}

function* growingClasses(
  judged: ReadonlySet<NumericIdentity>,
  { before, after }: ChangeContext,
): Generator<Pause, readonly GrowingClass[]> {
  const added = addedIdentities(before, after);
  if (added.size === 0) return [];
  const entering = new EnteringRules(added, after);
  const growing: GrowingClass[] = [];
  for (const { policyClass, identities } of yield* allClasses(before)) {
    yield PAUSE;
    const others = identities.filter((identity) => !judged.has(identity));
    const rules = entering.of(policyClass);
    if (rules.length === 0 || !hasEndpoint(others, before)) continue;
    growing.push({ policyClass, identities: others, isThroughAllow: rules.some(({ verdict }) => verdict === 'allow') });
  }
  return growing;
}

/** By labels: the numbers of node-local identities are made up for each view. */
function addedIdentities(before: ClusterView, after: ClusterView): ReadonlySet<NumericIdentity> {
  const known = new Set<string>();
  for (const identity of before.nodeIdentities()) known.add(canonicalKey(before.labelsOf(identity) ?? []));
  const added = new Set<NumericIdentity>();
  for (const identity of after.nodeIdentities()) {
    if (!known.has(canonicalKey(after.labelsOf(identity) ?? []))) added.add(identity);
  }
  return added;
}

/** Which rules let an added identity into a map. The same selectors are in many classes: each is asked once. */
class EnteringRules {
  readonly #added: ReadonlySet<NumericIdentity>;
  readonly #view: ClusterView;
  readonly #answers = new Map<SelectorKey, boolean>();

  constructor(added: ReadonlySet<NumericIdentity>, view: ClusterView) {
    this.#added = added;
    this.#view = view;
  }

  of({ rules }: PolicyClass): readonly Rule[] {
    return rules.filter(({ peers }) => listedSelectors(peers).some((selector) => this.#selectsAdded(selector)));
  }

  #selectsAdded(selector: EndpointSelector): boolean {
    if (isWildcard(selector)) return false;
    const answer = (): boolean => this.#view.selections(selector).some((identity) => this.#added.has(identity));
    return getOrMake(this.#answers, selector.key, answer);
  }
}
