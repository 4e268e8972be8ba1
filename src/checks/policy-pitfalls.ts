/**
 * policy-pitfalls: a policy that means something else than it says, in this Cilium version.
 *
 * What opens more than is written is told at admission; what allows less, or costs far more entries of policy maps than an equal
 * form, is for who asks with `check` or `audit`. All of it is advice; what opens is a violation where `failOpen` says so, and the
 * version before did not have it.
 * Nothing is said from the text alone: a flow shows each misreading, by the policy map that agents make of the rules
 * (policy-pitfalls/verdict.ts), and a what-if counts each cost.
 * Cost: O(rules of the policy); what is counted, O(what the policy selects), only where a map has entries to spare.
 */
import { Budget } from '../cilium/budget.ts';
import { isPolicy, POLICY_KINDS, refOf, type ObjectRef } from '../cilium/objects.ts';
import { prefixesOf } from '../cilium/policy/rule.ts';
import type { ClusterView } from '../cluster/view.ts';
import { PAUSE, type Answer, type Pause, type Unjudged } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { costsOf } from './policy-pitfalls/costs.ts';
import { elementsOf, rulesIn } from './policy-pitfalls/element.ts';
import { FlowEnds } from './facts/flow-ends.ts';
import { freshAmong } from './policy-pitfalls/fresh.ts';
import { lostIn } from './policy-pitfalls/lost.ts';
import { misreadingsOf } from './policy-pitfalls/misreadings.ts';
import { PodPrefixes, podPrefixesOf } from './policy-pitfalls/pod-prefixes.ts';
import { contentOf, misreadingFinding, type ShownMisreading } from './policy-pitfalls/pitfall-finding.ts';
import { differenceOf } from './policy-pitfalls/shown-misreading.ts';
import { isSystemNamespace } from './settings.ts';

export const policyPitfalls: Check = { id: 'policy-pitfalls', kinds: POLICY_KINDS, onChange, onState };

/** Rules that are asked about flows, for one policy. */
const MOST_ASKED = 100_000;
const ELEMENTS_PER_PAUSE = 64;

function* onChange(context: ChangeContext): Iterable<Answer> {
  const { submission, before, after, settings } = context;
  const { change, origin } = submission;
  if (change.op === 'bind' || change.op === 'delete' || !isPolicy(change.after)) return;
  const ref = refOf(change.after);
  const found = yield* misreadings(ref, after);
  const opening = found.filter(({ effect }) => effect === 'opens');
  const violations =
    settings.policyPitfalls.failOpen === 'violation' && opening.length > 0
      ? freshAmong(opening, yield* former(ref, before))
      : new Set<ShownMisreading>();
  for (const shown of origin === 'file' ? found : opening) {
    yield misreadingFinding(shown, { severity: violations.has(shown) ? 'violation' : 'advice', view: after });
  }
  if (origin === 'file') yield* others(ref, after);
}

/** What was not found out of the version before is nobody's to read about. */
function* former(ref: ObjectRef, before: ClusterView): Generator<Pause, readonly ShownMisreading[]> {
  const answers = misreadings(ref, before);
  for (;;) {
    const step = answers.next();
    if (step.done === true) return step.value;
    yield PAUSE;
  }
}

function* onState({ view, settings }: StateContext): Iterable<Answer> {
  const severity = settings.policyPitfalls.failOpen;
  for (const { object } of view.policies()) {
    if (object.namespace !== undefined && isSystemNamespace(object.namespace, settings)) continue;
    yield PAUSE;
    for (const shown of yield* about(object, misreadings(object, view))) {
      yield misreadingFinding(shown, { severity: shown.effect === 'opens' ? severity : 'advice', view });
    }
    yield* others(object, view);
  }
}

/** Nothing was submitted that a field could be of. */
function* about<Result>(
  object: ObjectRef,
  answers: Generator<Pause | Unjudged, Result>,
): Generator<Pause | Unjudged, Result> {
  for (;;) {
    const step = answers.next();
    if (step.done === true) return step.value;
    yield step.value === PAUSE ? PAUSE : { ...step.value, object };
  }
}

/** What only those read about who ask. */
function* others(ref: ObjectRef, view: ClusterView): Iterable<Answer> {
  yield* lostIn(ref, view);
  yield* costsOf(ref, view);
}

function* misreadings(ref: ObjectRef, view: ClusterView): Generator<Pause | Unjudged, readonly ShownMisreading[]> {
  const policy = view.policyObject(ref);
  if (policy === undefined) return [];
  const rules = rulesIn(policy, view);
  const ends = new FlowEnds(view);
  const ground = { rules, view, ends, budget: new Budget(MOST_ASKED) };
  const podPrefixes = prefixesOf(view.policy(ref)).length > 0 ? yield* podPrefixesOf(view) : new PodPrefixes([]);
  const found: ShownMisreading[] = [];
  for (const [index, element] of elementsOf(policy, rules).entries()) {
    if (index % ELEMENTS_PER_PAUSE === ELEMENTS_PER_PAUSE - 1) yield PAUSE;
    for (const misreading of misreadingsOf(element, { settings: view.settings, ends, podPrefixes })) {
      yield PAUSE;
      if (misreading === PAUSE) continue;
      const { rule } = element;
      const difference = yield* differenceOf(rule, misreading, ground);
      if (difference === 'spent') {
        const reason = 'it was not looked for more pitfalls: the policy has too many rules that may have one';
        yield { kind: 'unjudged', reason, path: misreading.field, unfinished: 'size' };
        return found;
      }
      if (difference !== undefined)
        found.push({ ...difference, rule, misreading, content: contentOf(rule, misreading) });
    }
  }
  return found;
}
