/**
 * How often random cases put each belief about Cilium to the test: a line for each row of the tables.
 *
 * Only cases count that were compared, equal or not; a row whose number is 0 has not been tested, whatever the total says.
 */
import type { Case } from '../case.ts';
import type { Outcome } from '../compare.ts';
import { minorOf } from '../minors.ts';
import { BUILT_IN_ROWS } from './built-in-rows.ts';
import { FILTER_ROWS } from './filter-rows.ts';
import { IDENTITY_ROWS } from './identity-rows.ts';
import { POLICY_MAP_ROWS } from './policy-map-rows.ts';
import { POLICY_ROWS } from './policy-rows.ts';
import type { Row } from './row.ts';
import { seenQuestion } from './seen-question.ts';
import { seenWorld } from './seen-world.ts';

/** Each row wants so many cases of a full run, and of a shorter one as many in proportion. */
const ENOUGH = 200;

interface TableText {
  readonly name: string;
  readonly unit: string;
  /** The cases of a full run. */
  readonly full: number;
}

class Table<Seen> {
  readonly #text: TableText;
  readonly #rows: readonly Row<Seen>[];
  readonly #hits: number[];
  readonly #minors = new Set<ReturnType<typeof minorOf>>();
  #cases = 0;

  constructor(text: TableText, rows: readonly Row<Seen>[]) {
    this.#text = text;
    this.#rows = rows;
    this.#hits = rows.map(() => 0);
  }

  add(seen: Seen, cilium: string): void {
    this.#cases++;
    this.#minors.add(minorOf(cilium));
    this.#rows.forEach((row, index) => (this.#hits[index] = (this.#hits[index] ?? 0) + (row.isReached(seen) ? 1 : 0)));
  }

  rowsOf(seen: Seen): readonly string[] {
    return this.#rows.filter((row) => row.isReached(seen)).map(({ row, says }) => `${row} ${says}`);
  }

  *lines(): Generator<string> {
    if (this.#cases === 0) return;
    const { name, unit, full } = this.#text;
    const wanted = Math.ceil(ENOUGH * Math.min(1, this.#cases / full));
    yield `${name}, rows of "Verified": how many of ${this.#cases} ${unit} reached them; ${wanted} are wanted`;
    for (const [index, row] of this.#rows.entries()) {
      const hits = this.#hits[index] ?? 0;
      yield `${String(hits).padStart(6)}  ${row.row.padEnd(4)} ${row.says}  ${this.#mark(row, hits, wanted)}`.trimEnd();
    }
  }

  #mark({ unreachable = {} }: Row<Seen>, hits: number, wanted: number): string {
    const reasons = [...this.#minors].flatMap((minor) => unreachable[minor] ?? []);
    if (reasons.length < this.#minors.size) return hits < wanted ? 'too few' : '';
    return hits === 0 ? `not reachable: ${[...new Set(reasons)].join('; ')}` : 'reached, against what its reason says';
  }
}

export class RowCoverage {
  readonly #identities = new Table({ name: 'identities', unit: 'identities and filters', full: 100_000 }, [
    ...BUILT_IN_ROWS,
    ...FILTER_ROWS,
    ...IDENTITY_ROWS,
  ]);
  readonly #policies = new Table({ name: 'policies', unit: 'policies', full: 20_000 }, POLICY_ROWS);
  readonly #worlds = new Table({ name: 'policy maps', unit: 'worlds', full: 10_000 }, POLICY_MAP_ROWS);

  add(asked: Case, { kind, answer }: Outcome): void {
    if (kind === 'not-covered') return;
    if (asked.op === 'map') this.#worlds.add(seenWorld(asked, answer), asked.cilium);
    else this.#tableOf(asked).add(seenQuestion(asked, answer), asked.cilium);
  }

  /** The rows that a case reaches, as their lines say them. */
  rowsOf(asked: Case, { answer }: Pick<Outcome, 'answer'>): readonly string[] {
    return asked.op === 'map'
      ? this.#worlds.rowsOf(seenWorld(asked, answer))
      : this.#tableOf(asked).rowsOf(seenQuestion(asked, answer));
  }

  #tableOf({ op }: Case): Table<ReturnType<typeof seenQuestion>> {
    return op === 'sanitize' ? this.#policies : this.#identities;
  }

  *lines(): Generator<string> {
    yield* this.#identities.lines();
    yield* this.#policies.lines();
    yield* this.#worlds.lines();
  }
}
