/**
 * Prefixes of one list that lie in others of it: each is an identity more in every map that selects what is around it, and allows
 * nothing that the outer one does not.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import { isCiliumPolicy, type PolicyObject } from '../../cilium/objects.ts';
import type { TrafficRuleSpec } from '../../cilium/policy-spec.ts';
import { peerField } from '../../cilium/policy/parse/peer-field.ts';
import { containsPrefix, parseAddress, parsePrefix, type Prefix } from '../../cilium/policy/prefixes/cidr.ts';
import type { Fix } from '../check.ts';
import type { CheaperForm } from './cheaper-form.ts';
import type { Element } from './element.ts';
import { compareAddresses } from './pod-prefixes.ts';
import { rewritten } from './rewritten.ts';

/** Nobody reads a longer patch. */
const MOST_OPERATIONS = 500;

export function* nestedPrefixes(policy: PolicyObject, elements: readonly Element[]): Iterable<CheaperForm> {
  if (!isCiliumPolicy(policy)) return;
  for (const { rule, written } of elements) {
    if (written === undefined) continue;
    const { traffic, place } = written;
    const kind = (traffic.cidrSet ?? []).length > 0 ? 'cidrSet' : 'cidr';
    const nested = nestedIn(listedPrefixes(traffic));
    if (nested.size === 0) continue;
    const field = peerField(traffic, place, kind);
    yield {
      id: 'nested-prefixes',
      reason: 'without-nested',
      field,
      rules: [rule],
      make: () => ({ policy: rewritten(policy, (one) => (one.path === traffic.path ? without(one, nested) : one)) }),
      prefixes: nested.size,
      fix: removal(field, nested),
    };
  }
}

interface ListedPrefix {
  readonly index: number;
  readonly prefix: Prefix;
  /** Something of it is left out. */
  readonly hasExcept: boolean;
}

function listedPrefixes({ cidr = [], cidrSet = [] }: TrafficRuleSpec): readonly ListedPrefix[] {
  const written = cidrSet.length > 0 ? cidrSet : cidr.map((text) => ({ cidr: text, except: [] }));
  return written.flatMap(({ cidr: text = '', except }, index) => {
    const prefix = parsePrefix(text) ?? parseAddress(text);
    return prefix === undefined ? [] : [{ index, prefix, hasExcept: except.length > 0 }];
  });
}

/** Their indices. In the order of their addresses what lies in a prefix comes behind it. */
function nestedIn(listed: readonly ListedPrefix[]): ReadonlySet<number> {
  const nested = new Set<number>();
  let outer: ListedPrefix | undefined;
  for (const one of [...listed].sort(byAddress)) {
    if (outer !== undefined && containsPrefix(outer.prefix, one.prefix)) nested.add(one.index);
    else if (!one.hasExcept) outer = one;
  }
  return nested;
}

function byAddress(a: ListedPrefix, b: ListedPrefix): number {
  return compareAddresses(a.prefix, b.prefix) || a.index - b.index;
}

function without({ cidr, cidrSet, ...rest }: TrafficRuleSpec, indices: ReadonlySet<number>): TrafficRuleSpec {
  const isKept = (_: unknown, index: number): boolean => !indices.has(index);
  if (cidrSet !== undefined && cidrSet.length > 0) return { ...rest, cidrSet: cidrSet.filter(isKept) };
  return { ...rest, ...(cidr === undefined ? {} : { cidr: cidr.filter(isKept) }) };
}

/** From the last to the first, so that none moves another. */
function removal(field: FieldPath, indices: ReadonlySet<number>): Fix {
  const text = `remove from ${field} the ${indices.size} prefixes that lie in others of it`;
  if (indices.size > MOST_OPERATIONS) return { kind: 'words', text };
  const fields = [...indices].sort((a, b) => b - a).map((index) => pointerTo(`${field}[${index}]`));
  return { kind: 'patch', patch: fields.map((path) => ({ op: 'remove', path })), text };
}
