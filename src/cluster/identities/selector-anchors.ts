/**
 * Selectors by what an identity has to have for them to select it, so that it is held against those only that may.
 *
 * The counterpart of LabelIndex. A selector stands under every value of one of its `In` requirements, its anchor: the one
 * that the fewest others stand under; without one, under the key of an `Exists`. Selectors of addresses, of which there is one for
 * each prefix that is named, stand apart: no identity of pods has what they ask for. The others are candidates for everybody.
 * Invariant: what was added and not deleted is among the candidates of all labels that its selector matches, once.
 * Cost: O(requirements) to add, O(values) to delete; candidates in O(labels + candidates).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import { keysReached, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';

interface Selecting {
  readonly selector: EndpointSelector;
}

const ADDRESS_KEYS: ReadonlySet<string> = new Set(keysReached('cidr-or-node'));

export class SelectorAnchors<Item extends Selecting> {
  /** Key -> value -> what is anchored there. */
  readonly #byValue = new Map<string, Map<string, Set<Item>>>();
  readonly #byKey = new Map<string, Set<Item>>();
  readonly #ofAddresses = new Set<Item>();
  readonly #unanchored = new Set<Item>();
  readonly #anchors = new Map<Item, Requirement>();

  add(item: Item): void {
    const { selector } = item;
    if (isOfAddresses(selector)) {
      this.#ofAddresses.add(item);
      return;
    }
    const anchor = this.#anchorFor(selector) ?? selector.requirements.find(({ operator }) => operator === 'Exists');
    if (anchor === undefined) this.#unanchored.add(item);
    else this.#file(item, anchor);
  }

  delete(item: Item): void {
    this.#unanchored.delete(item);
    this.#ofAddresses.delete(item);
    const anchor = this.#anchors.get(item);
    if (anchor === undefined) return;
    this.#anchors.delete(item);
    if (anchor.operator === 'Exists') {
      remove(this.#byKey, anchor.key, item);
      return;
    }
    const byValue = this.#byValue.get(anchor.key);
    if (byValue === undefined) return;
    for (const value of anchor.values) remove(byValue, value, item);
    if (byValue.size === 0) this.#byValue.delete(anchor.key);
  }

  /** Whether they match is still to be asked. */
  candidates(labels: LabelArray): readonly Item[] {
    const found = [...this.#unanchored];
    let hasAddress = false;
    for (const { source, key, value } of labels) {
      addAll(found, this.#byValue.get(key)?.get(value));
      addAll(found, this.#byKey.get(key));
      hasAddress ||= source === 'cidr' || ADDRESS_KEYS.has(key);
    }
    if (hasAddress) addAll(found, this.#ofAddresses);
    return found;
  }

  #file(item: Item, anchor: Requirement): void {
    const { operator, key, values } = anchor;
    this.#anchors.set(item, anchor);
    if (operator === 'Exists') {
      getOrMake(this.#byKey, key, () => new Set<Item>()).add(item);
      return;
    }
    const byValue = getOrMake(this.#byValue, key, () => new Map<string, Set<Item>>());
    for (const value of values) getOrMake(byValue, value, () => new Set<Item>()).add(item);
  }

  #anchorFor({ requirements }: EndpointSelector): Requirement | undefined {
    let best: Requirement | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const requirement of requirements) {
      if (!isValueAnchor(requirement)) continue;
      const others = this.#countUnder(requirement);
      if (others < fewest) [best, fewest] = [requirement, others];
    }
    return best;
  }

  #countUnder({ key, values }: Requirement): number {
    const byValue = this.#byValue.get(key);
    let count = 0;
    for (const value of values) count += byValue?.get(value)?.size ?? 0;
    return count;
  }
}

/** It looks at identities of addresses or nodes alone, or asks for a label of a prefix. */
function isOfAddresses({ origin, requirements }: EndpointSelector): boolean {
  if (requirements.length > 0 && (origin === 'cidr' || origin === 'cidr-or-node')) return true;
  return requirements.some(({ source, operator }) => source === 'cidr' && (operator === 'In' || operator === 'Exists'));
}

/** A requirement of key and value in one is met by labels with other keys. */
function isValueAnchor({ operator, encoded }: Requirement): boolean {
  return operator === 'In' && encoded !== true;
}

function addAll<Item>(found: Item[], items: ReadonlySet<Item> | undefined): void {
  if (items !== undefined) for (const item of items) found.push(item);
}

function remove<Item>(sets: Map<string, Set<Item>>, name: string, item: Item): void {
  const items = sets.get(name);
  items?.delete(item);
  if (items?.size === 0) sets.delete(name);
}
