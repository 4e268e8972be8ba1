/**
 * Containment over addresses outside the cluster.
 *
 * The identity of an address is that of the nearest prefix around it that any policy names. Each X and each except E of
 * the selectors at hand is such a prefix, so the nearest one is inside X exactly if the address is: coverage of addresses
 * is coverage of identities, and stays it whatever prefixes other policies add. Prefixes in requirements are therefore
 * taken to be those of CIDR rules; `cidr:` written by hand in a label selector is not of that kind.
 * Addresses of the cluster's own nodes lose their cidr and world labels, so that prefixes do not reach them; they are
 * reserved identities and decided there. In 1.18 and 1.19 the same holds for pods, always.
 * Cost: O(prefixes log prefixes), and a search for each piece that a cover with further requirements cuts out.
 */
import type { Budget } from '../../budget.ts';
import { getOrMake } from '../../get-or-make.ts';
import {
  addressesIn,
  allAddresses,
  difference,
  formatAddress,
  includes,
  intersection,
  pieces,
  union,
  type AddressSet,
  type Family,
  type Interval,
} from './address-set.ts';
import { prefixOfLabelKey } from '../prefixes/cidr.ts';
import { canBe, wantsLabel } from './domain.ts';
import type { UniverseFacts, WorldFact } from './facts.ts';
import { knownAddresses, memberLabels, unknownAddresses, type Population } from './populations.ts';
import { findEscape, sizeOf, type SearchResult, type Term } from './search.ts';
import type { LabelArray } from '../../identity/label.ts';
import type { Requirement } from '../selector.ts';

/** Of the target as much as a look at a cover costs: arithmetic on addresses is dear. */
const REQUIREMENTS_PER_STEP = 4;

/** Addresses of one family under one kind of identity. */
export interface AddressGroup {
  readonly family: Family;
  readonly population: Population;
  /** Only what no prefix at hand contains. */
  readonly unnamed: boolean;
}

export interface AddressWitness {
  readonly ip: string;
  /** What its identity carries besides a cidr label. */
  readonly labels: LabelArray;
}

export type AddressResult = Exclude<SearchResult, { kind: 'found' }> | ({ readonly kind: 'found' } & AddressWitness);

/** Without aggregates, an address that nothing names is one whose optional labels are all absent: no group of its own. */
export function addressGroups(world: WorldFact, facts: UniverseFacts): readonly AddressGroup[] {
  const { family } = world;
  const known = { family, population: knownAddresses(world, facts), unnamed: false };
  if (facts.aggregates === undefined) return [known];
  return [known, { family, population: unknownAddresses(world), unnamed: true }];
}

interface AddressTerm {
  readonly addresses: AddressSet;
  /** What does not speak of prefixes, and is not settled by the population alone. */
  readonly rest: Term;
}

/** An address that meets one of the target's terms and escapes every cover. */
export function findAddress(
  target: readonly Term[],
  covers: readonly Term[],
  group: AddressGroup,
  budget: Budget,
): AddressResult {
  if (!budget.spend(Math.floor(target.reduce((sum, term) => sum + sizeOf(term), 0) / REQUIREMENTS_PER_STEP)))
    return { kind: 'exhausted' };
  const places = placesOf([...target, ...covers], group);
  const read = (term: Term): AddressTerm[] => addressTerms(term, places, group);
  const covering = covers.flatMap(read);
  const whole = union(covering.filter(({ rest }) => rest.length === 0).map(({ addresses }) => addresses));
  const partial = covering.filter(({ rest }) => rest.length > 0);
  for (const { addresses, rest } of target.flatMap(read)) {
    const result = findInPieces({ addresses: difference(addresses, whole), rest }, partial, group, budget);
    if (result.kind !== 'none') return result;
  }
  return { kind: 'none' };
}

/** On one piece each partial cover either holds everywhere, as far as prefixes go, or nowhere. */
function findInPieces(
  target: AddressTerm,
  partial: readonly AddressTerm[],
  group: AddressGroup,
  budget: Budget,
): AddressResult {
  const { population, family } = group;
  const space = { domainOf: population.domainOf, budget };
  for (const piece of pieces(
    target.addresses,
    partial.map(({ addresses }) => addresses),
  )) {
    if (!budget.spend()) return { kind: 'exhausted' };
    const covers = partial.filter(({ addresses }) => includes(addresses, piece.first)).map(({ rest }) => rest);
    const result = findEscape(target.rest, covers, space);
    if (result.kind === 'exhausted') return result;
    if (result.kind === 'none') continue;
    const labels = memberLabels(population, result.assignment);
    return { kind: 'found', ip: formatAddress(exampleIn(piece, family), family), labels };
  }
  return { kind: 'none' };
}

/** None if an address cannot meet what else the term says. What is taken out goes at once: thousands of excepts are one set. */
function addressTerms(term: Term, places: Places, { population }: AddressGroup): AddressTerm[] {
  let inside = places.all;
  const outside: AddressSet[] = [];
  const rest: Requirement[] = [];
  for (const requirement of term) {
    if (requirement.source === 'cidr') {
      const addresses = takesEmptyValue(requirement) ? (places.inside.get(requirement.key) ?? []) : [];
      if (wantsLabel(requirement)) inside = intersection(inside, addresses);
      else outside.push(addresses);
    } else {
      const domain = population.domainOf(requirement.key);
      if (!canBe(domain, requirement, true)) return [];
      if (canBe(domain, requirement, false)) rest.push(requirement);
    }
  }
  return [{ addresses: difference(inside, union(outside)), rest }];
}

/** A cidr label has the empty value. */
function takesEmptyValue({ operator, values }: Requirement): boolean {
  return operator === 'Exists' || operator === 'DoesNotExist' || values.includes('');
}

interface Places {
  readonly all: AddressSet;
  /** By key of a cidr requirement. */
  readonly inside: ReadonlyMap<string, AddressSet>;
}

function placesOf(terms: readonly Term[], { family, unnamed }: AddressGroup): Places {
  const inside = new Map<string, AddressSet>();
  for (const { source, key } of terms.flat()) {
    if (source === 'cidr') getOrMake(inside, key, () => addressesOfLabel(key, family));
  }
  const all = allAddresses(family);
  return { all: unnamed ? difference(all, union(inside.values())) : all, inside };
}

function addressesOfLabel(key: string, family: Family): AddressSet {
  const prefix = prefixOfLabelKey(key);
  return prefix === undefined ? [] : addressesIn(prefix, family);
}

/** Addresses for examples, which no reader takes for a peer of theirs (RFC 5737, RFC 3849). */
const EXAMPLES = { 4: 0xc0_00_02_01n, 6: (0x2001_0db8n << 96n) | 1n };

function exampleIn({ first, last }: Interval, family: Family): bigint {
  const example = EXAMPLES[family];
  if (first <= example && example <= last) return example;
  return first < last ? first + 1n : first;
}
