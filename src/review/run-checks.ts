/**
 * One run of the checks over one submission: what is found, what could not be judged.
 *
 * The checks are pulled one answer at a time. The run stops at the cap and at the deadline; what was not finished then is
 * unknown, and never denies. A check that throws is a broken promise of our own code: it is reported, and unknown.
 */
import { isFinding, PAUSE, type Answer, type Finding, type Pause, type Unjudged } from '../checks/check.ts';
import type { CheckId } from '../checks/facts/finding-facts.ts';
import type { Check } from '../checks/context.ts';
import type { Unknown } from './results.ts';

const MOST_FINDINGS = 200;
const MOST_UNKNOWNS = 50;

export interface RunOptions {
  /** 200 where it is absent. */
  readonly mostFindings?: number;
  /** Whether the time is up. */
  readonly expired: () => boolean;
  /** Told of a fault of our own; nothing of it reaches the author. */
  readonly onFault: (check: CheckId, error: unknown) => void;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
}

export interface CheckRun {
  readonly check: Check;
  readonly answers: Iterable<Answer>;
}

export function* runChecks(runs: Iterable<CheckRun>, options: RunOptions): Generator<Pause, Judgement> {
  const collected = new Collected(options.mostFindings ?? MOST_FINDINGS);
  for (const { check, answers } of runs) {
    if (collected.isFull || options.expired()) {
      collected.unfinished(check.id);
      continue;
    }
    try {
      yield* collect(check.id, answers, collected, options);
    } catch (error) {
      options.onFault(check.id, error);
      collected.unknown({ reason: `${check.id} failed; the platform team can find out why in the log` });
    }
  }
  return collected;
}

function* collect(
  check: CheckId,
  answers: Iterable<Answer>,
  collected: Collected,
  { expired }: RunOptions,
): Generator<Pause, void> {
  for (const answer of answers) {
    if (collected.isFull || expired()) {
      collected.unfinished(check);
      return;
    }
    if (answer !== PAUSE) collected.take(answer);
    yield PAUSE;
  }
}

class Collected implements Judgement {
  readonly findings: Finding[] = [];
  readonly unknowns: Unknown[] = [];
  readonly #mostFindings: number;

  constructor(mostFindings: number) {
    this.#mostFindings = mostFindings;
  }

  get isFull(): boolean {
    return this.findings.length >= this.#mostFindings;
  }

  take(answer: Finding | Unjudged): void {
    if (isFinding(answer)) this.findings.push(answer);
    else this.unknown(answer);
  }

  unknown({ reason, path, unfinished }: Unknown): void {
    if (this.unknowns.length >= MOST_UNKNOWNS) return;
    this.unknowns.push({
      reason,
      ...(path === undefined ? {} : { path }),
      ...(unfinished === undefined ? {} : { unfinished }),
    });
  }

  unfinished(check: CheckId): void {
    const why = this.isFull ? `more than ${this.#mostFindings} findings` : 'the time was up';
    this.unknown({ reason: `${check} was not finished: ${why}`, unfinished: this.isFull ? 'size' : 'time' });
  }
}
