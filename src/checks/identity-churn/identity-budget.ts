/**
 * identity-budget: a tenant has more identities than it may have.
 *
 * Two limits: the keys that its pods have, and all its keys, unused ones included, for these take a number until they are
 * collected. What is unused for longer than any collection takes is the platform's problem and counts against nobody.
 * Cost: O(1) beside what the change mints; the namespaces of the tenant for the words of a violation. An audit: O(tenants).
 */
import { subjectOf } from '../../cluster/change.ts';
import type { Tenant } from '../../cluster/tenant.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Answer, Fix } from '../check.ts';
import type { ChangeContext, StateContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { roomComesBack } from '../facts/collection-time.ts';
import type { CountedKeys } from '../facts/findings/identity-churn.ts';
import { podLabelsField } from '../facts/label-patch.ts';
import { budgetChanges, certaintyOf, runsIn, type BudgetChange } from '../facts/tenant-budget.ts';
import { largestNamespace } from '../facts/tenant-namespaces.ts';
import { tenantText } from '../facts/wording.ts';
import type { KeysOfTenant } from '../facts/ledger.ts';
import { identityBudgetOf, isSystemNamespace } from '../settings.ts';

interface BrokenBudget {
  readonly counted: CountedKeys;
  readonly budget: number;
}

export function* identityBudget(context: ChangeContext): Iterable<Answer> {
  for (const change of yield* budgetChanges(context)) {
    const broken = brokenBy(change, context);
    if (broken === undefined) continue;
    yield brokenBudgetOf(change, broken, context);
    return;
  }
}

function brokenBudgetOf(change: BudgetChange, { counted, budget }: BrokenBudget, context: ChangeContext): Answer {
  const { current, submission } = context;
  const [identities, after] = [change.before[counted], change.after[counted]];
  return {
    id: 'identity-budget',
    severity: change.judgedAtOwner ? 'advice' : 'violation',
    certainty: certaintyOf(change, context),
    subject: subjectOf(submission.change),
    audience: 'author',
    ...(submission.change.op === 'update' || submission.change.op === 'create'
      ? { field: podLabelsField(submission.change.after) }
      : {}),
    facts: { newIdentities: after - identities, identities, budget },
    details: { tenant: change.tenant, counted, ...runsIn(change) },
    causes: [],
    proposals: [fixOf(current, change.tenant, { counted, missing: after - budget })],
  };
}

/** Whether a change breaks a budget of its tenant: relabel-namespace asks too. */
export function brokenBy(
  { before, after }: Pick<BudgetChange, 'before' | 'after'>,
  { current, settings }: ChangeContext,
): BrokenBudget | undefined {
  const broken = brokenBudget(after, identityBudgetOf(settings, current.usage.rangeSize));
  return broken.find(({ counted }) => after[counted] > before[counted]);
}

/** Those of tenants that have more already. */
export function* standingBudgets({ view, settingsOf }: StateContext): Iterable<Answer> {
  for (const tenant of view.usage.tenants()) {
    const budgets = identityBudgetOf(settingsOf(tenant), view.usage.rangeSize);
    const use = view.usage.of(tenant);
    const [broken] = brokenBudget(use, budgets);
    const namespace = largestNamespace(tenant, view);
    if (broken === undefined || namespace === undefined) continue;
    const { counted, budget } = broken;
    yield {
      id: 'identity-budget',
      severity: isSystemNamespace(namespace, settingsOf(tenant)) ? 'advice' : 'violation',
      certainty: identityCertainty(view.settings),
      subject: { kind: 'Namespace', name: namespace },
      audience: 'author',
      facts: { newIdentities: 0, identities: use[counted], budget },
      details: { tenant, counted },
      causes: [],
      proposals: [fixOf(view, tenant, { counted, missing: use[counted] - budget })],
    };
  }
}

function brokenBudget(use: KeysOfTenant, budgets: KeysOfTenant): readonly BrokenBudget[] {
  const counts = ['inUse', 'keys'] as const;
  return counts.flatMap((counted) => (use[counted] > budgets[counted] ? [{ counted, budget: budgets[counted] }] : []));
}

interface Shortage {
  readonly counted: CountedKeys;
  /** So many have to go. */
  readonly missing: number;
}

function fixOf({ usage }: ClusterView, tenant: Tenant, { counted, missing }: Shortage): Fix {
  const room = counted === 'keys' ? roomComesBack(usage, tenant, missing) : undefined;
  const less = 'let pods share labels, or delete workloads that are not needed';
  const more = `the platform team can give ${tenantText(tenant)} a larger identityBudget`;
  return { kind: 'words', text: room ?? `${less}; ${more}` };
}
