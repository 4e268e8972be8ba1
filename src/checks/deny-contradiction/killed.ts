/**
 * Which allows of namespaced policies a clusterwide policy kills: dead with it, and not without it.
 *
 * Asked for its author, who may not know the allows. An allow that was dead before is not counted, nor is one that only a deny
 * takes which the old form of the policy had too.
 * Cost: O(peer items of all namespaced policies x new denies), with a pause for each rule element and item; then two proofs
 * for each unit that new denies meet, no more than MOST_PROVEN.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRef, formatRuleRef, type ObjectRef } from '../../cilium/objects.ts';
import type { UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import { listedSelectors, rulesOf, type Direction, type Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ClusterwideDeny, DenyIndex } from './denies.ts';
import { endsMeet, portsMeet } from './overlap.ts';
import { howJudged } from './judged-rules.ts';
import { meetings } from './meetings.ts';
import { rulingOf } from './overruled.ts';
import { prove, type Proof } from './proof.ts';
import { elementsOf, itemsOf, unitsOf, type Unit } from './units.ts';

/** A second of proofs. */
const MOST_PROVEN = 2_000;

type DeadProof = Extract<Proof, { kind: 'dead' }>;

export interface KilledUnit {
  readonly unit: Unit;
  readonly proof: DeadProof;
}

export interface Killed {
  /** How many units of policies of each namespace. */
  readonly byNamespace: ReadonlyMap<string, number>;
  readonly policies: number;
  /** The first by the name and place of its policy. */
  readonly example: KilledUnit | undefined;
  /** Every rule of the clusterwide policy that some killed unit needs to be dead, in the order of their fields. */
  readonly causes: readonly Rule[];
}

export interface Blow {
  readonly policy: ObjectRef;
  readonly before: DenyIndex;
  readonly after: DenyIndex;
  /** With the change. */
  readonly view: ClusterView;
  readonly facts: UniverseFacts;
}

export function* killedBy(blow: Blow): Generator<Pause, Killed> {
  const fresh = { ingress: freshDenies(blow, 'ingress'), egress: freshDenies(blow, 'egress') };
  const killed = new Tally();
  if (fresh.ingress.length + fresh.egress.length === 0) return killed.sum(blow);
  let left = MOST_PROVEN;
  for (const unit of unitsMet(fresh, blow.view)) {
    yield PAUSE;
    if (unit === PAUSE) continue;
    if (left === 0) break;
    left -= 1;
    const proof = deathOf(unit, blow.after, blow.facts);
    if (proof !== undefined && deathOf(unit, blow.before, blow.facts) === undefined) killed.add({ unit, proof });
  }
  return killed.sum(blow);
}

/** Denies of the policy that its old form did not have. */
function freshDenies({ policy, before, after }: Blow, direction: Direction): readonly ClusterwideDeny[] {
  const own = (index: DenyIndex): readonly ClusterwideDeny[] =>
    index.against(direction).known.filter(({ rule }) => formatRef(rule.ref.object) === formatRef(policy));
  const old = new Set(own(before).map(contentOf));
  return own(after).filter((deny) => !old.has(contentOf(deny)));
}

/** Equal ones take the same flows, at the same place among the tiers. */
function contentOf({ rule: { direction, subject, peers, ports, tierPlace } }: ClusterwideDeny): string {
  const selectors = peers.kind === 'any' ? peers.kind : listedSelectors(peers).map(({ key }) => key);
  const ranges =
    ports.kind === 'any' ? ports.kind : ports.items.map(({ protocol, first, last }) => [protocol, first, last]);
  return JSON.stringify([direction, subject.key, selectors, ranges, tierPlace?.tier, tierPlace?.priority]);
}

function* unitsMet(
  fresh: Readonly<Record<Direction, readonly ClusterwideDeny[]>>,
  view: ClusterView,
): Iterable<Pause | Unit> {
  for (const policy of view.policies()) {
    if (policy.object.namespace === undefined) continue;
    yield PAUSE;
    const rules: Rule[] = [];
    for (const rule of rulesOf(policy)) {
      if (mayBeMet(rule, fresh[rule.direction])) rules.push(rule);
      else yield PAUSE;
    }
    for (const element of elementsOf(rules).values()) {
      const [{ direction }] = element;
      for (const met of meetings(unitsOf(element), fresh[direction])) yield met === PAUSE ? PAUSE : met.unit;
    }
  }
}

/** In one step. */
const MOST_LOOKS = 1_024;

/** Looked at before its units are made: nearly none is. Of a large one each item is looked at in a step of its own, later. */
function mayBeMet(rule: Rule, denies: readonly ClusterwideDeny[]): boolean {
  if (rule.verdict !== 'allow' || denies.length === 0 || howJudged(rule) === 'not') return false;
  const items = itemsOf(rule);
  if (items.length * denies.length > MOST_LOOKS) return true;
  return denies.some(({ deny }) => items.some((item) => endsMeet(item, deny)));
}

/** By all clusterwide denies together, as far as nothing of the Admin tier comes before them. */
function deathOf(unit: Unit, index: DenyIndex, facts: UniverseFacts): DeadProof | undefined {
  const { known, accepts } = index.against(unit.rule.direction);
  const ports = { kind: 'list', items: unit.ranges } as const;
  const met = known.filter(({ deny }) => endsMeet(unit, deny) && portsMeet(deny.ports, ports));
  const { deciding } = rulingOf(unit, met, accepts, facts);
  const proof = deciding.length === 0 ? undefined : prove(unit, deciding, facts);
  return proof?.kind === 'dead' ? proof : undefined;
}

class Tally {
  readonly #byNamespace = new Map<string, number>();
  readonly #policies = new Set<string>();
  readonly #causes = new Set<Rule>();
  #example: KilledUnit | undefined;

  add(killed: KilledUnit): void {
    const { object } = killed.unit.rule.ref;
    const { namespace = '' } = object;
    this.#byNamespace.set(namespace, (this.#byNamespace.get(namespace) ?? 0) + 1);
    this.#policies.add(formatRef(object));
    for (const rule of killed.proof.causes) this.#causes.add(rule);
    if (this.#example === undefined || compareBytes(placeOf(killed), placeOf(this.#example)) < 0)
      this.#example = killed;
  }

  sum({ policy }: Blow): Killed {
    const isOwn = ({ ref }: Rule): boolean => formatRef(ref.object) === formatRef(policy);
    return {
      byNamespace: this.#byNamespace,
      policies: this.#policies.size,
      example: this.#example,
      causes: [...this.#causes].filter(isOwn).sort((a, b) => compareBytes(a.ref.field, b.ref.field)),
    };
  }
}

function placeOf({ unit: { rule, field } }: KilledUnit): string {
  return formatRuleRef({ object: rule.ref.object, field });
}
