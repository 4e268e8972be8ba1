/**
 * `check` for a terminal: one block per object with its verdict, its findings under it, a last line that sums up.
 */
import type { CheckResult, JudgedFinding, ObjectDecision } from '../../review/results.ts';
import { objectPath } from '../names.ts';
import { findingLines, mismatchLines, tally, unknownLines } from './findings.ts';
import { clean, count, detail, itemLines, wrap, type Canvas } from './layout.ts';

const OBJECTS = { one: 'object', many: 'objects' };

export function checkLines(result: CheckResult, canvas: Canvas): readonly string[] {
  const lines: string[] = [];
  let previousWasShort = true;
  for (const decision of result.decisions) {
    const block = objectLines(decision, canvas);
    // Objects without findings stand close together; a block with findings has air around it.
    const short = block.length === 1;
    if (lines.length > 0 && !(short && previousWasShort)) lines.push('');
    lines.push(...block);
    previousWasShort = short;
  }
  if (lines.length > 0) lines.push('');
  return [...lines, ...wrap(summary(result), canvas.width)];
}

function objectLines(judged: ObjectDecision, canvas: Canvas): readonly string[] {
  const { object, operation, origin, notJudged, decision } = judged;
  const denied = decision.verdict === 'deny';
  const verdict = canvas.paint(denied ? 'bad' : 'good', decision.verdict.padEnd(5));
  const place = origin === undefined ? '' : `, ${clean(origin.file)}:${origin.line}`;
  const heading = `${verdict}  ${canvas.paint('strong', clean(objectPath(object)))}`;
  const standing = notJudged === undefined ? '' : `; not judged: ${clean(notJudged)}`;
  const lines = [`${heading}  ${canvas.paint('quiet', `${operation.toLowerCase()}${place}${standing}`)}`];
  for (const finding of fixesOnce(decision.findings.filter(isForAuthor)))
    lines.push('', ...findingLines(finding, objectPath(object), canvas));
  lines.push(...platformLines(decision.findings, canvas));
  for (const unknown of decision.unknowns) lines.push('', ...unknownLines(unknown, canvas));
  for (const warning of looseWarnings(decision)) lines.push('', ...warningLines(warning, canvas));
  for (const mismatch of decision.replayMismatches) lines.push('', ...mismatchLines(mismatch, canvas));
  return lines;
}

/** Named only: what it says is in the report for the platform team, and in the JSON. */
function platformLines(findings: readonly JudgedFinding[], canvas: Canvas): readonly string[] {
  const others = findings.filter((finding) => !isForAuthor(finding));
  if (others.length === 0) return [];
  const names = [...new Set(others.map(({ severity, id }) => `${severity} ${id}`))].join(', ');
  return ['', ...itemLines([detail('platform', `${names}, for the platform team (-o json shows it)`)], canvas)];
}

function isForAuthor({ audience }: JudgedFinding): boolean {
  return audience === 'author';
}

/** A fix that repairs several findings stands once, with the last of them, as in a denial. */
function fixesOnce(findings: readonly JudgedFinding[]): readonly JudgedFinding[] {
  return findings.map((finding, index) => {
    const { fix, ...rest } = finding;
    const isRepeated = findings.slice(index + 1).some((later) => later.fix?.text === fix?.text);
    return isRepeated ? rest : finding;
  });
}

/** A warning repeats a finding in fewer letters; without a finding it is all there is. */
function looseWarnings(decision: ObjectDecision['decision']): readonly string[] {
  return decision.findings.length === 0 ? decision.warnings : [];
}

function warningLines(warning: string, canvas: Canvas): readonly string[] {
  return itemLines([{ label: 'warning', labelTone: 'caution', text: warning }], canvas);
}

function summary({ decisions }: CheckResult): string {
  if (decisions.length === 0) return 'Nothing to judge.';
  const denied = decisions.filter(({ decision }) => decision.verdict === 'deny').length;
  const all = decisions.flatMap(({ decision }) => decision.findings);
  const shown = all.filter(isForAuthor);
  const exempt = decisions.filter(({ notJudged }) => notJudged !== undefined).length;
  const unknown = decisions.filter(({ decision }) => decision.unknowns.length > 0).length;
  const parts = [
    denied === 0 ? 'none denied' : `${denied} denied`,
    shown.length === 0 ? 'no findings' : tally(shown),
    ...(shown.length === all.length ? [] : [`${all.length - shown.length} for the platform team`]),
    ...(exempt === 0 ? [] : [`${exempt} not judged`]),
    ...(unknown === 0 ? [] : [`${unknown} not fully judged`]),
  ];
  return `${count(decisions.length, OBJECTS)}: ${parts.join(', ')}.`;
}
