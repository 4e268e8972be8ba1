/**
 * Classes of the cluster as it is whose maps no change comes near a line with: there is nothing to say about them, and nobody
 * counts them.
 *
 * A map that was counted once is known to have no more entries than then, and what came since; and one identity adds no more than
 * there are keys for it. So a bound tells what a count would tell, for nearly every class.
 * Cost: O(classes), with a few numbers each; what is not told by a bound O(its members).
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { isHostEndpoint } from '../../cluster/identities/host-endpoints.ts';
import type { KeptClass } from '../../cluster/classes/class-layer.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { allClasses, type ClassMembers } from '../facts/class-members.ts';
import { limitsOf, linesOf } from './growth.ts';

const CLASSES_PER_PAUSE = 256;

/**
 * The classes whose maps may come to a line where `added` identities of prefixes are new, and those of which something else is to
 * be said: in the order of their first members.
 */
export function* classesNearLines(added: number, context: ChangeContext): Generator<Pause, readonly ClassMembers[]> {
  const { before } = context;
  const kept = before.keptClasses;
  if (kept === undefined) return yield* allClasses(before);
  const near: ClassMembers[] = [];
  const line = lowestLine(context);
  let seen = 0;
  const { entries, mostOfOne } = kept.small;
  const isSmallFar = entries + mostOfPrefixes(mostOfOne, added) < line;
  for (const one of isSmallFar ? kept.large() : kept.all()) {
    if (++seen % CLASSES_PER_PAUSE === 0) yield PAUSE;
    if (isFar(one, added, line)) continue;
    yield PAUSE;
    const identities = [...before.membersOf(one.policyClass)].sort((a, b) => a - b);
    if (hasMaps(identities, before)) near.push({ policyClass: one.policyClass, identities });
  }
  return near.sort((a, b) => (a.identities[0] ?? 0) - (b.identities[0] ?? 0));
}

/** Without the host firewall host endpoints have none. */
function hasMaps([first]: readonly NumericIdentity[], { settings }: ClusterView): boolean {
  return first !== undefined && (settings.config.hostFirewall || !isHostEndpoint(first));
}

export function lowestLine({ current, settings }: ChangeContext): number {
  return Math.min(...linesOf(limitsOf(current, settings)));
}

/** What the model does not cover is told of every map, and DNS names may bring about more identities than those that are known. */
function isFar(one: KeptClass, added: number, line: number): boolean {
  if (one.policyClass.unsupported.length > 0 || !one.bounds.isOfIdentitiesAlone) return false;
  return one.mostEntries + mostOfPrefixes(one.bounds.mostOfOne, added) < line;
}

/** Whether the map stays far from full with so many more identities of pods. */
export function isFarWith({ policyClass, bounds, mostEntries }: KeptClass, newcomers: number, line: number): boolean {
  return policyClass.unsupported.length === 0 && mostEntries + bounds.mostOfOne * newcomers < line;
}

/** So many entries `added` identities of prefixes bring into a map. With them the host may have other labels, too. */
export function mostOfPrefixes(mostOfOne: number, added: number): number {
  return added === 0 ? 0 : mostOfOne * (added + 1) + ENTRY_OF_HOST;
}

const ENTRY_OF_HOST = 1;
