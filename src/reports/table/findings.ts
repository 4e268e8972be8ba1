/**
 * A finding as a tenant reads it: what is wrong, how to repair it, then where, because of what, and for example.
 */
import type { Flow } from '../../checks/check.ts';
import type { JudgedFinding, ReplayMismatch, Unknown } from '../../review/results.ts';
import { flowEndText, mistrustText, objectPath, protocolName } from '../names.ts';
import { count, detail, itemLines, type Canvas, type Item } from './layout.ts';

/** The lines of one finding; its subject is named where the heading above it does not. */
export function findingLines(finding: JudgedFinding, heading: string, canvas: Canvas): readonly string[] {
  const subject = objectPath(finding.subject);
  const items: Item[] = [{ ...severityItem(finding), text: finding.message }];
  if (finding.fix !== undefined) items.push({ label: 'fix', labelTone: 'good', text: finding.fix.text });
  if (subject !== heading) items.push(detail('on', subject));
  if (finding.field !== undefined) items.push(detail('at', finding.field));
  for (const [index, { object, field }] of finding.causes.entries()) {
    items.push(detail(index === 0 ? 'because' : '', `${objectPath(object)} ${field}`));
  }
  if (finding.witness !== undefined) items.push(detail('example', flowText(finding.witness)));
  items.push(detail('check', standing(finding)));
  return itemLines(items, canvas);
}

export function unknownLines(unknown: Unknown, canvas: Canvas): readonly string[] {
  const items: Item[] = [{ label: 'unknown', labelTone: 'caution', text: unknown.reason }];
  if (unknown.object !== undefined) items.push(detail('on', objectPath(unknown.object)));
  if (unknown.path !== undefined) items.push(detail('at', unknown.path));
  return itemLines(items, canvas);
}

export function mismatchLines({ finding, detail: what }: ReplayMismatch, canvas: Canvas): readonly string[] {
  const text = `the second evaluator disagrees about ${finding}: ${what}. This is a bug: please report it.`;
  return itemLines([{ label: 'bug', labelTone: 'bad', text }], canvas);
}

/** `2 violations, 1 advice`, or the empty text. */
export function tally(findings: readonly JudgedFinding[]): string {
  const violations = findings.filter(({ severity }) => severity === 'violation').length;
  const advice = findings.length - violations;
  return [
    violations > 0 ? count(violations, { one: 'violation', many: 'violations' }) : '',
    advice > 0 ? `${advice} advice` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function severityItem(finding: JudgedFinding): Pick<Item, 'label' | 'labelTone'> {
  if (finding.severity === 'advice') return { label: 'advice', labelTone: 'strong' };
  return { label: 'violation', labelTone: finding.denies ? 'bad' : 'caution' };
}

/** The finding's name, how sure its numbers are, and what its mode makes of it. */
function standing(finding: JudgedFinding): string {
  const { check, id, certainty } = finding;
  const name = check === id ? id : `${check}/${id}`;
  return `${name} (${certainty}; ${effectOf(finding)})`;
}

function effectOf({ denies, severity, mode, exemption, mistrust, eased }: JudgedFinding): string {
  if (exemption !== undefined) return `exempt by ${exemption}`;
  if (mistrust !== undefined) return mistrustText(mistrust);
  if (eased !== undefined) return 'advice only: created before enforceObjectsCreatedAfter';
  if (denies) return 'denied';
  return severity === 'advice' ? 'never denies' : `mode ${mode}, not denied`;
}

function flowText({ direction, source, destination, protocol, port }: Flow): string {
  const where = port === 0 ? 'any port' : `port ${port}`;
  return `${direction} from ${flowEndText(source)} to ${flowEndText(destination)}, ${protocolName(protocol)} ${where}`;
}
