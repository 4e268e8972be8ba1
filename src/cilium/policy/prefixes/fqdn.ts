/**
 * DNS selectors -> the node-local identities that they bring about.
 *
 * Mirrors pkg/fqdn/namemanager. A selector registers when the policy of a local endpoint is resolved and has a filter with it;
 * each then has one identity per address family before any answer was seen, and each address that was learned has the labels
 * of all registered selectors that its names match.
 */
import { labelArray, type Label, type LabelArray } from '../../identity/label.ts';
import { getOrMake } from '../../get-or-make.ts';
import { formatPrefix, parseAddress, worldLabel, type Prefix } from './cidr.ts';
import type { PolicyContext } from '../context.ts';
import { canonicalName, isExactName, matchesName } from './name-pattern.ts';
import type { Profile } from '../../profile.ts';
import type { SelectorPolicy } from '../resolve.ts';
import type { EndpointSelector } from '../selector.ts';

/** What an agent has learned: the addresses of each name. */
export type DNSAnswers = ReadonlyMap<string, readonly string[]>;

/** An address with the labels of the selectors that its names match. */
export interface LearnedAddress {
  readonly address: Prefix;
  readonly labels: readonly Label[];
}

const MATCHES_PER_PAUSE = 4096;

/**
 * The names and patterns that the filters of a policy ask for, each once: those too that get no keys because their port is open
 * to everybody, since the agent takes selectors in before it leaves them out (cacheFQDNSelector, pkg/policy/l4.go).
 */
export function registeredNames(policy: SelectorPolicy): readonly string[] {
  const names = new Set<string>();
  for (const { entries, elided } of policy.egress.filters) {
    for (const { selector } of entries.values()) for (const name of namesOf(selector)) names.add(name);
    for (const selector of elided) for (const name of namesOf(selector)) names.add(name);
  }
  return [...names];
}

/** One of a toFQDNs. A selector of labels may ask for the label of a name, and brings nothing about. */
function namesOf({ origin, requirements }: EndpointSelector): readonly string[] {
  return origin === 'fqdn' ? requirements.map(({ key }) => key) : [];
}

/** What is allocated before any answer: a label set for each name and family. Nothing where preallocation is off. */
export function* idleIdentities(names: Iterable<string>, context: PolicyContext): Iterable<LabelArray> {
  const { ipv4, ipv6, fqdnPreallocation } = context.config;
  if (!fqdnPreallocation) return;
  for (const name of names) {
    if (ipv4) yield labelArray([worldLabel(4, context), nameLabel(name)]);
    if (ipv6) yield labelArray([worldLabel(6, context), nameLabel(name)]);
  }
}

/** By their canonical texts. Yields where the caller may pause. */
export function* learnedAddresses(
  registered: readonly string[],
  answers: DNSAnswers,
  profile: Profile,
): Generator<undefined, ReadonlyMap<string, LearnedAddress>> {
  const learned = new Map<string, { readonly address: Prefix; readonly labels: Label[] }>();
  const selecting = yield* selectingNames(registered, answers, profile);
  for (const [name, labels] of selecting) {
    for (const text of answers.get(name) ?? []) {
      const address = parseAddress(text);
      if (address === undefined) continue;
      getOrMake(learned, formatPrefix(address), () => ({ address, labels: [] })).labels.push(...labels);
    }
    yield;
  }
  return learned;
}

/** The answered names that registered ones match, each with their labels: O(exact names + patterns x answers). */
function* selectingNames(
  registered: readonly string[],
  answers: DNSAnswers,
  profile: Profile,
): Generator<undefined, ReadonlyMap<string, readonly Label[]>> {
  const exact = Map.groupBy(registered.filter(isExactName), canonicalName);
  const patterns = registered.filter((name) => !isExactName(name));
  const selecting = new Map<string, readonly Label[]>();
  let seen = 0;
  for (const name of answers.keys()) {
    const names = [...(exact.get(canonicalName(name)) ?? [])];
    for (const pattern of patterns) {
      if (matchesName(pattern, name, profile)) names.push(pattern);
      if (++seen % MATCHES_PER_PAUSE === 0) yield;
    }
    if (names.length > 0) selecting.set(name, names.map(nameLabel));
  }
  return selecting;
}

function nameLabel(name: string): Label {
  return { source: 'fqdn', key: name, value: '' };
}
