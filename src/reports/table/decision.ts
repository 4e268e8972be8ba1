/**
 * `explain DECISION-ID` for a terminal: what was asked and answered, what was found, and by what it was judged.
 */
import type { LoggedDecision, LoggedFinding } from '../../decision-log/logged-decision.ts';
import { mistrustText, objectPath } from '../names.ts';
import { clean, count, detail, itemLines, type Canvas, type Item } from './layout.ts';

const SECONDS = { one: 'second', many: 'seconds' };

export function decisionLines(decision: LoggedDecision, canvas: Canvas): readonly string[] {
  const { id, time, object, operation, dryRun, verdict } = decision;
  const word = canvas.paint(verdict === 'deny' ? 'bad' : 'good', clean(verdict).padEnd(5));
  const what = `${operation.toLowerCase()}${dryRun ? ', dry run' : ''}, decision ${id}`;
  return [
    `${word}  ${canvas.paint('strong', clean(objectPath(object)))}  ${canvas.paint('quiet', clean(what))}`,
    '',
    ...itemLines(
      [
        detail('at', time),
        detail('by', `${decision.user === '' ? 'nobody who is named' : decision.user}, tenant ${decision.tenant}`),
        detail('model', `revision ${decision.modelRevision}, ${count(decision.modelAgeSeconds, SECONDS)} old`),
        detail('settings', decision.settings),
        ...(decision.late ? [LATE] : []),
      ],
      canvas,
    ),
    ...decision.findings.flatMap((finding) => ['', ...itemLines(findingItems(finding, decision), canvas)]),
    ...section('unknown', decision.unknowns, canvas),
    ...(decision.findings.length === 0 ? section('warning', decision.warnings, canvas) : []),
    ...(decision.leftOut === 0
      ? []
      : ['', ...itemLines([detail('', `${decision.leftOut} more, which the log has no room for`)], canvas)]),
  ];
}

const LATE: Item = {
  label: 'late',
  labelTone: 'caution',
  text: 'it was decided after the deadline: the API server had been answered already, and allowed it',
};

function findingItems(finding: LoggedFinding, { modes }: LoggedDecision): readonly Item[] {
  const { check, id, severity, certainty, message, fix, field, causes } = finding;
  const name = check === id ? id : `${check}/${id}`;
  return [
    { label: severity, labelTone: severity === 'violation' ? 'bad' : 'strong', text: message },
    ...(fix === undefined ? [] : [{ label: 'fix', labelTone: 'good', text: fix } as const]),
    ...(field === undefined ? [] : [detail('at', field)]),
    ...causes.map((cause, index) => detail(index === 0 ? 'because' : '', `${cause.policy} ${cause.field}`)),
    detail('check', `${name} (${certainty}; ${standing(finding, modes.get(check))})`),
  ];
}

function standing({ exemption, mistrust, eased }: LoggedFinding, mode: string | undefined): string {
  if (exemption !== undefined) return `exempt by ${exemption}`;
  if (mistrust !== undefined) return mistrustText(mistrust);
  if (eased !== undefined) return 'advice only: created before enforceObjectsCreatedAfter';
  return `mode ${mode ?? 'not known'}`;
}

function section(label: string, texts: readonly string[], canvas: Canvas): readonly string[] {
  return texts.flatMap((text) => ['', ...itemLines([{ label, labelTone: 'caution', text }], canvas)]);
}
