/**
 * Whether a misreading makes a difference in this version, and which: a flow about which the policy says something else than it
 * would if the rule were read as it is written.
 *
 * The rule is asked alone first; then the whole policy, so that what it says in another place as well is no pitfall.
 * Cost: O(rules of the policy) for each flow, in steps, and no more rules than the budget.
 */
import type { Budget } from '../../cilium/budget.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Flow, type Pause } from '../check.ts';
import type { FlowEnds } from '../facts/flow-ends.ts';
import type { CandidateFlow, Misreading } from './misreading.ts';
import { verdictOf, type AskedFlow, type RuleVerdict } from './verdict.ts';

export interface Difference {
  readonly effect: 'opens' | 'closes';
  readonly witness: Flow;
}

export interface PolicyGround {
  readonly rules: readonly Rule[];
  readonly view: ClusterView;
  readonly ends: FlowEnds;
  /** Rules that may be asked. */
  readonly budget: Budget;
}

/** `spent`: the budget is. undefined: no difference was found. */
export function* differenceOf(
  rule: Rule,
  misreading: Misreading,
  ground: PolicyGround,
): Generator<Pause, Difference | 'spent' | undefined> {
  const subject = ground.ends.subjectOf(rule);
  if (subject === undefined) return undefined;
  for (const flow of misreading.flows) {
    const asked = askedFlow(rule, flow, subject);
    if (asked === undefined) continue;
    const alone = yield* effectOf([rule], rule, misreading, asked, ground);
    if (alone === undefined) continue;
    if (!ground.budget.spend(ground.rules.length)) return 'spent';
    yield PAUSE;
    const effect = yield* effectOf(ground.rules, rule, misreading, asked, ground);
    if (effect === 'spent') return 'spent';
    if (effect !== undefined) return { effect, witness: witnessOf(asked) };
  }
  return undefined;
}

function askedFlow(
  rule: Rule,
  { peer, ...packet }: CandidateFlow,
  subject: AskedFlow['subject'],
): AskedFlow | undefined {
  return peer === undefined ? undefined : { direction: rule.direction, subject, peer, ...packet };
}

function* effectOf(
  rules: readonly Rule[],
  rule: Rule,
  { meant }: Misreading,
  flow: AskedFlow,
  { view }: PolicyGround,
): Generator<Pause, Difference['effect'] | 'spent' | undefined> {
  const read = yield* verdictOf(rules, flow, view);
  const written = yield* verdictOf(
    rules.map((one) => (one === rule ? meant : one)),
    flow,
    view,
  );
  if (read === 'too-many' || written === 'too-many') return 'spent';
  if (read === 'unknown' || written === 'unknown') return undefined;
  const difference = openness(read) - openness(written);
  if (difference === 0) return undefined;
  return difference > 0 ? 'opens' : 'closes';
}

/** What a deny leaves alone another policy may allow. */
function openness(verdict: Exclude<RuleVerdict, 'unknown' | 'too-many'>): number {
  return { deny: 0, none: 1, allow: 2 }[verdict];
}

function witnessOf({ direction, subject, peer, protocol, port }: AskedFlow): Flow {
  const [source, destination] = direction === 'ingress' ? [peer, subject] : [subject, peer];
  return { direction, source: source.end, destination: destination.end, protocol, port };
}
