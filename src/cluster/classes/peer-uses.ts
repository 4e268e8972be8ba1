/**
 * In which policy classes a selector is a peer: whose maps an identity enters.
 *
 * Of most classes it is known that their maps are small. Who asks whether a map fills up asks for the others alone, which are few,
 * though a selector be a peer of every class: selectors without a large one are not looked at then.
 * Invariant: a class is under each of its peer selectors, and among the large ones there if it was said to be one.
 * Cost: labels O(selectors that share one with them + classes that are found); a class O(its peer selectors).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import { matches, type EndpointSelector, type SelectorKey } from '../../cilium/policy/selector.ts';
import { SelectorAnchors } from '../identities/selector-anchors.ts';

interface PeerUse<Class> {
  readonly selector: EndpointSelector;
  readonly classes: Set<Class>;
  readonly large: Set<Class>;
}

export class PeerUses<Class> {
  readonly #uses = new Map<SelectorKey, PeerUse<Class>>();
  readonly #all = new SelectorAnchors<PeerUse<Class>>();
  /** Those that are peers of a large class. */
  readonly #large = new SelectorAnchors<PeerUse<Class>>();

  /** It is large until it is said to be small. */
  add(added: Class, peers: Iterable<EndpointSelector>): void {
    for (const selector of peers) {
      const use = getOrMake(this.#uses, selector.key, () => this.#open(selector));
      use.classes.add(added);
      this.#addLarge(use, added);
    }
  }

  delete(gone: Class, peers: Iterable<EndpointSelector>): void {
    for (const { key } of peers) {
      const use = this.#uses.get(key);
      if (use === undefined) continue;
      use.classes.delete(gone);
      this.#deleteLarge(use, gone);
      if (use.classes.size === 0) this.#close(use);
    }
  }

  setLarge(changed: Class, peers: Iterable<EndpointSelector>, isLarge: boolean): void {
    for (const { key } of peers) {
      const use = this.#uses.get(key);
      if (use === undefined) continue;
      if (isLarge) this.#addLarge(use, changed);
      else this.#deleteLarge(use, changed);
    }
  }

  /** Those in which a peer selects these labels. */
  selecting(labels: LabelArray, which: 'all' | 'large'): ReadonlySet<Class> {
    const selecting = new Set<Class>();
    for (const use of (which === 'all' ? this.#all : this.#large).candidates(labels)) {
      if (!matches(use.selector, labels)) continue;
      for (const one of which === 'all' ? use.classes : use.large) selecting.add(one);
    }
    return selecting;
  }

  #addLarge(use: PeerUse<Class>, added: Class): void {
    if (use.large.size === 0) this.#large.add(use);
    use.large.add(added);
  }

  #deleteLarge(use: PeerUse<Class>, gone: Class): void {
    if (use.large.delete(gone) && use.large.size === 0) this.#large.delete(use);
  }

  #open(selector: EndpointSelector): PeerUse<Class> {
    const use = { selector, classes: new Set<Class>(), large: new Set<Class>() };
    this.#all.add(use);
    return use;
  }

  #close(use: PeerUse<Class>): void {
    this.#uses.delete(use.selector.key);
    this.#all.delete(use);
  }
}
