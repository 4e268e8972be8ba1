/**
 * What the author of a denied change reads in the terminal.
 *
 * kubectl prints it as it is after "admission webhook ... denied the request:", so the first line is a finding that stands
 * alone: one line what and why, one line the fix, at the end where to read on.
 */
import type { CheckId, FindingId } from '../checks/facts/finding-facts.ts';
import { count } from '../checks/facts/wording.ts';
import { formatRef } from '../cilium/objects.ts';
import { oneLine } from '../plain-text.ts';
import type { JudgedFinding, Unknown } from './results.ts';

const MOST_FINDINGS = 10;
const MOST_UNKNOWNS = 3;
const LONGEST_UNKNOWN = 1_000;

export interface DenialContext {
  /** Folder or address of the documentation, without a slash at the end. */
  readonly docsUrl: string;
  readonly decisionId: string;
}

/** Takes the findings that are for the author, most severe first, and what it is refused for that could not be judged. */
export function denialText(
  findings: readonly JudgedFinding[],
  context: DenialContext,
  refusedFor: readonly Unknown[] = [],
): string {
  const shown = findings.slice(0, MOST_FINDINGS);
  const rest = findings.length - shown.length;
  const pages = new Set(shown.map((finding) => pageOf(finding, context)));
  if (refusedFor.length > 0) pages.add(`${context.docsUrl}/configuration.md#unknown`);
  return [
    ...shown.flatMap(linesOf),
    ...(rest > 0 ? [`and ${count(rest, 'more finding')}`] : []),
    ...unknownLines(refusedFor),
    `  see ${[...pages].join(', ')} (decision ${context.decisionId})`,
  ].join('\n');
}

function unknownLines(refusedFor: readonly Unknown[]): readonly string[] {
  const lines = [...new Set(refusedFor.map(unknownText))].map((reason) => `[unknown] it cannot be judged: ${reason}.`);
  const rest = lines.length - MOST_UNKNOWNS;
  return rest > 0 ? [...lines.slice(0, MOST_UNKNOWNS), `and ${count(rest, 'more reason')}`] : lines;
}

/** Where it is, and what: in a log, and for the author of what is refused for it. */
export function unknownText({ reason, object, path }: Unknown): string {
  const place = [...(object === undefined ? [] : [formatRef(object)]), ...(path === undefined ? [] : [path])].join(' ');
  return oneLine(place === '' ? reason : `${place}: ${reason}`, LONGEST_UNKNOWN);
}

/** A fix that repairs several findings stands once, below the last of them. */
function linesOf(
  { check, id, message, fix }: JudgedFinding,
  index: number,
  all: readonly JudgedFinding[],
): readonly string[] {
  const line = `[${nameOf(check, id)}] ${message}.`;
  const isRepeated = all.slice(index + 1).some((later) => later.fix?.text === fix?.text);
  return fix === undefined || isRepeated ? [line] : [line, `  fix: ${fix.text}.`];
}

/** A check with one finding is named once. */
function nameOf(check: CheckId, id: FindingId): string {
  return check === id ? check : `${check}/${id}`;
}

function pageOf({ check, id }: JudgedFinding, { docsUrl }: DenialContext): string {
  return `${docsUrl}/checks/${check}.md#${id}`;
}
