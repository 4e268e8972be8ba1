/**
 * `explain DECISION-ID --log FILE`: a past decision, from the decision log of `serve`.
 */
import { findDecision, type Search } from '../decision-log/find-decision.ts';
import type { LoggedDecision } from '../decision-log/logged-decision.ts';
import { CommandError } from './command-error.ts';

export interface DecisionOptions {
  readonly log: string;
}

export const DECISION_HELP = `
Lines of the log that are no decisions are skipped, and told on stderr.

Example:
  cilium-bulkhead explain 0d3782eb30 --log decisions.ndjson`;

export interface Explained {
  readonly decision: LoggedDecision;
  readonly notes: readonly string[];
}

export async function decisionExplanation(id: string, { log }: DecisionOptions): Promise<Explained> {
  const search = await findDecision(log, id);
  if (!search.ok) throw new CommandError([`${log}: ${search.error}`]);
  const { decision } = search.value;
  const notes = notesOf(log, search.value);
  if (decision === undefined) throw new CommandError([...notes, `${log} holds no decision ${JSON.stringify(id)}`]);
  return { decision, notes };
}

function notesOf(log: string, { badLines, badLineCount }: Search): readonly string[] {
  const notes = badLines.map(({ line, reason }) => `${log}:${line} ${reason}; skipped`);
  const rest = badLineCount - notes.length;
  return rest > 0 ? [...notes, `${log}: ${rest} more lines are skipped`] : notes;
}
