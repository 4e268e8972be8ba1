/**
 * What was read and left out, counted by reason: `skipped in the cluster: 12 x Service of v1 is not read`.
 */
import { formatOrigin, type FileEvent } from '../sources/file-event.ts';

const MOST_SHOWN = 20;

export class Skipped {
  readonly #counts = new Map<string, number>();

  /** What was read, but perhaps not as it was meant; each with its place. */
  readonly #remarks: string[] = [];

  remark({ reason, origin }: Extract<FileEvent, { readonly type: 'note' }>): void {
    if (this.#remarks.length < MOST_SHOWN) this.#remarks.push(`${formatOrigin(origin)} ${reason}`);
  }

  add({ reason, count }: Pick<Extract<FileEvent, { readonly type: 'skipped' }>, 'reason' | 'count'>): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
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
