/**
 * Pitfalls -> findings. They are advice; one that opens what nobody wrote may be a violation, where the configuration says so.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import type { ObjectRef } from '../../cilium/objects.ts';
import { listedSelectors, type Rule } from '../../cilium/policy/rule.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import type { Finding, Fix, Severity } from '../check.ts';
import { verdictCertainty } from '../facts/certainty.ts';
import type { CostId, CostReasons, LostId, LostReasons, MisreadingId } from '../facts/findings/policy-pitfalls.ts';
import type { Misreading } from './misreading.ts';
import type { Difference } from './shown-misreading.ts';

/** Of the peers of a rule, enough to tell it from others. */
const MOST_KEYS = 50;

export interface ShownMisreading extends Difference {
  readonly rule: Rule;
  readonly misreading: Misreading;
  /** Equal wherever it stands in its policy. */
  readonly content: string;
}

export function contentOf(rule: Rule, { id, content }: Misreading): string {
  const selectors = listedSelectors(rule.peers).slice(0, MOST_KEYS);
  return JSON.stringify([
    id,
    rule.direction,
    rule.verdict,
    rule.subject.key,
    content,
    ...selectors.map(({ key }) => key),
  ]);
}

export function misreadingFinding(
  { rule, misreading, effect, witness, content }: ShownMisreading,
  { severity, view }: { readonly severity: Severity; readonly view: ClusterView },
): Finding {
  const id: MisreadingId = misreading.id;
  return {
    id,
    severity,
    certainty: verdictCertainty(view.settings),
    subject: rule.ref.object,
    audience: 'author',
    field: misreading.field,
    facts: {
      effect,
      reason: misreading.reason,
      direction: rule.direction,
      verdict: rule.verdict === 'deny' ? 'deny' : 'allow',
    },
    details: { content },
    causes: [],
    witness,
    proposals: misreading.fixes.flatMap(inWordsToo),
  };
}

/** Where nobody can judge a patch again, as in an audit, its text is what is left. */
function inWordsToo(fix: Fix): readonly Fix[] {
  return fix.kind === 'words' ? [fix] : [fix, { kind: 'words', text: fix.text }];
}

/** A selector that selects nothing, or something else. */
export interface Lost {
  readonly id: LostId;
  readonly reason: LostReasons[LostId];
  readonly object: ObjectRef;
  readonly field: FieldPath;
  readonly label: string;
  readonly pods?: number;
  readonly selected: number;
  readonly fix: string;
}

export function lostFinding(
  { id, reason, object, field, label, pods, selected, fix }: Lost,
  view: ClusterView,
): Finding {
  return {
    id,
    severity: 'advice',
    certainty: verdictCertainty(view.settings),
    subject: object,
    audience: 'author',
    field,
    facts: { effect: 'closes', reason, label, ...(pods === undefined ? {} : { pods }), selected },
    details: { content: JSON.stringify([reason, label]) },
    causes: [],
    proposals: [{ kind: 'words', text: fix }],
  };
}

/** A form of a policy that costs less, with what both come to in the map of one class. */
export interface Cost {
  readonly id: CostId;
  readonly reason: CostReasons[CostId];
  readonly object: ObjectRef;
  readonly field: FieldPath;
  readonly entries: number;
  readonly entriesOtherwise: number;
  readonly certainty: Certainty;
  readonly pod?: string | undefined;
  readonly prefixes?: number | undefined;
  readonly fix: Fix;
}

export function costFinding({ id, reason, object, field, certainty, fix, ...numbers }: Cost): Finding {
  const { entries, entriesOtherwise, pod, prefixes } = numbers;
  return {
    id,
    severity: 'advice',
    certainty,
    subject: object,
    audience: 'author',
    field,
    facts: { effect: 'costs', reason, entries, entriesOtherwise },
    details: {
      content: JSON.stringify([reason, field]),
      ...(pod === undefined ? {} : { pod }),
      ...(prefixes === undefined ? {} : { prefixes }),
    },
    causes: [],
    proposals: inWordsToo(fix),
  };
}
