/**
 * What a run of random cases came to: outcomes, what was compared one by one, what was reached, what differs.
 */
import { getOrMake } from '../../src/cilium/get-or-make.ts';
import type { Answer } from './ask.ts';
import type { Case } from './case.ts';
import type { Outcome } from './compare.ts';
import { FieldCoverage } from './coverage/fields.ts';
import { RowCoverage } from './coverage/rows.ts';

const CLAIMED = 'undecided by Cilium, answered as if it were not';

export class Tally {
  readonly differences: { readonly index: number; readonly asked: Case }[] = [];
  readonly rows = new RowCoverage();
  readonly fields = new FieldCoverage();
  readonly #outcomes = new Map<string, number>();
  readonly #features = new Map<string, number>();
  /** Cases by the words for what is to be said of them. */
  readonly #listed = new Map<string, number[]>();
  readonly #compared = { worlds: 0, entries: 0, verdicts: 0 };
  #replayed = 0;

  note(index: number, asked: Case, outcome: Outcome): void {
    increase(this.#outcomes, `${asked.op} ${outcome.kind}`);
    this.rows.add(asked, outcome);
    this.fields.add(asked, outcome);
    this.#replayed += outcome.replayed;
    if (outcome.kind === 'different') this.differences.push({ index, asked });
    if (outcome.kind === 'not-covered') increase(this.#features, withoutFields(outcome.feature));
    if (outcome.kind === 'bounded') this.#list('answered with bounds, though Cilium seems decided', index);
    if (outcome.kind === 'undecided')
      this.#list(outcome.isClaimed ? CLAIMED : 'undecided by Cilium, answered so', index);
    if (asked.op === 'map' && outcome.kind === 'equal') this.#count(outcome.answer);
  }

  #list(words: string, index: number): void {
    getOrMake(this.#listed, words, () => []).push(index);
  }

  #count({ entries, verdicts }: Answer): void {
    this.#compared.worlds++;
    this.#compared.entries += lengthOf(entries);
    this.#compared.verdicts += lengthOf(verdicts);
  }

  *lines(): Generator<string> {
    for (const [name, count] of [...this.#outcomes].sort()) yield `${name}: ${count}`;
    const { worlds, entries, verdicts } = this.#compared;
    if (worlds > 0) {
      yield `compared one by one: ${entries} entries and ${verdicts} verdicts of ${worlds} worlds`;
      yield `verdicts of the second evaluator that were definite: ${this.#replayed}`;
    }
    for (const [words, cases] of this.#listed) yield `${words}: ${cases.length} (cases ${cases.join(', ')})`;
    for (const [name, count] of [...this.#features].sort(([, a], [, b]) => b - a))
      yield `not covered: ${name}: ${count}`;
  }
}

/** Which field has it differs from case to case. */
function withoutFields(feature: string): string {
  return feature.replaceAll(/ \([^)]*\)/g, '');
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
