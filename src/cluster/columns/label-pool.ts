/**
 * Labels, each once: thousands of identities have most of theirs in common.
 *
 * Invariant: a label is here exactly as long as somebody holds it, so that labels that come and go leave nothing behind.
 * Cost: O(1) for a label.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { Label } from '../../cilium/identity/label.ts';

interface Held {
  readonly label: Label;
  holds: number;
  /** Of another source, with the same key and value. */
  other: Held | undefined;
}

export class LabelPool {
  /** Key -> value. */
  readonly #held = new Map<string, Map<string, Held>>();

  /** The labels, in order; what was held before comes back as it is. Each hold wants one `release`. */
  hold(labels: readonly Label[]): readonly Label[] {
    const held = labels.map((label) => this.#hold(label));
    return held.every((label, index) => label === labels[index]) ? labels : held;
  }

  release(labels: readonly Label[]): void {
    for (const label of labels) this.#release(label);
  }

  #hold(label: Label): Label {
    const byValue = getOrMake(this.#held, label.key, () => new Map<string, Held>());
    const first = byValue.get(label.value);
    let held = first;
    while (held !== undefined && held.label.source !== label.source) held = held.other;
    if (held === undefined) byValue.set(label.value, (held = { label, holds: 0, other: first }));
    held.holds += 1;
    return held.label;
  }

  #release({ source, key, value }: Label): void {
    const byValue = this.#held.get(key);
    let before: Held | undefined;
    let held = byValue?.get(value);
    while (held !== undefined && held.label.source !== source) [before, held] = [held, held.other];
    if (byValue === undefined || held === undefined) return;
    held.holds -= 1;
    if (held.holds > 0) return;
    if (before !== undefined) before.other = held.other;
    else if (held.other !== undefined) byValue.set(value, held.other);
    else byValue.delete(value);
    if (byValue.size === 0) this.#held.delete(key);
  }
}
