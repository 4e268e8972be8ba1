/**
 * Filters x selections -> which identities every policy-map key of one direction is asked for.
 *
 * Mirrors toMapState (pkg/policy/l4.go): an interval of ports is its blocks; the wildcard is the wildcard identities; a
 * port name is a number only through container ports: the subject's own on ingress; on egress those of the whole
 * cluster, if they agree (until 1.19), or those of each identity.
 * Cost: O(filters x peers x blocks), whatever the number of identities.
 */
import { Pace } from '../../pace.ts';
import { getOrMake } from '../../get-or-make.ts';
import type { IdentitySet } from '../../identity/identity-set.ts';
import { requirementOf, type AuthRequirement } from '../authentication.ts';
import { wildcardIdentities } from './aggregates.ts';
import type { PolicyContext } from '../context.ts';
import type { FilterEntry } from '../filter-entry.ts';
import type { Filter } from '../filters.ts';
import { L3_KEY, l4Key, type L4Key } from './l4-key.ts';
import type { OriginIndex, Origins } from './origin-table.ts';
import { portBlocks } from '../ports.ts';
import { precedenceOf, type Precedence } from '../precedence.ts';
import { ANY_PROTOCOL, type Direction, type Protocol } from '../rule.ts';
import {
  endpointSelector,
  exists,
  isWildcard,
  keysReached,
  standsForList,
  WILDCARD,
  type EndpointSelector,
} from '../selector.ts';
import { SelectedIds, type AskIds } from './selected-ids.ts';

export interface Selections {
  /** Identities that the selector selects, reserved and node-local ones included. Not asked for the wildcard. */
  selections(selector: EndpointSelector): IdentitySet;
}

/** Container ports by name. Names are in lower case. */
export interface NamedPorts {
  /** Of the endpoint's own containers. */
  ingress(name: string, protocol: Protocol): number | undefined;
  /** Of all pods: undefined where none has one, or two disagree. Asked until 1.19. */
  egress(name: string, protocol: Protocol): number | undefined;
  /** Of the pods of one identity: undefined where none has one, or two disagree. Asked since 1.20. */
  portOf(identity: number, name: string, protocol: Protocol): number | undefined;
  /** Identities of which a pod gives a port the name. Asked since 1.20. */
  identitiesWith(name: string, protocol: Protocol): Iterable<number>;
}

export interface MapInputs extends Selections {
  /** The same as `selections`, for who has to find them first. Yields where the caller may pause. */
  readonly selectionsSteps?: (selector: EndpointSelector) => Generator<undefined, IdentitySet>;
  readonly context: PolicyContext;
  readonly namedPorts: NamedPorts;
  /** No proxy is there yet: what would be redirected has no entry. */
  readonly redirectsPending?: boolean;
  /** Which of the maps that the order of a Go map may make; the smallest where it is not said. */
  readonly undecided?: 'fewest' | 'most';
}

export interface Contribution {
  readonly ids: AskIds;
  readonly precedence: Precedence;
  readonly origin: OriginIndex;
  /** Absent: none. */
  readonly requirement?: AuthRequirement;
  /** Of a redirect to one. */
  readonly listener?: string;
  /** What its rules have agents write to their log. */
  readonly log?: string;
  /** The wildcard of the filter denies, and was put in before (1.18). */
  readonly isAfterDeny?: true;
}

export type Columns = ReadonlyMap<L4Key, readonly Contribution[]>;

type Asking = Pick<MapInputs, 'context'>;

/** Whether the filters name ports for which each identity has a number of its own. */
export function hasPortsByIdentity(direction: Direction, filters: readonly Filter[], asking: Asking): boolean {
  return isByIdentity(direction, asking) && filters.some(({ port }) => port.kind === 'name');
}

function isByIdentity(direction: Direction, { context }: Asking): boolean {
  return direction === 'egress' && context.profile.egressNamedPorts === 'identity';
}

/** Work between two pauses, in keys; to ask what a selector selects is as much as some of them, and so is each identity of it. */
const KEYS_PER_PAUSE = 8192;
const KEYS_PER_SELECTOR = 64;
const KEYS_PER_IDENTITY = 4;

export class ColumnBuilder {
  readonly #columns = new Map<L4Key, Contribution[]>();
  readonly #inputs: MapInputs;
  readonly #origins: Origins;
  readonly #selected: SelectedIds;
  readonly #wildcards: AskIds;
  readonly #pace = new Pace(KEYS_PER_PAUSE);

  constructor(inputs: MapInputs, origins: Origins) {
    const wildcards = Uint32Array.from(wildcardIdentities(inputs.context));
    this.#inputs = inputs;
    this.#origins = origins;
    this.#selected = new SelectedIds((selector) => this.#ask(selector));
    this.#wildcards = () => wildcards;
  }

  get columns(): Columns {
    return this.#columns;
  }

  addEveryone(precedence: Precedence): void {
    this.#put(L3_KEY, { ids: this.#wildcards, precedence, origin: 0 });
  }

  addIdentity(id: number, precedence: Precedence): void {
    const ids = Uint32Array.of(id);
    this.#put(L3_KEY, { ids: () => ids, precedence, origin: 0 });
  }

  /** Yields where the caller may pause. */
  *addFilter(filter: Filter, direction: Direction): Generator<undefined, void> {
    const keys = this.#keysOf(filter, direction);
    const deniesAll = filter.entries.get(WILDCARD.key)?.outcome.effect === 'deny';
    const order = deniesAll && this.#inputs.context.profile.putsEverybodyFirst ? ({ isAfterDeny: true } as const) : {};
    for (const entry of filter.entries.values()) {
      if (entry.outcome.effect === 'redirect' && this.#inputs.redirectsPending === true) continue;
      const contribution: Contribution = { ...this.#contribution(entry), ...order };
      if (keys === 'by-identity') this.#addNamed(filter, entry, contribution);
      else for (const key of keys) this.#put(key, contribution);
      if (this.#pace.isPauseDue(KEYS_PER_SELECTOR + (keys === 'by-identity' ? 1 : keys.length))) yield;
    }
  }

  #contribution({ selector, priority, outcome, origins, authentication, log }: FilterEntry): Contribution {
    const ids = isWildcard(selector) ? this.#wildcards : this.#selected.of(selector);
    const listener = outcome.effect === 'redirect' ? outcome.redirect.listener : undefined;
    return {
      ids,
      precedence: precedenceOf(priority, outcome),
      origin: this.#origins.indexOf(origins),
      requirement: requirementOf(authentication),
      ...(listener === undefined ? {} : { listener }),
      ...(log === undefined ? {} : { log }),
    };
  }

  #ask(selector: EndpointSelector): IdentitySet {
    const ids = this.#inputs.selections(selector);
    this.#pace.take(ids.length * KEYS_PER_IDENTITY);
    return ids;
  }

  #keysOf({ port }: Filter, direction: Direction): readonly L4Key[] | 'by-identity' {
    if (port.kind === 'range') {
      if (port.protocol === ANY_PROTOCOL) return [L3_KEY];
      return portBlocks(port.first, port.last).map((block) => l4Key(port.protocol, block));
    }
    if (isByIdentity(direction, this.#inputs)) return 'by-identity';
    const number = this.#inputs.namedPorts[direction](port.name, port.protocol);
    return number === undefined ? [] : [singlePort(port.protocol, number)];
  }

  /** Each identity that gives the name one port gets a key of its own, under a wildcard too. */
  #addNamed({ port }: Filter, { selector }: FilterEntry, contribution: Contribution): void {
    if (port.kind !== 'name') return;
    const { namedPorts } = this.#inputs;
    const isEverybody = standsForList(selector);
    const candidates = isEverybody ? namedPorts.identitiesWith(port.name, port.protocol) : this.#listed(selector);
    for (const id of candidates) {
      this.#pace.take(1);
      const number = namedPorts.portOf(id, port.name, port.protocol);
      if (number === undefined) continue;
      const ids = Uint32Array.of(id);
      this.#put(singlePort(port.protocol, number), { ...contribution, ids: () => ids });
    }
  }

  /** Of `cidrGroupSelector: {}` those that it looks at by a label, which a pod may have, too. */
  #listed(selector: EndpointSelector): Iterable<number> {
    const { origin } = selector;
    if (!isWildcard(selector) || origin === 'labels' || origin === 'fqdn') return this.#selected.of(selector)();
    const looked = keysReached(origin).map((key) => endpointSelector([exists('any', key)]));
    return new Set(looked.flatMap((one) => [...this.#selected.of(one)()]));
  }

  #put(key: L4Key, contribution: Contribution): void {
    getOrMake(this.#columns, key, () => []).push(contribution);
  }
}

function singlePort(protocol: Protocol, port: number): L4Key {
  return l4Key(protocol, { port, prefixLength: 16 });
}
