/**
 * filter-gap: labels that nobody chose make identities. A controller, or Kubernetes itself, adds them to pods, so that no
 * author can leave them out: it is the label filter that should.
 *
 * Stands in the place of a finding whose labels are all of that kind, and is advice for the platform: the value of `labels`
 * that leaves them out and nothing else, what it saves, and the policies that ask for them.
 * Cost: see labels-value.ts, saved-identities.ts and selecting-rules.ts; only where such a finding is made.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { describeRef, type ObjectRef, type RuleRef } from '../../cilium/objects.ts';
import { subjectOf } from '../../cluster/change.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import type { Answer, Fix, Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import type { DetailsOf } from '../facts/finding-facts.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { labelsValueWithout } from '../facts/labels-value.ts';
import { savedWithout } from '../facts/saved-identities.ts';
import { rulesSelectingBy } from '../facts/selecting-rules.ts';
import { listed } from '../facts/wording.ts';

/** Of all that ask for a label. */
export const MOST_CAUSES = 50;
const MOST_NAMED = 10;
/** A value of more entries is nothing that anybody pastes. */
const MOST_LABELS = 50;

interface Proposal {
  /** Absent: no value of `labels` was found that leaves out these labels and nothing else. */
  readonly entry?: string;
  readonly identitiesSaved: number;
  /** Of `identitiesSaved`. */
  readonly certainty: Certainty;
  /** That ask for one of the labels. */
  readonly rules: readonly RuleRef[];
}

/** `from`: who adds these labels. */
export function* filterGap(
  { current, submission }: ChangeContext,
  keys: readonly string[],
  from: 'controller' | 'binding',
): Iterable<Answer> {
  yield* gapIn(current, keys, { subject: subjectOf(submission.change), details: { from } });
}

export interface Gap {
  readonly subject: ObjectRef;
  readonly details: Omit<DetailsOf['filter-gap'], 'policies'>;
}

/** What runs will bring is saved, too. */
export function* gapIn(view: ClusterView, keys: readonly string[], { subject, details }: Gap): Generator<Answer, void> {
  const labels = keys.toSorted(compareBytes).slice(0, MOST_LABELS);
  const { entry, identitiesSaved, certainty, rules } = yield* proposalWithout(labels, view);
  const { runs, cronJobs = 1 } = details;
  yield {
    id: 'filter-gap',
    severity: 'advice',
    certainty: runs === undefined || certainty === 'unknown' ? certainty : runs.certainty,
    subject,
    audience: 'platform',
    facts: {
      labels,
      ...(entry === undefined ? {} : { entry }),
      identitiesSaved: identitiesSaved + (runs === undefined ? 0 : runs.identities - cronJobs),
    },
    details: { ...details, policies: policiesOf(rules).length },
    causes: rules.slice(0, MOST_CAUSES),
    proposals: entry === undefined ? [] : [fixWith(entry, rules)],
  };
}

function* proposalWithout(labels: readonly string[], view: ClusterView): Generator<Pause, Proposal> {
  const entry = yield* labelsValueWithout(labels, view);
  const saved = yield* savedWithout(labels, view);
  const sure = identityCertainty(view.settings);
  return {
    ...(entry === undefined ? {} : { entry }),
    identitiesSaved: saved.identities,
    certainty: saved.isLeast && sure === 'exact' ? 'lower-bound' : sure,
    rules: yield* rulesSelectingBy(labels, view),
  };
}

/** Single quotes: a plain value that starts with "!" would be a tag, and double quotes would take the backslashes. */
export function fixWith(entry: string, rules: readonly RuleRef[]): Fix {
  const policies = policiesOf(rules);
  const first =
    policies.length === 0 ? '' : `, once nothing asks for it any more: ${listed(policies, { most: MOST_NAMED })}`;
  return { kind: 'words', text: `write labels: '${entry.replaceAll("'", "''")}' in cilium-config${first}` };
}

function policiesOf(rules: readonly RuleRef[]): readonly string[] {
  return [...new Set(rules.map(({ object }) => describeRef(object)))];
}
