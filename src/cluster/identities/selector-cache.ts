/**
 * Selector -> the identities of the cluster that it selects, kept up incrementally.
 *
 * Mirrors Cilium's SelectorCache (pkg/policy/selectorcache.go): selectors are shared and counted, and an identity that comes
 * or goes changes the selections of those that match it.
 * Invariant: the selections of a retained selector are every identity whose labels it matches, now. A selector that is not
 * retained is answered afresh, so that nobody can fill this cache with questions; so is one that selects more than there is
 * room for: thousands of selectors may select nearly everything each.
 * Cost: an identity O(labels + retained selectors that share a label with it); a selector's first answer O(smallest label
 * set).
 */
import { matches, type EndpointSelector, type Requirement, type SelectorKey } from '../../cilium/policy/selector.ts';
import { identitySet, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import { Pace } from '../../cilium/pace.ts';
import { runToEnd } from '../../cilium/run-to-end.ts';
import type { IdentityRecord } from './identity-layer.ts';
import type { IdentityTest, LabelIndex } from './label-index.ts';
import { KeptSet } from './kept-set.ts';
import { SelectorAnchors } from './selector-anchors.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

interface CachedSelector {
  readonly selector: EndpointSelector;
  users: number;
  /** Undefined until the first question. */
  members: KeptSet | undefined;
  /** While somebody looks for them with pauses: who came (true) or went meanwhile. */
  looked?: Looked;
}

interface Looked {
  lookers: number;
  readonly moved: Map<NumericIdentity, boolean>;
}

/** Members of all selectors together: some sixteen megabytes. */
const ROOM = 2 ** 22;

const IDENTITIES_PER_PAUSE = 1024;

/** Who looks for longer, or was never heard of again, keeps nothing of what was found. */
const MOST_MOVED = 4096;

export class SelectorCache {
  readonly #records: ReadonlyMap<NumericIdentity, IdentityRecord>;
  readonly #labels: LabelIndex;
  readonly #cached = new Map<SelectorKey, CachedSelector>();
  readonly #anchors = new SelectorAnchors<CachedSelector>();
  #room: number;

  constructor(records: ReadonlyMap<NumericIdentity, IdentityRecord>, labels: LabelIndex, room = ROOM) {
    this.#records = records;
    this.#labels = labels;
    this.#room = room;
  }

  retain(selector: EndpointSelector): void {
    const cached = this.#cached.get(selector.key);
    if (cached === undefined) this.#add({ selector, users: 1, members: undefined });
    else cached.users += 1;
  }

  release(selector: EndpointSelector): void {
    const cached = this.#cached.get(selector.key);
    if (cached === undefined) return;
    cached.users -= 1;
    if (cached.users > 0) return;
    this.#cached.delete(selector.key);
    this.#anchors.delete(cached);
    this.#room += cached.members?.size ?? 0;
  }

  selections(selector: EndpointSelector): IdentitySet {
    const cached = this.#cached.get(selector.key);
    return cached?.members?.members() ?? this.#kept(cached, runToEnd(this.#lookSteps(selector)));
  }

  /** It selects no more than these: known without a look at any of them. */
  mostSelected(selector: EndpointSelector): number {
    const members = this.#cached.get(selector.key)?.members;
    return members?.size ?? this.#labels.mostSelected(selector) ?? this.#records.size;
  }

  /** Yields where the caller may pause; identities may come and go meanwhile. */
  *selectionsSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    const cached = this.#cached.get(selector.key);
    if (cached?.members !== undefined) return cached.members.members();
    if (cached === undefined) return yield* this.#lookSteps(selector);
    const looked = (cached.looked ??= { lookers: 0, moved: new Map() });
    looked.lookers += 1;
    try {
      const members = withMoved(yield* this.#lookSteps(selector), looked.moved);
      // Somebody else may have found them, or its last user have let go of it.
      const now = this.#cached.get(selector.key);
      if (now?.members !== undefined) return now.members.members();
      return this.#kept(now?.looked === looked ? now : undefined, members);
    } finally {
      looked.lookers -= 1;
      if (looked.lookers === 0 && cached.looked === looked) delete cached.looked;
    }
  }

  /** Kept from now on, where there is room. */
  #kept(cached: CachedSelector | undefined, members: IdentitySet): IdentitySet {
    if (cached === undefined || members.length > this.#room) return members;
    this.#room -= members.length;
    cached.members = new KeptSet(members);
    return members;
  }

  identityAdded(record: IdentityRecord): void {
    for (const cached of this.#anchors.candidates(record.labels)) {
      if (cached.members === undefined && cached.looked === undefined) continue;
      if (!matches(cached.selector, record.labels)) continue;
      tell(cached, record.id, true);
      if (cached.members === undefined) continue;
      cached.members.add(record.id);
      this.#room -= 1;
    }
  }

  identityRemoved(record: IdentityRecord): void {
    for (const cached of this.#anchors.candidates(record.labels)) {
      tell(cached, record.id, false);
      if (cached.members?.delete(record.id) === true) this.#room += 1;
    }
  }

  #add(cached: CachedSelector): void {
    this.#cached.set(cached.selector.key, cached);
    this.#anchors.add(cached);
  }

  *#lookSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    const pace = new Pace(IDENTITIES_PER_PAUSE);
    const candidates = this.#labels.candidates(selector);
    let isSelected = this.#testOf(selector, candidates?.requirement);
    // Of now: what comes and goes in a pause would move them about. Who is selected takes the place of those who are not.
    const looked = candidates?.identities ?? Uint32Array.from(this.#records.keys());
    let selected = 0;
    for (const id of looked) {
      if (isSelected(id)) looked[selected++] = id;
      if (!pace.isPauseDue(1)) continue;
      yield;
      isSelected = this.#testOf(selector);
    }
    return identitySet(looked.subarray(0, selected));
  }

  /** `known` holds for whoever is asked for. */
  #testOf(selector: EndpointSelector, known?: Requirement): IdentityTest {
    const test = this.#labels.testOf(selector, known);
    const byLabels: IdentityTest = (id) => {
      const record = this.#records.get(id);
      return record !== undefined && matches(selector, record.labels);
    };
    if (test === undefined) return byLabels;
    return (id) => (this.#labels.isPlain(id) ? test(id) : byLabels(id));
  }
}

/** Whoever looks for its members is told that this identity came, or went. */
function tell(cached: CachedSelector, id: NumericIdentity, isHere: boolean): void {
  cached.looked?.moved.set(id, isHere);
  if (cached.looked !== undefined && cached.looked.moved.size > MOST_MOVED) delete cached.looked;
}

function withMoved(found: IdentitySet, moved: ReadonlyMap<NumericIdentity, boolean>): IdentitySet {
  if (moved.size === 0) return found;
  const went = (id: NumericIdentity): boolean => moved.get(id) === false;
  const came = [...moved].filter(([, isHere]) => isHere).map(([id]) => id);
  return identitySet([...found.filter((id) => !went(id)), ...came]);
}
