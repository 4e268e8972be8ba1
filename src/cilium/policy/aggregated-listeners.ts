/**
 * Listeners that an aggregate and its peers have apart, since 1.20: which of them keep an entry is not modelled.
 *
 * A map drops what its aggregate says too (insertWithChanges, pkg/policy/mapstate.go), and says of a redirect also to which proxy
 * port it goes; here a redirect is as strong as its priority, and two listeners of one priority would be one.
 * Cost: O(entries of filters).
 */
import type { ObjectRef } from '../objects.ts';
import { takesAggregate } from './aggregate-labels.ts';
import type { PolicyContext } from './context.ts';
import type { Filter, FilterEntry } from './filters.ts';
import type { Redirect, Unsupported } from './rule.ts';

type PlacedPart = Unsupported & { readonly object: ObjectRef };

interface Redirected {
  readonly entry: FilterEntry;
  readonly redirect: Redirect;
}

/** The listeners of one direction of which an aggregate has one and somebody another of the same priority. */
export function aggregatedListeners(filters: readonly Filter[], { profile }: PolicyContext): readonly PlacedPart[] {
  if (!profile.aggregateIdentities) return [];
  const byPriority = Map.groupBy(redirectsIn(filters), ({ redirect }) => redirect.priority);
  return [...byPriority.values()].filter(areApart).flatMap(placesOf);
}

function* redirectsIn(filters: readonly Filter[]): Iterable<Redirected> {
  for (const { entries } of filters) {
    for (const entry of entries.values()) {
      if (entry.outcome.effect === 'redirect') yield { entry, redirect: entry.outcome.redirect };
    }
  }
}

function areApart(redirected: readonly Redirected[]): boolean {
  const listeners = new Set(redirected.map(({ redirect }) => redirect.listener));
  return listeners.size > 1 && redirected.some(({ entry }) => takesAggregate(entry.selector));
}

/** The first of each entry; one entity is many entries. */
function placesOf(redirected: readonly Redirected[]): readonly PlacedPart[] {
  const places = new Set(redirected.flatMap(({ entry }) => entry.origins.slice(0, 1)));
  return [...places].map(({ object, field }) => ({ feature: 'listener', object, field }));
}
