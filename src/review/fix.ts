/**
 * Fixes that were judged like what was sent: of the proposals that the findings carry, those that lead to an object without
 * a violation.
 *
 * Violations are repaired one after the other, each on top of the former, until none is left: so a patch that is shown makes
 * the whole object acceptable. Where something is left, what was found is shown as words.
 * Advice about pitfalls has patches too, each by itself and for who asks with a file: at admission nobody waits for advice.
 * Cost: one review for each try, no more than TRIES for violations and as many for advice, and none once the time is up.
 */
import { PAUSE, type Finding, type Fix, type JsonPatch, type Pause, type Submission } from '../checks/check.ts';
import { CHECK_OF_FINDING } from '../checks/facts/finding-facts.ts';
import { movesTo } from './moved-patch.ts';
import type { Judgement } from './run-checks.ts';

const TRIES = 6;
const NO_FIXES: ReadonlyMap<Finding, Fix> = new Map();

export interface JudgingAgain {
  readonly judge: (submission: Submission) => Generator<Pause, Judgement>;
  /** Whether the time is up. */
  readonly expired: () => boolean;
}

/** What the repairs so far come to. */
interface Repair {
  readonly submission: Submission;
  /** Of what was submitted. */
  readonly proposals: readonly PatchFix[];
  readonly judgement: Judgement;
  readonly patch: JsonPatch;
  /** In the words of what was submitted, for the findings that are gone. */
  readonly texts: readonly string[];
}

export function* findFixes(
  submission: Submission,
  judgement: Judgement,
  judgingAgain: JudgingAgain,
): Generator<Pause, ReadonlyMap<Finding, Fix>> {
  if (judgement.findings.length === 0) return NO_FIXES;
  const proposals = [...patchesFor(judgement)].map(({ proposal }) => proposal);
  const repair = yield* repaired({ submission, proposals, judgement, patch: [], texts: [] }, judgingAgain);
  const left = new Set(violations(repair.judgement).map(signature));
  const fixes = new Map<Finding, Fix>();
  for (const finding of judgement.findings) {
    const fix = finding.severity === 'violation' ? violationFix(finding, repair, left) : wordsOf(finding);
    if (fix !== undefined) fixes.set(finding, fix);
  }
  if (submission.origin === 'file') yield* judgeAdvice(fixes, { submission, judgement }, judgingAgain);
  return fixes;
}

/** Puts patches in the place of words, where they leave what they are for and bring no violation. */
function* judgeAdvice(
  fixes: Map<Finding, Fix>,
  { submission, judgement }: Pick<Repair, 'submission' | 'judgement'>,
  { judge, expired }: JudgingAgain,
): Generator<Pause, void> {
  let tries = TRIES;
  for (const finding of judgement.findings) {
    const proposal = finding.proposals.find(({ kind }) => kind === 'patch');
    if (finding.severity !== 'advice' || CHECK_OF_FINDING[finding.id] !== 'policy-pitfalls') continue;
    if (proposal?.kind !== 'patch') continue;
    if (tries === 0 || expired()) return;
    tries -= 1;
    const revised = submission.revise(proposal.patch);
    if (revised.ok && isMended(yield* judge(revised.value), judgement, finding)) fixes.set(finding, proposal);
  }
}

function isMended(after: Judgement, before: Judgement, finding: Finding): boolean {
  const sought = signature(finding);
  const had = new Set(violations(before).map(signature));
  return (
    after.unknowns.length <= before.unknowns.length &&
    after.findings.every((other) => signature(other) !== sought) &&
    violations(after).every((other) => had.has(signature(other)))
  );
}

/** `left`: the violations that the repair leaves. */
function violationFix(finding: Finding, { patch, texts }: Repair, left: ReadonlySet<string>): Fix | undefined {
  if (texts.length === 0) return wordsOf(finding);
  if (left.size === 0) return { kind: 'patch', patch, text: texts.join('; ') };
  return left.has(signature(finding)) ? wordsOf(finding) : { kind: 'words', text: texts.join('; ') };
}

/** Words are no promise, so that nothing has to be judged. */
export function wordsOf({ proposals }: Finding): Fix | undefined {
  return proposals.find(({ kind }) => kind === 'words');
}

function* repaired(start: Repair, judgingAgain: JudgingAgain): Generator<Pause, Repair> {
  let repair = start;
  let tries = TRIES;
  for (;;) {
    let next: Repair | undefined;
    for (const { finding, proposal } of patchesFor(repair.judgement)) {
      yield PAUSE;
      if (tries === 0 || judgingAgain.expired()) return repair;
      tries -= 1;
      next = yield* tried(repair, finding, proposal, judgingAgain);
      if (next !== undefined) break;
    }
    if (next === undefined) return repair;
    repair = next;
  }
}

type PatchFix = Extract<Fix, { kind: 'patch' }>;

interface PatchProposal {
  readonly finding: Finding;
  readonly proposal: PatchFix;
}

function* patchesFor(judgement: Judgement): Iterable<PatchProposal> {
  for (const finding of violations(judgement)) {
    for (const proposal of finding.proposals) if (proposal.kind === 'patch') yield { finding, proposal };
  }
}

/** undefined: the patch does not apply, or leaves as many violations, or makes something that cannot be judged. */
function* tried(
  repair: Repair,
  finding: Finding,
  proposal: PatchFix,
  { judge }: JudgingAgain,
): Generator<Pause, Repair | undefined> {
  const patch = [...repair.patch, ...proposal.patch];
  const revised = repair.submission.revise(patch);
  if (!revised.ok) return undefined;
  const judgement = yield* judge(revised.value);
  if (!isBetter(judgement, repair.judgement, finding)) return undefined;
  return { ...repair, judgement, patch, texts: [...repair.texts, textOf(proposal, repair)] };
}

/** In the words of what was submitted, where it holds the same proposal; indices are others once an element was taken out. */
function textOf({ patch, text }: PatchFix, { patch: applied, proposals }: Repair): string {
  if (applied.length === 0) return text;
  const submitted = proposals.find((proposal) => movesTo(proposal.patch, applied, patch));
  return submitted?.text ?? `in what is left then: ${text}`;
}

function isBetter(after: Judgement, before: Judgement, finding: Finding): boolean {
  if (after.unknowns.length > before.unknowns.length) return false;
  if (after.unknowns.some(({ unfinished }) => unfinished === 'time')) return false;
  if (violations(after).length >= violations(before).length) return false;
  const sought = signature(finding);
  return violations(after).every((other) => signature(other) !== sought);
}

function violations({ findings }: Judgement): readonly Finding[] {
  return findings.filter(({ severity }) => severity === 'violation');
}

/** Tells findings apart by what they are about, not by where or how much: indices and numbers change with every repair. */
function signature(finding: Finding): string {
  const { id, facts, details } = finding;
  if (details !== undefined && 'content' in details) return JSON.stringify([id, details.content]);
  return id === 'reserved-labels' ? JSON.stringify([id, facts.label]) : id;
}
