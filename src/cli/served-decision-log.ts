/**
 * Where `serve` writes its decisions: to the file that `--decision-log` names, or nowhere.
 */
import { decisionLine, type DecidedReview } from '../decision-log/decision-line.ts';
import { DecisionLog } from '../decision-log/decision-log.ts';
import type { Logger } from '../log.ts';
import { FaultLog } from '../server/fault-log.ts';
import type { Metrics } from '../server/metrics.ts';
import { errorCode, systemErrorText } from '../system-error.ts';
import type { Clock } from '../cluster/clock.ts';
import { CommandError } from './command-error.ts';

export interface ServedDecisionLog {
  readonly record: (decided: DecidedReview) => void;
  readonly close: () => Promise<void>;
}

interface Observers {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** A file that cannot be written to at the start ends the command. */
export async function openDecisionLog(file: string | undefined, observers: Observers): Promise<ServedDecisionLog> {
  if (file === undefined) return { record: () => undefined, close: () => Promise.resolve() };
  const decisions = await opened(file, observers);
  return { record: (decided) => decisions.append(decisionLine(decided)), close: () => decisions.close() };
}

async function opened(file: string, { log, metrics, clock }: Observers): Promise<DecisionLog> {
  try {
    return await DecisionLog.open({
      file,
      faults: new FaultLog({ log, clock }),
      onDropped: (decisions, reason) => metrics.decisionsNotLogged(decisions, reason),
    });
  } catch (error) {
    // A pipe or a device: the message is our own, and has no code.
    const reason =
      errorCode(error) === '' && error instanceof Error ? error.message : systemErrorText(error, 'written');
    throw new CommandError([`--decision-log: ${file}: ${reason}`]);
  }
}
