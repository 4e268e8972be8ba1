/**
 * How many entries a map is expected to have, with the identities that agents will learn by DNS names.
 *
 * What is there for certain counts first. Where a name has fewer identities than the operator says that one has
 * (`cilium.fqdnIdentitiesPerSelector`), as many as are missing are made up, and the map is counted with them: an estimate, which
 * never denies. It is asked only where it makes a difference: where the map comes to a line that it is below for certain.
 * Cost: O(names) where these cannot come to a line, which is nearly always; else a count of the map, in steps.
 */
import { identitySet, union, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import { labelArray, type LabelArray } from '../../cilium/identity/label.ts';
import { LOCAL_SCOPE_BASE, type NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { entryCountSteps } from '../../cilium/policy/map/entry-count.ts';
import { worldLabel } from '../../cilium/policy/prefixes/cidr.ts';
import { registeredNames } from '../../cilium/policy/prefixes/fqdn.ts';
import type { SelectorPolicy } from '../../cilium/policy/resolve.ts';
import { matches, type EndpointSelector } from '../../cilium/policy/selector.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import type { Pause } from '../check.ts';
import { entriesCertainty } from '../facts/entries-certainty.ts';
import { entriesOf } from '../facts/entries.ts';
import { pausing } from '../facts/pausing.ts';

export interface ExpectedEntries {
  readonly entries: number;
  readonly certainty: Certainty;
  /** It has these whatever agents learn. */
  readonly least: number;
}

/** As many fill any map. */
const MOST_MADE_UP = 65_536;
/** Of numbers that no other identity of a node has, the highest are taken. */
const HIGHEST_LOCAL = LOCAL_SCOPE_BASE + 0xffffff;

/** `lines`: numbers of entries from which on there is something to say. */
export function* expectedEntries(
  policyClass: PolicyClass,
  view: ClusterView,
  lines: readonly number[],
): Generator<Pause, ExpectedEntries> {
  const entries = yield* entriesOf(policyClass, view);
  const above = lines.filter((line) => entries < line);
  const room = Math.min(...above) - entries;
  const expected = mayLearn(policyClass, view) < room ? entries : yield* withLearnedNames(policyClass, view, entries);
  const certainty = entriesCertainty(view, policyClass);
  if (!above.some((line) => expected >= line)) return { entries, certainty, least: entries };
  return { entries: expected, certainty: certainty === 'unknown' ? 'unknown' : 'estimate', least: entries };
}

export function isGuess({ entries, least }: ExpectedEntries): boolean {
  return entries > least;
}

/** An interval of ports is no more blocks than this. */
const MOST_BLOCKS = 32;

/** The entries that learned names add are no more than these. */
function mayLearn({ policy, uncounted }: PolicyClass, { settings }: ClusterView): number {
  if (uncounted !== undefined) return 0;
  const identities = registeredNames(policy).length * settings.fqdnIdentitiesPerSelector;
  return identities * policy.egress.filters.length * MOST_BLOCKS;
}

function* withLearnedNames(policyClass: PolicyClass, view: ClusterView, least: number): Generator<Pause, number> {
  const { selections, nodes } = yield* pausing(view.agentIdentitiesSteps(policyClass.policy));
  const isTaken = (identity: NumericIdentity): boolean => nodes.labelsOf(identity) !== undefined;
  const learned = madeUp(knownByName(policyClass.policy, selections), view.settings, isTaken);
  if (learned.length === 0) return least;
  const counted = entryCountSteps(policyClass.policy, {
    context: view.settings,
    namedPorts: view.namedPortsFor(policyClass.ownPorts),
    selections: (selector) => union(selections(selector), takenBy(selector, learned)),
  });
  return yield* pausing(counted);
}

type Selecting = (selector: EndpointSelector) => IdentitySet;

/** Of each name that its peers list how many identities are known. */
function knownByName({ egress }: SelectorPolicy, selections: Selecting): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (const { entries } of egress.filters) {
    for (const { selector } of entries.values()) {
      const [name] = selector.origin === 'fqdn' ? selector.requirements : [];
      if (name !== undefined && !known.has(name.key)) known.set(name.key, selections(selector).length);
    }
  }
  return known;
}

interface MadeUp {
  readonly identity: NumericIdentity;
  readonly labels: LabelArray;
}

/** What tells the identities of a name apart, labels of other names, is left out. */
function madeUp(
  known: ReadonlyMap<string, number>,
  settings: Settings,
  isTaken: (identity: NumericIdentity) => boolean,
): readonly MadeUp[] {
  const world = worldLabel(settings.config.ipv4 ? 4 : 6, settings);
  const learned: MadeUp[] = [];
  let identity = HIGHEST_LOCAL;
  for (const [name, identities] of known) {
    const labels = labelArray([{ source: 'fqdn', key: name, value: '' }, world]);
    for (let at = identities; at < settings.fqdnIdentitiesPerSelector; at += 1) {
      if (learned.length >= MOST_MADE_UP) return learned;
      while (isTaken(identity)) identity -= 1;
      learned.push({ identity, labels });
      identity -= 1;
    }
  }
  return learned;
}

function takenBy(selector: EndpointSelector, learned: readonly MadeUp[]): IdentitySet {
  return identitySet(learned.filter(({ labels }) => matches(selector, labels)).map(({ identity }) => identity));
}
