/**
 * How often random cases put each belief about Cilium to the test: a line for each row of the tables.
 *
 * Only cases count that were compared, equal or not; a row whose number is 0 has not been tested, whatever the total says.
 */
import type { Case } from '../case.ts';
import type { Outcome } from '../compare.ts';
import { BELIEF_ROWS } from './belief-rows.ts';
import { MINOR_ROWS } from './minor-rows.ts';
import { POLICY_MAP_ROWS } from './policy-map-rows.ts';
import type { Row } from './row.ts';
import { seenQuestion } from './seen-question.ts';
import { seenWorld } from './seen-world.ts';

/** A row that fewer cases reach is marked: 200 of 10,000 of one kind. */
const ENOUGH = 0.02;

class Table<Seen> {
  readonly name: string;
  readonly #rows: readonly Row<Seen>[];
  readonly #hits: number[];
  readonly #cases = new Map<string, number>();

  constructor(name: string, rows: readonly Row<Seen>[]) {
    this.name = name;
    this.#rows = rows;
    this.#hits = rows.map(() => 0);
  }

  add(seen: Seen, op: string): void {
    this.#cases.set(op, (this.#cases.get(op) ?? 0) + 1);
    for (const index of this.reachedBy(seen)) this.#hits[index] = (this.#hits[index] ?? 0) + 1;
  }

  reachedBy(seen: Seen): readonly number[] {
    return this.#rows.flatMap((row, index) => ('isReached' in row && row.isReached(seen) ? [index] : []));
  }

  *lines(): Generator<string> {
    if (this.#cases.size === 0) return;
    const asked = [...this.#cases].map(([op, count]) => `${count} ${op}`).join(', ');
    const enough = ENOUGH * Math.max(...this.#cases.values());
    yield `${this.name}, rows of "Verified": cases that reached them, of ${asked}`;
    for (const [index, row] of this.#rows.entries()) {
      const { row: number, says } = row;
      const hits = this.#hits[index] ?? 0;
      const mark = 'unreachable' in row ? `not reachable: ${row.unreachable}` : hits < enough ? 'too few' : '';
      yield `${'unreachable' in row ? '     -' : String(hits).padStart(6)}  ${number.padEnd(4)} ${says}  ${mark}`.trimEnd();
    }
  }
}

export class RowCoverage {
  readonly #worlds = new Table('policy maps', POLICY_MAP_ROWS);
  readonly #questions = new Table('identities', [...BELIEF_ROWS, ...MINOR_ROWS]);

  add(asked: Case, { kind, answer }: Outcome): void {
    if (kind === 'not-covered') return;
    if (asked.op === 'map') this.#worlds.add(seenWorld(asked, answer), asked.op);
    else this.#questions.add(seenQuestion(asked, answer), asked.op);
  }

  /** The rows that a case reaches, each by a name of its own. */
  rowsOf(asked: Case, { answer }: Pick<Outcome, 'answer'>): readonly string[] {
    const isWorld = asked.op === 'map';
    const reached = isWorld
      ? this.#worlds.reachedBy(seenWorld(asked, answer))
      : this.#questions.reachedBy(seenQuestion(asked, answer));
    return reached.map((index) => `${isWorld ? 'map' : 'identity'} ${index}`);
  }

  *lines(): Generator<string> {
    yield* this.#questions.lines();
    yield* this.#worlds.lines();
  }
}
