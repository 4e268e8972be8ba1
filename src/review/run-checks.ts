/**
 * One run of the checks over one submission: what is found, what could not be judged.
 *
 * The checks are pulled one answer at a time. The run stops at the deadline, and each check at its cap of violations; what was
 * not finished then is unknown, and never denies. Advice beyond its cap is counted and let go: however much of it there is,
 * a violation behind it is found. A check that throws is a broken promise of our own code: it is reported, and unknown.
 */
import { isFinding, PAUSE, type Answer, type Finding, type Pause, type Unjudged } from '../checks/check.ts';
import type { CheckId } from '../checks/facts/finding-facts.ts';
import type { Check } from '../checks/context.ts';
import { compareBytes } from '../cilium/identity/label.ts';
import { formatRef } from '../cilium/objects.ts';
import type { Unknown } from './results.ts';

/** Of one check; so many violations, and so much advice. */
const MOST_FINDINGS = 200;
const MOST_UNKNOWNS = 50;

export interface RunOptions {
  /** Violations of one check, and advice of one; 200 where it is absent. */
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
  const collected = new Collected();
  for (const { check, answers } of runs) {
    const share = new Share(check.id, options.mostFindings ?? MOST_FINDINGS, collected);
    try {
      const unfinished = yield* collect(answers, share, options);
      if (unfinished !== undefined) share.unfinished(unfinished);
    } catch (error) {
      options.onFault(check.id, error);
      collected.unknown({ reason: `${check.id} failed; the platform team can find out why in the log` });
    }
    share.end();
  }
  return collected;
}

type Obstacle = 'time' | 'size';

/** What was in the way; undefined where the check came to its end. */
function* collect(
  answers: Iterable<Answer>,
  share: Share,
  { expired }: RunOptions,
): Generator<Pause, Obstacle | undefined> {
  if (expired()) return 'time';
  for (const answer of answers) {
    if (expired()) return 'time';
    if (answer !== PAUSE && !share.take(answer)) return 'size';
    yield PAUSE;
  }
  return undefined;
}

class Collected implements Judgement {
  readonly findings: Finding[] = [];
  readonly unknowns: Unknown[] = [];

  /** The last of them, in the order of objects and fields: a check meets them in the order in which they came into the model. */
  arrangeUnknowns(from: number): void {
    const last = this.unknowns.splice(from).map((unknown) => ({ unknown, place: placeOf(unknown) }));
    last.sort((a, b) => compareBytes(a.place, b.place));
    this.unknowns.push(...last.map(({ unknown }) => unknown));
  }

  /** That something was left out is said however much else there is. */
  unknown({ reason, object, path, unfinished }: Unknown): void {
    if (this.unknowns.length >= MOST_UNKNOWNS && unfinished === undefined) return;
    this.unknowns.push({
      reason,
      ...(object === undefined ? {} : { object }),
      ...(path === undefined ? {} : { path }),
      ...(unfinished === undefined ? {} : { unfinished }),
    });
  }
}

/** That something was left out comes last. */
function placeOf({ object, path = '', reason, unfinished }: Unknown): string {
  return [unfinished === undefined ? '0' : '1', object === undefined ? '' : formatRef(object), path, reason].join(' ');
}

/** What one check may add to what is collected. */
class Share {
  readonly #check: CheckId;
  readonly #most: number;
  readonly #collected: Collected;
  readonly #taken = { violation: 0, advice: 0 };
  readonly #unknownsBefore: number;

  constructor(check: CheckId, most: number, collected: Collected) {
    this.#check = check;
    this.#most = most;
    this.#collected = collected;
    this.#unknownsBefore = collected.unknowns.length;
  }

  /** false: it is one violation too many. */
  take(answer: Finding | Unjudged): boolean {
    if (!isFinding(answer)) this.#collected.unknown(answer);
    else if (this.#taken[answer.severity] < this.#most) this.#collected.findings.push(answer);
    else if (answer.severity === 'violation') return false;
    if (isFinding(answer)) this.#taken[answer.severity] += 1;
    return true;
  }

  unfinished(why: Obstacle): void {
    const reason = why === 'time' ? 'the time was up' : `more than ${this.#most} violations`;
    this.#collected.unknown({ reason: `${this.#check} was not finished: ${reason}`, unfinished: why });
  }

  end(): void {
    this.#collected.arrangeUnknowns(this.#unknownsBefore);
    const dropped = this.#taken.advice - this.#most;
    if (dropped <= 0) return;
    const reason = `${this.#check} gave more advice than is listed: ${dropped} more`;
    this.#collected.unknown({ reason, unfinished: 'list' });
  }
}
