/**
 * Selectors by a label that they require, so that an identity is held against those only that may select it.
 *
 * The counterpart of LabelIndex. A selector stands under every value of one of its `In` requirements, its anchor: the one
 * that the fewest others stand under. Selectors without such a requirement are candidates for every identity.
 * Invariant: what was added and not deleted is among the candidates of all labels that its selector matches, once.
 * Cost: O(requirements) to add, O(values) to delete; candidates in O(labels + candidates).
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { EndpointSelector, Requirement } from '../../cilium/policy/selector.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';

interface Selecting {
  readonly selector: EndpointSelector;
}

export class SelectorAnchors<Item extends Selecting> {
  /** Key -> value -> what is anchored there. */
  readonly #anchored = new Map<string, Map<string, Set<Item>>>();
  readonly #unanchored = new Set<Item>();
  readonly #anchors = new Map<Item, Requirement>();

  add(item: Item): void {
    const anchor = this.#anchorFor(item.selector);
    if (anchor === undefined) {
      this.#unanchored.add(item);
      return;
    }
    this.#anchors.set(item, anchor);
    const byValue = getOrMake(this.#anchored, anchor.key, () => new Map<string, Set<Item>>());
    for (const value of anchor.values) getOrMake(byValue, value, () => new Set<Item>()).add(item);
  }

  delete(item: Item): void {
    this.#unanchored.delete(item);
    const anchor = this.#anchors.get(item);
    if (anchor === undefined) return;
    this.#anchors.delete(item);
    const byValue = this.#anchored.get(anchor.key);
    for (const value of anchor.values) {
      const items = byValue?.get(value);
      items?.delete(item);
      if (items?.size === 0) byValue?.delete(value);
    }
    if (byValue?.size === 0) this.#anchored.delete(anchor.key);
  }

  /** Whether they match is still to be asked. */
  *candidates(labels: LabelArray): Iterable<Item> {
    for (const { key, value } of labels) yield* this.#anchored.get(key)?.get(value) ?? [];
    yield* this.#unanchored;
  }

  #anchorFor({ requirements }: EndpointSelector): Requirement | undefined {
    let best: Requirement | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const requirement of requirements) {
      if (!isAnchor(requirement)) continue;
      const others = this.#countUnder(requirement);
      if (others < fewest) [best, fewest] = [requirement, others];
    }
    return best;
  }

  #countUnder({ key, values }: Requirement): number {
    const byValue = this.#anchored.get(key);
    let count = 0;
    for (const value of values) count += byValue?.get(value)?.size ?? 0;
    return count;
  }
}

/** A requirement of a CIDR is met by labels with other keys, and so is one of key and value in one. */
function isAnchor({ operator, source, encoded }: Requirement): boolean {
  return operator === 'In' && source !== 'cidr' && encoded !== true;
}
