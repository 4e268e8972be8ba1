/**
 * Fixes for what an audit finds: of the objects that have a violation for which a label or a rule is to blame, as a review finds
 * them for what is submitted.
 *
 * The model does not hold objects as they are written, so that a patch can be applied to none of them: the caller gives those that
 * are asked for. Each is judged as if it were submitted to a cluster without it, and so is what the patch makes of it.
 * Cost: a review for each object, and one for each try of a fix; no more than MOST_OBJECTS, and none once the time is up.
 */
import type { Finding, Fix, Pause, Submission } from '../checks/check.ts';
import { storedObject } from '../checks/facts/stored-object.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { formatRef, type ObjectRef } from '../cilium/objects.ts';
import { subjectOf } from '../cluster/change.ts';
import type { ClusterView } from '../cluster/view.ts';
import { keyOf } from './agreed.ts';
import type { AuditOptions } from './audit.ts';
import { viewsOf, type Views } from './ask-each.ts';
import { DEFAULT_RULES } from './decision-rules.ts';
import { findFixes } from './fix.ts';
import { judgeAgain, runOptions, type JudgingOptions } from './judge-change.ts';
import type { JudgedFinding, Report } from './results.ts';
import { Standings } from './standings.ts';

const MOST_OBJECTS = 50;

export interface Unmended {
  /** In the order of the report. */
  readonly objects: readonly ObjectRef[];
  /** How many more there are, for which none is looked for. */
  readonly rest: number;
}

/** The objects of which a fix is wanted. */
export function unmended({ findings }: Report): Unmended {
  const subjects = findings.filter(wantsFix).map(({ subject }) => [formatRef(subject), subject] as const);
  const objects = [...new Map(subjects).values()];
  return { objects: objects.slice(0, MOST_OBJECTS), rest: Math.max(0, objects.length - MOST_OBJECTS) };
}

/** An identity budget or a label filter is nothing that a patch of the object could mend. */
const MENDABLE: ReadonlySet<JudgedFinding['check']> = new Set([
  'deny-contradiction',
  'policy-map-overflow',
  'policy-pitfalls',
  'reserved-labels',
]);

function wantsFix({ check, severity, fix, subject }: JudgedFinding): boolean {
  return severity === 'violation' && MENDABLE.has(check) && fix?.kind !== 'patch' && subject.kind !== 'Namespace';
}

export interface StoredFixOptions
  extends Pick<JudgingOptions, 'expired' | 'onFault'>, Pick<AuditOptions, 'rules' | 'today'> {
  /** Those of everybody. */
  readonly settings: CheckSettings;
  /** The objects as they are written, submitted as if they were new. */
  readonly submissions: readonly Submission[];
}

/** The report, with the fixes that were found. */
export function* withStoredFixes(
  report: Report,
  view: ClusterView,
  options: StoredFixOptions,
): Generator<Pause, Report> {
  const { settings, rules = DEFAULT_RULES, today: now } = options;
  const standings = new Standings(view, { settings, rules, now, mistrusts: [] });
  const fixes = new Map<string, Fix>();
  for (const submission of options.submissions) {
    if (runOptions(options).expired()) break;
    const { settings: own } = standings.ofSubject(subjectOf(submission.change));
    const found = yield* fixesOf(submission, view, { ...options, settings: own });
    for (const [finding, fix] of found) fixes.set(placeOf(finding), fix);
  }
  if (fixes.size === 0) return report;
  return { ...report, findings: report.findings.map((finding) => mended(finding, fixes)) };
}

function* fixesOf(
  submission: Submission,
  view: ClusterView,
  options: StoredFixOptions,
): Generator<Pause, ReadonlyMap<Finding, Fix>> {
  const stored = storedObject(view, subjectOf(submission.change));
  if (stored === undefined) return new Map();
  const removal = { op: 'delete', before: stored } as const;
  const [main, ...others] = viewsOf(view);
  const without: Views = [main.after(removal), ...others.map((other) => other.after(removal))];
  const judge = (revised: Submission) => judgeAgain(without, revised, options);
  const { expired } = runOptions(options);
  return yield* findFixes(submission, yield* judge(submission), { judge, expired });
}

/** A full map is found in one place by an audit, and may be found in another one by a review. */
function placeOf(finding: Pick<JudgedFinding, 'id' | 'subject' | 'field' | 'facts'>): string {
  return finding.id === 'policy-map-overflow' ? formatRef(finding.subject) : keyOf(finding);
}

function mended(finding: JudgedFinding, fixes: ReadonlyMap<string, Fix>): JudgedFinding {
  const fix = wantsFix(finding) ? fixes.get(placeOf(finding)) : undefined;
  return fix === undefined ? finding : { ...finding, fix };
}
