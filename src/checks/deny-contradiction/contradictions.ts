/**
 * Assessments of a policy -> findings.
 *
 * A dead prefix in a list with living ones is advice, as such lists change hourly; a hole is for the author only where it
 * takes something that the author named.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRuleRef, refOf, type PolicyObject, type RuleRef } from '../../cilium/objects.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Finding, FindingOf, Fix } from '../check.ts';
import { verdictCertainty } from '../facts/certainty.ts';
import type { Assessment } from './assess.ts';
import { ownFlow } from './own-flow.ts';
import { portFacts } from './port-facts.ts';
import { repairOf } from './repair.ts';
import { isCIDRItem, type Unit } from './units.ts';

export type Dead = Extract<Assessment, { kind: 'dead' }>;

export interface ContradictionInput {
  readonly policy: PolicyObject;
  readonly rules: readonly Rule[];
  readonly assessments: readonly Assessment[];
  /** The dead units that count against the author. */
  readonly violations: ReadonlySet<Unit>;
  /** Pods that stay open if the policy is refused. */
  readonly unpoliced: number;
  readonly view: ClusterView;
}

export function* contradictions(input: ContradictionInput): Iterable<Finding> {
  const { assessments, violations, policy, rules } = input;
  const units = assessments.map(({ unit }) => unit);
  const repair = violations.size === 0 ? undefined : repairOf({ policy, rules, units, dead: violations });
  for (const assessment of assessments) {
    const finding = findingFor(assessment, input, repair);
    if (finding !== undefined) yield finding;
  }
}

/** Dead for good, and not merely one prefix of a list that is useful otherwise. */
export function countedDead(assessments: readonly Assessment[]): readonly Dead[] {
  const living = new Set(assessments.filter(isLivingCIDR).map(({ unit }) => listOf(unit)));
  return assessments
    .filter((assessment) => assessment.kind === 'dead')
    .filter(({ unit }) => !isCIDRItem(unit) || !living.has(listOf(unit)));
}

function isLivingCIDR({ kind, unit }: Assessment): boolean {
  return kind !== 'dead' && isCIDRItem(unit);
}

/** The items of one rule on one port. */
function listOf({ rule, ranges }: Unit): string {
  return `${rule.ref.field} ${ranges[0]?.ref.field ?? ''}`;
}

function findingFor(assessment: Assessment, input: ContradictionInput, repair: Fix | undefined): Finding | undefined {
  const { unit } = assessment;
  switch (assessment.kind) {
    case 'untouched':
      return undefined;
    case 'dead': {
      const isViolation = input.violations.has(unit);
      return {
        ...advice(assessment, input),
        id: 'dead-allow',
        details: { content: unit.content, unpoliced: isViolation ? input.unpoliced : 0 },
        severity: isViolation ? 'violation' : 'advice',
        witness: ownFlow(unit, assessment.example, input.view),
        proposals: isViolation ? [repair ?? splitInWords(unit)] : [],
      };
    }
    case 'dead-today': {
      const details = { content: unit.content, matching: assessment.matching };
      return { ...advice(assessment, input), id: 'dead-today', details, audience: 'platform' };
    }
    case 'partial': {
      const part = assessment.part ?? assessment.ports ?? 'part of what it matches';
      const audience = assessment.part === undefined ? 'platform' : 'author';
      return { ...advice(assessment, input), id: 'partial-allow', details: { content: unit.content, part }, audience };
    }
  }
}

/** What the findings about a unit have in common. */
function advice(
  { unit, causes }: Exclude<Assessment, { kind: 'untouched' }>,
  { policy, view }: ContradictionInput,
): Omit<FindingOf<'dead-allow'>, 'id' | 'details'> {
  return {
    severity: 'advice',
    certainty: verdictCertainty(view.settings),
    subject: refOf(policy),
    audience: 'author',
    field: unit.field,
    facts: { direction: unit.rule.direction, ...portFacts(unit) },
    causes: causes.map(({ ref }) => ref).sort(byPlace),
    proposals: [],
  };
}

function splitInWords({ field }: Unit): Fix {
  return { kind: 'words', text: `take the denied port out of what ${field} allows, in a rule of its own` };
}

function byPlace(a: RuleRef, b: RuleRef): number {
  return compareBytes(formatRuleRef(a), formatRuleRef(b));
}
