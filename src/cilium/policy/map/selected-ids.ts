/**
 * What the selectors of one map select, each asked for once.
 *
 * Invariant: bounded room. Thousands of selectors may select nearly everything each ("the world but for this prefix"), so that
 * what they select together is far more than the policy and the cluster; what does not fit is asked for again each time.
 */
import type { IdentitySet } from '../../identity/identity-set.ts';
import type { EndpointSelector, SelectorKey } from '../selector.ts';

/** Asks again where the set was not kept. */
export type AskIds = () => IdentitySet;

/** Numbers of identities: 16 MB. The largest map that Cilium can have takes a hundredth of it. */
const ROOM = 2 ** 22;

export class SelectedIds {
  readonly #ask: (selector: EndpointSelector) => IdentitySet;
  readonly #known = new Map<SelectorKey, AskIds>();
  #room: number;

  constructor(ask: (selector: EndpointSelector) => IdentitySet, room = ROOM) {
    this.#ask = ask;
    this.#room = room;
  }

  of(selector: EndpointSelector): AskIds {
    const known = this.#known.get(selector.key);
    if (known !== undefined) return known;
    return this.#take(selector, this.#ask(selector));
  }

  /** `askSteps`: asks for the same, with pauses. */
  *ofSteps(
    selector: EndpointSelector,
    askSteps: (selector: EndpointSelector) => Generator<undefined, IdentitySet>,
  ): Generator<undefined, AskIds> {
    return this.#known.get(selector.key) ?? this.#take(selector, yield* askSteps(selector));
  }

  #take(selector: EndpointSelector, ids: IdentitySet): AskIds {
    const fits = ids.length <= this.#room;
    if (fits) this.#room -= ids.length;
    const ask = fits ? () => ids : () => this.#ask(selector);
    this.#known.set(selector.key, ask);
    return ask;
  }
}
