/**
 * A selector as terms: conjunctions of requirements on single keys, of which one has to hold.
 *
 * Two things in a selector are not a conjunction on single keys: a selector of CIDR origin wants any one of the world
 * labels, and values of a CIDR group's label are each asked for by a label of their own (`key+value`), because an address may
 * be in several groups.
 */
import type { Term } from './search.ts';
import { encodedGroupKey, exists, isWildcard, type EndpointSelector, type Requirement } from '../selector.ts';

/** More than any sensible selector comes to. */
const MOST_TERMS = 64;

const WORLD_TERMS: readonly Term[] = ['world', 'world-ipv4', 'world-ipv6'].map((key) => [exists('any', key)]);

/** undefined if there would be too many to look at. */
export function termsOf(selector: EndpointSelector): readonly Term[] | undefined {
  const world = selector.origin === 'cidr' && !isWildcard(selector) ? [WORLD_TERMS] : [];
  return joinedTerms([...world, ...selector.requirements.map(choicesOf)]);
}

/** One of each list has to hold: every way to choose. */
export function joinedTerms(lists: readonly (readonly Term[] | undefined)[]): readonly Term[] | undefined {
  let joined: Requirement[][] = [[]];
  for (const list of lists) {
    if (list === undefined || joined.length * list.length > MOST_TERMS) return undefined;
    // No choice: copied for each of thousands of requirements, a term would cost their square.
    if (list.length === 1) for (const term of joined) append(term, list.flat());
    else joined = joined.flatMap((term) => list.map((choice) => [...term, ...choice]));
  }
  return joined;
}

/** One by one: the parameters of a call are bounded by the stack. */
function append(term: Requirement[], requirements: Term): void {
  for (const requirement of requirements) term.push(requirement);
}

function choicesOf(requirement: Requirement): readonly Term[] {
  const { source, key, operator, values, encoded: isEncoded } = requirement;
  if (isEncoded !== true) return [[requirement]];
  const encoded = values.map((value) => encodedGroupKey(key, value));
  if (operator === 'In') return encoded.map((name) => [exists(source, name)]);
  return [encoded.map((name) => ({ ...exists(source, name), operator: 'DoesNotExist' }))];
}
