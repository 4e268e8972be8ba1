/**
 * The review of one submission: scope, checks, witnesses, fixes, decision.
 *
 * The one engine of the webhook and of `check`. A generator, so that the caller may give way to others at each pause; see
 * run.ts. It takes no clock and changes nothing: the deadline is a question that is passed in.
 */
import type { Finding, Fix, Pause, Submission } from '../checks/check.ts';
import type { ChangeContext } from '../checks/context.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { createdAt } from '../cluster/change.ts';
import { tenantsOfChange } from '../cluster/tenants-of-change.ts';
import type { ClusterView } from '../cluster/view.ts';
import { viewsOf } from './ask-each.ts';
import { chargeOf } from './charge.ts';
import { decide, quietDecision } from './decision.ts';
import { DEFAULT_RULES, type DecisionRules } from './decision-rules.ts';
import { findFixes } from './fix.ts';
import { contextsOf, isSilence, judgeAgain, judgeChange, untilLate, type JudgingOptions } from './judge-change.ts';
import { mistrustsOf, type Mistrust } from './mistrust.ts';
import { refusedFor } from './refused-policy.ts';
import type { Decision, Unknown } from './results.ts';
import type { Judgement } from './run-checks.ts';
import { scopeOf } from './scope.ts';
import { standingOf, type Author } from './standing.ts';

export interface AdmitOptions extends JudgingOptions {
  /** Those of everybody. */
  readonly settings: CheckSettings;
  /** Who is judged otherwise; by default nobody. */
  readonly rules?: DecisionRules;
  /** In milliseconds since 1970; absent: no exemption has expired, and of what is created now nobody knows when. */
  readonly now?: number | undefined;
  /** Said of the model besides what it says of itself. */
  readonly unknowns?: readonly Unknown[];
  /** Why some checks are not to be trusted now, besides what the model says of itself; by default nothing. */
  readonly mistrusts?: readonly Mistrust[] | undefined;
}

export function* admit(view: ClusterView, submission: Submission, options: AdmitOptions): Generator<Pause, Decision> {
  const rules = options.rules ?? DEFAULT_RULES;
  const author = authorOf(view, submission, options);
  const mistrusts = mistrustsIn(view, options);
  const standing = standingOf(author, { settings: options.settings, rules, now: options.now, mistrusts });
  const scope = scopeOf(submission, standing.settings);
  const [tenant] = author.tenants;
  if (scope.kind === 'exempt') return quietDecision([], tenant, view.revision);
  const judging = { ...options, settings: standing.settings };
  const contexts = contextsOf(viewsOf(view), submission, judging);
  const unsure = modelUnknowns(view, options);
  if (isSilence(contexts, judging)) return quietDecision(unsure, tenant, view.revision);
  const isRecorded = scope.kind === 'recorded';
  const [context] = contexts;
  const { judgement, witnesses } = yield* judgeChange(contexts, judging);
  const fixes = yield* fixesFor(judgement, view, submission, judging);
  const unknowns = [...unsure, ...judgement.unknowns];
  const decision = decide({
    ...witnesses,
    standing,
    requester: submission.requester,
    tenant,
    modelRevision: view.revision,
    findings: judgement.findings,
    fixes,
    unknowns: [...unknowns, ...witnesses.unknowns],
    refusedFor: isRecorded ? [] : refusedFor(unknowns, context, { rules, standing }),
    recordedOnly: isRecorded,
  });
  return yield* withCharge(decision, context);
}

/** Of what is admitted. */
function* withCharge(decision: Decision, context: ChangeContext): Generator<Pause, Decision> {
  if (decision.verdict === 'deny' || context.settings.modes['identity-churn'] === 'off') return decision;
  const charge = yield* chargeOf(context);
  return charge === undefined ? decision : { ...decision, charge };
}

function authorOf(view: ClusterView, { change, requester }: Submission, { now }: AdmitOptions): Author {
  return { tenants: tenantsOfChange(change, view), requester, created: createdAt(change) ?? now };
}

/** What the model says of itself, and what is said besides. */
function mistrustsIn(view: ClusterView, { mistrusts = [] }: AdmitOptions): readonly Mistrust[] {
  const own = mistrustsOf(view);
  return own.length === 0 ? mistrusts : [...own, ...mistrusts];
}

/** Without its version or its configuration everything about Cilium is a guess. */
function modelUnknowns({ settings }: ClusterView, { unknowns = [] }: AdmitOptions): readonly Unknown[] {
  return settings.unknown === undefined ? unknowns : [{ reason: settings.unknown }, ...unknowns];
}

function fixesFor(
  judgement: Judgement,
  view: ClusterView,
  submission: Submission,
  options: AdmitOptions,
): Generator<Pause, ReadonlyMap<Finding, Fix>> {
  const judge = (revised: Submission): Generator<Pause, Judgement> => judgeAgain(viewsOf(view), revised, options);
  return findFixes(submission, judgement, { judge, expired: untilLate(options).expired });
}
