/**
 * What was read and left out, counted by reason: `skipped in the cluster: 12 x Service of v1 is not read`; and for who asks, in which
 * files.
 */
import type { SkippedPlace, SkippedThings } from '../review/results.ts';
import { formatOrigin, type FileEvent } from '../sources/file-event.ts';

const MOST_SHOWN = 20;
const MOST_PLACES = 100;

export class Skipped {
  readonly #counts = new Map<string, number>();
  readonly #places: SkippedPlace[] = [];

  /** What was read, but perhaps not as it was meant; each with its place. */
  readonly #remarks: string[] = [];

  remark({ reason, origin }: Extract<FileEvent, { readonly type: 'note' }>): void {
    if (this.#remarks.length < MOST_SHOWN) this.#remarks.push(`${formatOrigin(origin)} ${reason}`);
  }

  add({ reason, count, origin, files }: Omit<Extract<FileEvent, { readonly type: 'skipped' }>, 'type'>): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    const { file, line } = origin;
    const here = { file, ...(line === undefined ? {} : { line }), reason, count };
    const places = files === undefined ? [here] : files.map((name) => ({ file: name, reason, count: 1 }));
    this.#places.push(...places.slice(0, MOST_PLACES - this.#places.length));
  }

  /** undefined: nothing. */
  things(): SkippedThings | undefined {
    const total = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    return total === 0 ? undefined : { total, places: this.#places };
  }

  /** A line for each place, as far as they are known, and how many things are in none of these. */
  placeNotes(): readonly string[] {
    const { total, places } = this.things() ?? { total: 0, places: [] };
    const rest = places.reduce((left, { count }) => left - count, total);
    const lines = places.map(({ file, line, reason, count }) => {
      const origin = line === undefined ? { file } : { file, line };
      return `skipped: ${formatOrigin(origin)} ${count} x ${reason}`;
    });
    return rest === 0 ? lines : [...lines, `skipped: ${rest} more elsewhere`];
  }

  /** In the order in which they were first seen. */
  reasons(): readonly string[] {
    const reasons = [...this.#counts].map(([reason, count]) => `${count} x ${reason}`);
    const rest = reasons.length - MOST_SHOWN;
    return rest <= 0 ? reasons : [...reasons.slice(0, MOST_SHOWN), `${rest} more kinds`];
  }

  /** Where nothing else was: `what` and the paths, and what was in them. */
  nothingBut(what: string, paths: readonly string[]): string {
    const skipped = this.reasons();
    const why = skipped.length === 0 ? '' : ` (skipped: ${skipped.join(', ')})`;
    return `${what}: ${paths.join(', ')}${why}`;
  }

  notes(where: 'the cluster' | 'the manifests'): readonly string[] {
    return [...this.#remarks, ...this.reasons().map((reason) => `skipped in ${where}: ${reason}`)];
  }
}
