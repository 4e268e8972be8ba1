/**
 * Which policies name the prefixes that are in a map and that no tenant of its pods names: for the platform team, and never for the
 * tenant to read.
 *
 * Cost: that of foreign-prefixes.ts, the entries of the map, and the prefixes of every policy, with pauses between.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { formatRef } from '../../cilium/objects.ts';
import { cidrLabelKey, parsePrefix } from '../../cilium/policy/prefixes/cidr.ts';
import { prefixesOf, type ParsedPolicy } from '../../cilium/policy/rule.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import { policyMapOf } from '../facts/entries.ts';
import type { DetailsOf } from '../facts/finding-facts.ts';
import type { OwnNamespaces } from '../facts/own-namespaces.ts';
import { foreignPrefixes } from './foreign-prefixes.ts';

export type ForeignPrefixes = NonNullable<DetailsOf['policy-map-overflow']['foreign']>;

const STEPS_PER_PAUSE = 1024;
const MOST_NAMERS = 3;

/** `isOwned`: by a tenant of pods that have the map. undefined: no prefix in it is of others alone, or nobody makes it. */
export function* foreignNamers(
  isOwned: OwnNamespaces,
  policyClass: PolicyClass,
  view: ClusterView,
): Generator<Pause, ForeignPrefixes | undefined> {
  if (policyClass.uncounted !== undefined) return undefined;
  const keys = yield* foreignKeys(isOwned, policyClass, view);
  if (keys.size === 0) return undefined;
  const namers: ForeignPrefixes['namers'][number][] = [];
  for (const policy of view.policies()) {
    yield PAUSE;
    if (policy.object.namespace === undefined || isOwned(policy.object.namespace)) continue;
    const prefixes = yield* namedAmong(keys, policy);
    if (prefixes > 0) namers.push({ policy: policy.object, prefixes });
  }
  if (namers.length === 0) return undefined;
  namers.sort((a, b) => b.prefixes - a.prefixes || compareBytes(formatRef(a.policy), formatRef(b.policy)));
  return { prefixes: keys.size, policies: namers.length, namers: namers.slice(0, MOST_NAMERS) };
}

/** Of the labels of the prefixes that have an entry. */
function* foreignKeys(
  isOwned: OwnNamespaces,
  policyClass: PolicyClass,
  view: ClusterView,
): Generator<Pause, ReadonlySet<string>> {
  const foreign = yield* foreignPrefixes(isOwned, view);
  const keys = new Set<string>();
  let steps = 0;
  for (const { identity } of (yield* policyMapOf(policyClass, view)).entries()) {
    if (++steps % STEPS_PER_PAUSE === 0) yield PAUSE;
    if (!foreign.has(identity)) continue;
    const prefix = view.labelsOf(identity)?.find(({ source }) => source === 'cidr');
    if (prefix !== undefined) keys.add(prefix.key);
  }
  return keys;
}

function* namedAmong(keys: ReadonlySet<string>, policy: ParsedPolicy): Generator<Pause, number> {
  const named = new Set<string>();
  let steps = 0;
  for (const text of prefixesOf(policy)) {
    if (++steps % STEPS_PER_PAUSE === 0) yield PAUSE;
    const prefix = parsePrefix(text);
    const key = prefix === undefined ? undefined : cidrLabelKey(prefix);
    if (key !== undefined && keys.has(key)) named.add(key);
  }
  return named.size;
}
