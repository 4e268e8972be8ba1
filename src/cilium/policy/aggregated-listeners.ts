/**
 * Listeners that an aggregate and its peers have apart, since 1.20: which of them keep an entry is not modelled.
 *
 * A map drops what its aggregate says too (insertWithChanges, pkg/policy/mapstate.go), and says of a redirect also to which proxy
 * port it goes; here a redirect is as strong as its priority, and two listeners of one priority would be one.
 * Cost: O(entries of filters).
 */
import type { ObjectRef } from '../objects.ts';
import { getOrMake } from '../get-or-make.ts';
import type { PolicyContext } from './context.ts';
import type { Filter, FilterEntry } from './filters.ts';
import { precedenceOf, type Precedence } from './precedence.ts';
import type { Unsupported } from './rule.ts';
import { isWildcard, type EndpointSelector } from './selector.ts';

type PlacedPart = Unsupported & { readonly object: ObjectRef };

/** The listeners of one direction of which an aggregate has one and somebody another of the same priority. */
export function aggregatedListeners(filters: readonly Filter[], { profile }: PolicyContext): readonly PlacedPart[] {
  if (!profile.aggregateIdentities || !filters.some(hasListener)) return [];
  const byPrecedence = new Map<Precedence, FilterEntry[]>();
  for (const entry of redirectsIn(filters)) getOrMake(byPrecedence, strengthOf(entry), () => []).push(entry);
  return [...byPrecedence.values()].filter(areApart).flatMap((entries) => entries.flatMap(placeOf));
}

function hasListener({ entries }: Filter): boolean {
  return [...entries.values()].some((entry) => listenerOf(entry) !== undefined);
}

function* redirectsIn(filters: readonly Filter[]): Iterable<FilterEntry> {
  for (const { entries } of filters) {
    for (const entry of entries.values()) if (entry.outcome.effect === 'redirect') yield entry;
  }
}

function strengthOf({ outcome }: FilterEntry): Precedence {
  return precedenceOf(0, outcome);
}

function areApart(entries: readonly FilterEntry[]): boolean {
  const listeners = new Set(entries.map(listenerOf));
  return listeners.size > 1 && entries.some(({ selector }) => selectsAggregate(selector));
}

function listenerOf({ outcome }: FilterEntry): string | undefined {
  return outcome.effect === 'redirect' ? outcome.redirect.listener : undefined;
}

function selectsAggregate(selector: EndpointSelector): boolean {
  return isWildcard(selector) || selector.requirements.some(({ key }) => key.startsWith('aggregate-'));
}

function placeOf({ origins }: FilterEntry): readonly PlacedPart[] {
  return origins.slice(0, 1).map(({ object, field }) => ({ feature: 'listener', object, field }));
}
