/**
 * Rules of one tier and direction -> filters: for each port of the rules, what each peer selector may do there.
 *
 * Mirrors mergeL4Filter, createL4Filter and mergePortProto (pkg/policy rule.go, l4.go).
 * Invariant: a selector stands once in a filter, with what the rules of its first priority say; that is merged: deny beats allow
 * and takes only the rules that deny for its origin, allows join. A list with a wildcard in it is the wildcard alone, unless
 * a CIDR rule made it.
 * Cost: O(rules x ports x peers).
 */
import { getOrMake } from '../get-or-make.ts';
import { labelArray, reservedLabel } from '../identity/label.ts';
import type { RuleRef } from '../objects.ts';
import { fail, ok, type Result } from '../result.ts';
import { AnyOrder } from './any-order.ts';
import { requirementOf } from './authentication.ts';
import { joinedLogs } from './log-text.ts';
import { precedenceOf, type Outcome, type Priority } from './precedence.ts';
import { mergeRedirects } from './redirect.ts';
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

/** More rules than anybody reads behind one entry; they are named in the order of rules. */
export const MOST_ORIGINS = 64;

export interface FilterEntry {
  readonly selector: EndpointSelector;
  readonly priority: Priority;
  readonly outcome: Outcome;
  /** The mode that is written for an allow. */
  readonly authentication?: string;
  /** Texts for the log, as an agent joins them. */
  readonly log?: string;
  /**
   * The peer items that say so, or the rules where they have none; empty for what the agent adds itself. Joined with those of
   * others, no more than MOST_ORIGINS.
   */
  readonly origins: readonly RuleRef[];
}

/** `identity` level of a policy: all peers of one port in one tier. */
export interface Filter {
  readonly port: FilterPort;
  /** By the spelling of the selector, else by its key. */
  readonly entries: ReadonlyMap<string, FilterEntry>;
  /** Selectors that get no keys of their own, but are known to the agent all the same. */
  readonly elided: readonly EndpointSelector[];
}

/** Two rules of one identity exclude each other, or one can't be carried out: the agent keeps the policy map that the endpoint had. */
export interface Conflict {
  readonly reason: string;
  readonly refs: readonly RuleRef[];
  /** Agents may merge them all the same: it depends on the order in which they take them, which is none. */
  readonly byChance?: true;
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
      if (rule.peers.kind === 'list') this.#addPort(L3_ONLY, peers, outcomeOf(rule, undefined));
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
  return [...byText.values()];
}

/** The first are enough: copied for each of thousands of rules, a list would cost their square. */
function joinedOrigins(a: readonly RuleRef[], b: readonly RuleRef[]): readonly RuleRef[] {
  return a.length >= MOST_ORIGINS ? a : [...a, ...b].slice(0, MOST_ORIGINS);
}

/** `a` comes first in the order of rules. */
function mergeEntries(a: FilterEntry, b: FilterEntry): Result<FilterEntry, Conflict> {
  if (a.priority !== b.priority) return ok(a);
  const log = joinedLogs(a.log, b.log);
  const both = {
    selector: a.selector,
    priority: a.priority,
    origins: joinedOrigins(a.origins, b.origins),
    ...(log === undefined ? {} : { log }),
  };
  if (a.outcome.effect === 'deny' && b.outcome.effect === 'deny') return ok({ ...both, outcome: a.outcome });
  if (a.outcome.effect === 'deny') return ok(a);
  if (b.outcome.effect === 'deny') return ok(b);
  const outcome = mergeAllows(a.outcome, b.outcome);
  if (!outcome.ok) return fail({ reason: outcome.error, refs: both.origins });
  const authentication = a.authentication ?? b.authentication;
  if (authentication === undefined) return ok({ ...both, outcome: outcome.value });
  if (authentication === (b.authentication ?? authentication)) {
    return ok({ ...both, outcome: outcome.value, authentication });
  }
  const reason = `the authentication modes ${authentication} and ${b.authentication} meet on one port of one peer`;
  return fail({ reason, refs: both.origins });
}

/** Which rules said so makes no other entry. */
function formOf({ outcome, authentication }: FilterEntry): string {
  const redirect = outcome.effect === 'redirect' ? Object.entries(outcome.redirect).sort() : [];
  return JSON.stringify([outcome.effect, redirect, authentication ?? null]);
}

/** More rules of different policies than anybody puts into every order. */
function leftOpen(entries: readonly FilterEntry[]): Conflict {
  const refs = entries.flatMap(({ origins }) => origins).slice(0, MOST_ORIGINS);
  return { reason: 'rules of many policies that differ meet on one port of one peer', refs };
}

function mergeAllows(earlier: Outcome, later: Outcome): Result<Outcome, string> {
  const redirect = mergeRedirects(redirectIn(earlier), redirectIn(later));
  if (!redirect.ok) return redirect;
  return ok(redirect.value === undefined ? { effect: 'allow' } : { effect: 'redirect', redirect: redirect.value });
}

function redirectIn(outcome: Outcome): Redirect | undefined {
  return outcome.effect === 'redirect' ? outcome.redirect : undefined;
}

/** Listeners of one priority are two proxies. */
function asksTheSame(a: FilterEntry, b: FilterEntry): boolean {
  return (
    redirectIn(a.outcome)?.listener === redirectIn(b.outcome)?.listener &&
    requirementOf(a.authentication) === requirementOf(b.authentication)
  );
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
