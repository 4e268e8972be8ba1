/**
 * What agents write to their log of a flow: the texts of every rule that has a part in an entry, each once.
 *
 * Mirrors stringList and mergeStringList (pkg/policy/origin.go, 1.20).
 */
import { compareBytes } from '../identity/label.ts';

const SEPARATOR = '\u001f';

/** In order. Absent: none. */
export function joinedLogs(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  return [...new Set([...logTexts(a), ...logTexts(b)])].sort(compareBytes).join(SEPARATOR);
}

/** What was joined. */
export function logTexts(log: string | undefined): readonly string[] {
  return log === undefined ? [] : log.split(SEPARATOR);
}
