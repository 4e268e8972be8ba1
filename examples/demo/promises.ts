/**
 * What the name of a review file promises: `05-dead-allow-cidr.json` is denied with the finding `dead-allow`.
 */
import type { FindingId } from '../../src/checks/facts/finding-facts.ts';
import type { FilterFindingId } from '../../src/checks/facts/findings/label-filter.ts';
import type { PitfallId } from '../../src/checks/facts/findings/policy-pitfalls.ts';

export type Outcome = 'admitted' | 'denied';

/** Of a submission: the label filter is looked at in an audit only, and of pitfalls the demo has none. */
type ReviewFindingId = Exclude<FindingId, FilterFindingId | PitfallId>;

export interface ReviewPromise {
  readonly outcome: Outcome;
  /** Undefined: no finding at all. */
  readonly finding?: ReviewFindingId;
}

/** In mode enforce: violations deny, advice does not. */
const OUTCOMES: Readonly<Record<ReviewFindingId, Outcome>> = {
  'label-churn': 'denied',
  'identity-budget': 'denied',
  'mint-rate': 'denied',
  'cluster-headroom': 'denied',
  'namespace-churn': 'denied',
  'label-not-allowed': 'denied',
  'gc-stalled': 'admitted',
  'filter-gap': 'admitted',
  'cluster-churn': 'admitted',
  'relabel-pod': 'admitted',
  'relabel-namespace': 'admitted',
  'dead-allow': 'denied',
  'dead-today': 'admitted',
  'partial-allow': 'admitted',
  'dead-selector': 'admitted',
  'kills-allows': 'admitted',
  'policy-map-overflow': 'denied',
  'invalid-policy': 'denied',
  'reserved-labels': 'denied',
};

/** Undefined where the name promises nothing that this version knows. */
export function promiseOf(fileName: string): ReviewPromise | undefined {
  const words = fileName.replace(/^\d+-/, '').replace(/\.json$/, '');
  if (words === 'admitted' || words.startsWith('admitted-')) return { outcome: 'admitted' };
  const finding = findingIds().find((id) => words === id || words.startsWith(`${id}-`));
  return finding === undefined ? undefined : { outcome: OUTCOMES[finding], finding };
}

export interface ReviewAnswer {
  readonly allowed: boolean;
  readonly findings: readonly string[];
}

/** Undefined where it is kept, else what is wrong, in one sentence. */
export function brokenPromise(promise: ReviewPromise, answer: ReviewAnswer): string | undefined {
  const outcome: Outcome = answer.allowed ? 'admitted' : 'denied';
  if (outcome !== promise.outcome) return `expected it to be ${promise.outcome}, it was ${outcome}`;
  const found = answer.findings.length === 0 ? 'no finding' : `the findings ${answer.findings.join(', ')}`;
  if (promise.finding === undefined)
    return answer.findings.length === 0 ? undefined : `expected no finding, got ${found}`;
  return answer.findings.includes(promise.finding) ? undefined : `expected ${promise.finding}, got ${found}`;
}

/** Longer ones first, so that no id hides behind one that it starts with. */
function findingIds(): readonly ReviewFindingId[] {
  return (Object.keys(OUTCOMES) as ReviewFindingId[]).sort((a, b) => b.length - a.length);
}
