/**
 * Rules of one tier and direction -> filters: for each port of the rules, what each peer selector may do there.
 *
 * Mirrors mergeL4Filter and createL4Filter (pkg/policy rule.go, l4.go).
 * Invariant: a selector stands once in a filter, with what the rules of its first priority say, merged (filter-entry.ts). A list
 * with a wildcard in it is the wildcard alone, unless a CIDR rule made it.
 * Cost: O(rules x ports x peers).
 */
import { getOrMake } from '../get-or-make.ts';
import { labelArray, reservedLabel } from '../identity/label.ts';
import type { RuleRef } from '../objects.ts';
import { fail, ok, type Result } from '../result.ts';
import { AnyOrder } from './any-order.ts';
import { asksTheSame, formOf, leftOpen, mergeEntries, type Conflict, type FilterEntry } from './filter-entry.ts';
import { precedenceOf, type Outcome, type Priority } from './precedence.ts';
import {
  ANY_PROTOCOL,
  type NamedPort,
  type Peers,
  type PortRange,
  type Protocol,
  type Redirect,
  type Rule,
} from './rule.ts';
import type { SelectorCache } from './selector-cache.ts';
import { matches, standsForList, textOf, WILDCARD, type EndpointSelector } from './selector.ts';

export type FilterPort =
  | { readonly kind: 'range'; readonly protocol: Protocol; readonly first: number; readonly last: number }
  | { readonly kind: 'name'; readonly protocol: Protocol; readonly name: string };

/** `identity` level of a policy: all peers of one port in one tier. */
export interface Filter {
  readonly port: FilterPort;
  /** By the spelling of the selector, else by its key. */
  readonly entries: ReadonlyMap<string, FilterEntry>;
  /** Selectors that get no keys of their own, but are known to the agent all the same. */
  readonly elided: readonly EndpointSelector[];
}

interface BuilderOptions {
  /** The local host, where what would redirect it allows it beside that (createL4IngressFilter, until 1.19). */
  readonly spared?: EndpointSelector;
  /** Whether agents take the specs of policies in any order. */
  readonly inAnyOrder?: boolean;
}

export class FilterBuilder {
  readonly #filters = new Map<string, { port: FilterPort; entries: Map<string, FilterEntry> }>();
  readonly #cache: SelectorCache;
  readonly #spared: EndpointSelector | undefined;
  readonly #orders: AnyOrder<FilterEntry, Conflict> | undefined;
  #conflict: Conflict | undefined;

  constructor(cache: SelectorCache, { spared, inAnyOrder = false }: BuilderOptions = {}) {
    this.#cache = cache;
    this.#spared = spared;
    this.#orders = inAnyOrder ? new AnyOrder({ merge: mergeEntries, formOf, leftOpen }) : undefined;
  }

  /** Rules of lower priorities, which decide before the others, come first. */
  add(rule: Rule, priority: Priority): void {
    if (rule.peers.kind === 'none' || rule.verdict === 'pass') return;
    const { authentication, log } = rule;
    const written = {
      ...(authentication === undefined ? {} : { authentication }),
      ...(log === undefined ? {} : { log }),
    };
    const ofRule = { priority, origins: [rule.ref], ...written };
    const peers = filterPeers(rule.peers, ofRule);
    if (rule.ports.kind === 'any') {
      this.#addPort(L3_ONLY, peers, outcomeOf(rule, undefined));
      return;
    }
    for (const range of rule.ports.items) this.#addPort(rangePort(range), peers, this.#outcomeOf(rule, range));
    for (const name of rule.ports.names ?? []) this.#addPort(namedPort(name), peers, this.#outcomeOf(rule, name));
  }

  /** What the agent allows by itself: every peer, or one. */
  addAllow(selector: EndpointSelector, priority: Priority): void {
    this.#addPort(L3_ONLY, [{ selector, priority, origins: [] }], { effect: 'allow' });
  }

  build(): Result<readonly Filter[], Conflict> {
    const conflict = this.#conflict ?? this.#conflictInSomeOrder();
    if (conflict !== undefined) return fail(conflict);
    const filters = [...this.#filters.values()];
    return ok(filters.map(({ port, entries }) => ({ port, ...withoutElided(port, entries) })));
  }

  #conflictInSomeOrder(): Conflict | undefined {
    const clash = this.#orders?.clash();
    if (clash === undefined || clash.inEveryOrder) return clash?.conflict;
    return { ...clash.conflict, byChance: true };
  }

  #outcomeOf(rule: Rule, { redirect }: PortRange | NamedPort): Outcome {
    if (redirect?.refusal !== undefined) this.#conflict ??= { reason: redirect.refusal, refs: [rule.ref] };
    return outcomeOf(rule, redirect);
  }

  #addPort({ key, port }: KeyedPort, peers: readonly FilterPeer[], outcome: Outcome): void {
    const filter = getOrMake(this.#filters, key, () => ({ port, entries: new Map<string, FilterEntry>() }));
    for (const peer of peers) {
      const before = filter.entries.get(textOf(peer.selector));
      const entry = { ...peer, selector: this.#cache.use(peer.selector), outcome };
      const merged = before === undefined ? ok(entry) : mergeEntries(before, entry);
      this.#orders?.note(`${key} ${textOf(peer.selector)}`, entry);
      if (merged.ok) filter.entries.set(textOf(peer.selector), merged.value);
      else if (this.#orders === undefined) this.#conflict ??= merged.error;
    }
    if (outcome.effect === 'redirect') this.#spareHost({ key, port }, peers);
  }

  #spareHost(port: KeyedPort, peers: readonly FilterPeer[]): void {
    const spared = this.#spared;
    if (spared === undefined || peers.some(({ selector }) => textOf(selector) === textOf(spared))) return;
    const [redirected] = peers.filter(({ selector }) => matches(selector, HOST_LABELS));
    if (redirected === undefined) return;
    const { priority, origins } = redirected;
    this.#addPort(port, [{ selector: spared, priority, origins }], { effect: 'allow' });
  }
}

const HOST_LABELS = labelArray([reservedLabel('host')]);

type FilterPeer = Omit<FilterEntry, 'outcome'>;

interface KeyedPort {
  readonly key: string;
  readonly port: FilterPort;
}

const L3_ONLY: KeyedPort = { key: '0', port: { kind: 'range', protocol: ANY_PROTOCOL, first: 0, last: 0 } };

/** `80` and `80` with endPort 80 are two filters, though their map keys are the same. */
function rangePort({ protocol, first, last, endPort }: PortRange): KeyedPort {
  return { key: `${protocol}/${first}/${endPort ?? 0}`, port: { kind: 'range', protocol, first, last } };
}

function namedPort({ protocol, name }: NamedPort): KeyedPort {
  return { key: `${protocol}/${name}`, port: { kind: 'name', protocol, name } };
}

function outcomeOf(rule: Rule, redirect: Redirect | undefined): Outcome {
  if (rule.verdict === 'deny') return { effect: 'deny' };
  return redirect === undefined ? { effect: 'allow' } : { effect: 'redirect', redirect };
}

/** A peer that is listed twice stands once, with both places. `ofRule`: where the rule stands. */
function filterPeers(
  peers: Exclude<Peers, { readonly kind: 'none' }>,
  ofRule: Omit<FilterPeer, 'selector'>,
): readonly FilterPeer[] {
  if (peers.kind === 'any') return [{ selector: WILDCARD, ...ofRule }];
  const wildcards = peers.items.filter(({ selectors }) => selectors.some(standsForList));
  if (wildcards.length > 0) return [{ ...ofRule, selector: WILDCARD, origins: wildcards.map((peer) => peer.ref) }];
  const byText = new Map<string, FilterPeer & { readonly origins: RuleRef[] }>();
  for (const peer of peers.items) {
    for (const selector of peer.selectors) {
      getOrMake(byText, textOf(selector), () => ({ ...ofRule, selector, origins: [] })).origins.push(peer.ref);
    }
  }
  // A copy of a list takes no more room than it has elements: every class keeps its own.
  return [...byText.values()].map((peer) => ({ ...peer, origins: peer.origins.slice() }));
}

/** On a single port or range, a peer for whom the wildcard says the same gets no keys of its own. */
function withoutElided(
  port: FilterPort,
  entries: ReadonlyMap<string, FilterEntry>,
): Pick<Filter, 'entries' | 'elided'> {
  const wildcard = entries.get(WILDCARD.key);
  if (wildcard === undefined || (port.kind === 'range' && port.first === 0)) return { entries, elided: [] };
  const covered = precedenceOf(wildcard.priority, wildcard.outcome);
  const kept = new Map<string, FilterEntry>();
  const elided: EndpointSelector[] = [];
  for (const [key, entry] of entries) {
    const isAlike = precedenceOf(entry.priority, entry.outcome) === covered && asksTheSame(wildcard, entry);
    const isCovered = key !== WILDCARD.key && isAlike;
    if (isCovered) elided.push(entry.selector);
    else kept.set(key, entry);
  }
  return { entries: kept, elided };
}
