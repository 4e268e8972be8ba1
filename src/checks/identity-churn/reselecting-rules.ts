/**
 * The rules that start or stop selecting pods of a namespace when its labels change, as subjects or as peers.
 *
 * Nothing but labels of the namespace differs, so that only selectors that ask for one of these can answer otherwise; each is put
 * to the pairs of label sets, before and after, that it could be about.
 * Cost: O(requirements of all policies), and a bounded number of matches, with pauses.
 */
import { Budget } from '../../cilium/budget.ts';
import type { Kind } from '../../cilium/objects.ts';
import { Pace } from '../../cilium/pace.ts';
import { rulesOf, type Peer, type Rule } from '../../cilium/policy/rule.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { KeyChange } from '../facts/relabelled-pods.ts';
import { MovedLabels } from './moved-labels.ts';
import { costOfMatch, MOST_STEPS, STEPS_PER_PAUSE, takes } from './selector-search.ts';

/** Pods of which a selector begins to take some, or stops to; an example of each. */
export interface Shift {
  readonly starts?: KeyChange;
  readonly stops?: KeyChange;
}

export interface Reselecting {
  readonly rule: Rule;
  /** As subjects of the rule. */
  readonly subject: Shift;
  /** As peers, where that is another answer than before. */
  readonly peers: readonly { readonly peer: Peer; readonly shift: Shift }[];
}

/** `spent`: as many were tried as may be, and there may be more. */
export interface ReselectingRules {
  readonly rules: readonly Reselecting[];
  readonly spent: boolean;
}

/** In the order of the policies. */
export function* reselectingRules(
  changes: readonly KeyChange[],
  view: ClusterView,
): Generator<Pause, ReselectingRules> {
  const shifts = new Shifts(yield* MovedLabels.of(changes));
  const found: Reselecting[] = [];
  for (const rule of endpointRules(view)) {
    const subject = yield* shifts.of([rule.subject]);
    const peers: { readonly peer: Peer; readonly shift: Shift }[] = [];
    for (const peer of rule.peers.kind === 'list' ? rule.peers.items : []) {
      const shift = yield* shifts.of(peer.selectors);
      if (isSome(shift)) peers.push({ peer, shift });
    }
    if (isSome(subject) || peers.length > 0) found.push({ rule, subject, peers });
    if (shifts.spent) break;
  }
  return { rules: found, spent: shifts.spent };
}

/** Of policies that agents read and take. */
function* endpointRules(view: ClusterView): Iterable<Rule> {
  const kinds: ReadonlySet<Kind> = view.settings.config.policyKinds;
  for (const policy of view.policies()) {
    if (!kinds.has(policy.object.kind)) continue;
    for (const rule of rulesOf(policy)) if (rule.subjectKind === 'endpoint') yield rule;
  }
}

const NONE: Shift = {};

function isSome({ starts, stops }: Shift): boolean {
  return starts !== undefined || stops !== undefined;
}

class Shifts {
  readonly #moved: MovedLabels;
  readonly #known = new Map<string, Shift>();
  readonly #budget = new Budget(MOST_STEPS);
  readonly #pace = new Pace(STEPS_PER_PAUSE);
  spent = false;

  constructor(moved: MovedLabels) {
    this.#moved = moved;
  }

  /** Of what one item selects, by all of its selectors together. */
  *of(selectors: readonly EndpointSelector[]): Generator<Pause, Shift> {
    if (this.#pace.isPauseDue(costOfMatch(selectors))) yield PAUSE;
    if (!selectors.some((selector) => this.#moved.isAsked(selector))) return NONE;
    const key = JSON.stringify(selectors.map((selector) => selector.key));
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const shift = yield* this.#shiftOf(selectors);
    this.#known.set(key, shift);
    return shift;
  }

  *#shiftOf(selectors: readonly EndpointSelector[]): Generator<Pause, Shift> {
    let shift = NONE;
    const size = 2 * costOfMatch(selectors);
    for (const change of this.#candidates(selectors)) {
      if (shift.starts !== undefined && shift.stops !== undefined) break;
      this.spent ||= !this.#budget.spend(size);
      if (this.spent) break;
      if (this.#pace.isPauseDue(size)) yield PAUSE;
      const was = takes(selectors, change.labelsBefore);
      const is = takes(selectors, change.labels);
      if (was !== is) shift = is ? { starts: change, ...shift } : { stops: change, ...shift };
    }
    return shift;
  }

  #candidates(selectors: readonly EndpointSelector[]): Iterable<KeyChange> {
    const [first = [], ...others] = selectors.map((selector) => this.#moved.candidates(selector));
    return others.length === 0 ? first : new Set([first, ...others].flat());
  }
}
