/**
 * How maps grow because a policy or a CIDR group names prefixes that no other did: each is an identity on every node, in every
 * map with a selector around it (`world` up to 1.19, 0.0.0.0/0, an enclosing prefix, a group), whoever's that map is.
 *
 * Held against the author only for classes of the same tenant, and where the new identities enter through an allow.
 * Cost: the identities that are new, and one look at each class; of those whose map may come near a line one look at each peer
 * selector, and what the new identities add to its count.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { listedSelectors, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard, type EndpointSelector, type SelectorKey } from '../../cilium/policy/selector.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { AddedNodes } from '../../cluster/identities/node-layer.ts';
import { PAUSE, type Pause, type Unjudged } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { hasEndpoint, type ClassMembers } from '../facts/class-members.ts';
import { count } from '../facts/wording.ts';
import type { MapChange } from './blame.ts';
import { classesNearLines } from './far-classes.ts';
import { growthOf, type Blame, type Growth } from './growth.ts';
import type { PolicyBlame } from './policy-blame.ts';

const MOST_CLASSES = 10_000;
const SELECTORS_PER_PAUSE = 4096;

export interface PrefixQuestion {
  /** Subjects of the policy itself: their maps are judged with its rules. */
  readonly judged: () => ReadonlySet<NumericIdentity>;
  readonly blame: PolicyBlame;
  readonly isOwn: (identities: readonly NumericIdentity[]) => boolean;
}

export interface PrefixGrowths {
  readonly own: readonly Growth[];
  /** Of other tenants. */
  readonly others: readonly Growth[];
}

export function* prefixGrowths(
  asked: PrefixQuestion,
  context: ChangeContext,
): Generator<Pause | Unjudged, PrefixGrowths> {
  const growths = { own: [] as Growth[], others: [] as Growth[] };
  const classes = yield* growingClasses(asked.judged, context);
  for (const { policyClass, identities, isThroughAllow } of classes.slice(0, MOST_CLASSES)) {
    yield PAUSE;
    const isOwn = asked.isOwn(identities);
    const blame = isOwn && isThroughAllow ? asked.blame : blameNobody;
    const question = {
      policyClass,
      classBefore: policyClass,
      members: () => identities,
      blame: () => blame(mapChange(policyClass, identities, context)),
    };
    const growth = yield* growthOf(question, context);
    if (growth !== undefined) growths[isOwn ? 'own' : 'others'].push(growth);
  }
  const rest = classes.length - MOST_CLASSES;
  const maps = count(rest, 'more policy map was', 'more policy maps were');
  if (rest > 0) yield { kind: 'unjudged', reason: `${maps} not counted`, unfinished: 'size' };
  return growths;
}

function* blameNobody(): Generator<Pause, Blame> {
  return 'nobody';
}

function mapChange(
  policyClass: PolicyClass,
  [member]: readonly NumericIdentity[],
  { before, after }: ChangeContext,
): MapChange {
  const labels = (member === undefined ? undefined : before.labelsOf(member)) ?? [];
  return { before: { policyClass, labels, view: before }, after: { policyClass, labels, view: after } };
}

interface GrowingClass extends ClassMembers {
  readonly isThroughAllow: boolean;
}

function* growingClasses(
  judged: PrefixQuestion['judged'],
  context: ChangeContext,
): Generator<Pause, readonly GrowingClass[]> {
  const { before, after } = context;
  const added = after.addedNodes();
  if (added.size === 0) return [];
  const entering = new EnteringRules(added);
  const growing: GrowingClass[] = [];
  const near = yield* classesNearLines(added.size, context);
  const own = near.length === 0 ? NOBODY : judged();
  for (const { policyClass, identities } of near) {
    yield PAUSE;
    const others = identities.filter((identity) => !own.has(identity));
    const rules = yield* entering.of(policyClass);
    if (rules.length === 0 || !hasEndpoint(others, before)) continue;
    growing.push({ policyClass, identities: others, isThroughAllow: rules.some(({ verdict }) => verdict === 'allow') });
  }
  return growing;
}

const NOBODY: ReadonlySet<NumericIdentity> = new Set();

/** Which rules let an added identity into a map. The same selectors are in many classes: each is asked once. */
class EnteringRules {
  readonly #added: AddedNodes;
  readonly #answers = new Map<SelectorKey, boolean>();
  #looked = 0;

  constructor(added: AddedNodes) {
    this.#added = added;
  }

  *of({ rules }: PolicyClass): Generator<Pause, readonly Rule[]> {
    const entering: Rule[] = [];
    for (const rule of rules) if (yield* this.#letsIn(rule)) entering.push(rule);
    return entering;
  }

  *#letsIn({ peers }: Rule): Generator<Pause, boolean> {
    for (const selector of listedSelectors(peers)) {
      if (++this.#looked % SELECTORS_PER_PAUSE === 0) yield PAUSE;
      if (yield* this.#selectsAdded(selector)) return true;
    }
    return false;
  }

  *#selectsAdded(selector: EndpointSelector): Generator<Pause, boolean> {
    if (isWildcard(selector)) return false;
    const known = this.#answers.get(selector.key);
    if (known !== undefined) return known;
    yield PAUSE;
    const answer = this.#added.matching(selector).length > 0;
    this.#answers.set(selector.key, answer);
    return answer;
  }
}
