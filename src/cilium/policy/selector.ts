/**
 * Endpoint selectors: what a peer or a subject matches, and which selector contains which.
 *
 * Mirrors pkg/policy/api/selector.go and pkg/policy/types (requirements.go, selector.go).
 * Invariant: requirements are sorted by their text and none is repeated, so that equal selectors have equal keys.
 * Cost of a match: O(requirements x log labels); a CIDR requirement scans the labels.
 */
import { compareBytes, labelOf, type Label, type LabelArray } from '../identity/label.ts';
import { containsPrefix, prefixOfLabelKey, type Prefix } from './prefixes/cidr.ts';

export type SelectorKey = string & { readonly __brand: 'SelectorKey' };

export interface Requirement {
  /** `any` matches every source; `cidr` compares prefixes by containment. */
  readonly source: string;
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** Sorted, each once; empty for Exists and DoesNotExist. `key: value` is `In [value]`. */
  readonly values: readonly string[];
  /**
   * In and NotIn ask for labels that carry key and value in one, and for no other: a cidrGroupSelector since 1.19.5
   * (matchesEncodedRequirement, pkg/policy/types/requirements.go). Two groups that share a prefix and disagree on a label leave
   * one plain label; the label that names a group is plain only.
   */
  readonly encoded?: true;
}

export interface EndpointSelector {
  /** Canonical text: equal keys, equal selections. */
  readonly key: SelectorKey;
  /** All must hold. None: the wildcard, which is a map key of its own and not a set of identities. */
  readonly requirements: readonly Requirement[];
  /**
   * `cidr`: takes identities with a world label only, as selectors made from CIDR rules do since 1.20, or nodes besides. `fqdn`:
   * of a toFQDNs, so that an agent looks after the name.
   */
  readonly origin: 'labels' | 'cidr' | 'cidr-or-node' | 'fqdn';
  /** How it is written, where one key has several ways: rules of one peer are merged only if they write it alike. */
  readonly spelling?: string;
  /** A selector of labels may be written alike, and select otherwise. */
  readonly spelledAsLabels?: true;
}

/** Selects every identity, those that do not exist yet included: one key per wildcard identity in a policy map. */
export const WILDCARD: EndpointSelector = endpointSelector([]);

/** `cidrGroupSelector: {}` since 1.19: it has the key of the wildcard, and does not know that it is one. */
export const CIDR_WILDCARD: EndpointSelector = { ...endpointSelector([], 'cidr'), spelledAsLabels: true };
/** The same where policy-cidr-match-mode has nodes. */
export const CIDR_OR_NODE_WILDCARD: EndpointSelector = { ...CIDR_WILDCARD, origin: 'cidr-or-node' };

/** The one constructor: sorts, removes what is repeated, and gives the canonical key. No requirement: the wildcard. */
export function endpointSelector(
  requirements: Iterable<Requirement>,
  origin: EndpointSelector['origin'] = 'labels',
  spelling?: string,
): EndpointSelector {
  const byText = new Map<string, Requirement>();
  for (const requirement of requirements) {
    const canonical = canonicalRequirement(requirement);
    byText.set(requirementText(canonical), canonical);
  }
  const texts = [...byText.keys()].sort(compareBytes);
  // A copy takes no more room than there are requirements.
  const sorted = texts.flatMap((text) => byText.get(text) ?? []).slice();
  const prefix = origin !== 'labels' && sorted.length > 0 ? origin : '';
  const key = `${prefix}[${texts.join(',')}]` as SelectorKey;
  return { key, requirements: sorted, origin, ...(spelling === undefined ? {} : { spelling }) };
}

/** What an agent tells selectors apart by (SelectorKey, pkg/policy/api). */
export function textOf({ spelling, key }: EndpointSelector): string {
  return spelling ?? key;
}

export function isWildcard(selector: EndpointSelector): boolean {
  return selector.requirements.length === 0;
}

/** Of a list that has it nothing else is read (selectsAll, pkg/policy/selectorcache.go). */
export function standsForList(selector: EndpointSelector): boolean {
  return isWildcard(selector) && selector.origin === 'labels';
}

/** A requirement that a label with this source and key exists. */
export function exists(source: string, key: string): Requirement {
  return { source, key, operator: 'Exists', values: [] };
}

/** A requirement that the label has this value; the empty value is a value. */
export function equals(source: string, key: string, value: string): Requirement {
  return { source, key, operator: 'In', values: [value] };
}

export function matches(selector: EndpointSelector, labels: LabelArray): boolean {
  if (selector.requirements.length > 0 && !isReached(selector, labels)) return false;
  for (const requirement of selector.requirements) {
    if (!holds(requirement, labels)) return false;
  }
  return true;
}

/** Whether a selector of this origin looks at an identity at all (CIDRSelector.Matches, pkg/policy/types/selector.go). */
export function isReached({ origin }: Pick<EndpointSelector, 'origin'>, labels: LabelArray): boolean {
  if (origin === 'labels' || origin === 'fqdn') return true;
  return keysReached(origin).some((key) => labelOf(labels, key) !== undefined);
}

/** Of labels of any source: a pod label with key `world` counts (pkg/labels: HasWorldLabel). */
export function keysReached(origin: 'cidr' | 'cidr-or-node'): readonly string[] {
  return origin === 'cidr' ? WORLD_KEYS : WORLD_AND_NODE_KEYS;
}

const WORLD_KEYS = ['world', 'world-ipv4', 'world-ipv6'];
const WORLD_AND_NODE_KEYS = [...WORLD_KEYS, 'host', 'remote-node'];

function holds(requirement: Requirement, labels: LabelArray): boolean {
  const label = requirement.source === 'cidr' ? cidrLabel(requirement, labels) : plainLabel(requirement, labels);
  switch (requirement.operator) {
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    case 'In':
      return hasValue(requirement, label, labels);
    case 'NotIn':
      return !hasValue(requirement, label, labels);
  }
}

function plainLabel(requirement: Requirement, labels: LabelArray): Label | undefined {
  const label = labelOf(labels, requirement.key);
  return label !== undefined && fromSource(requirement, label) ? label : undefined;
}

function fromSource(requirement: Requirement, label: Label): boolean {
  return requirement.source === 'any' || requirement.source === label.source;
}

function hasValue(requirement: Requirement, label: Label | undefined, labels: LabelArray): boolean {
  const { key, values, encoded } = requirement;
  if (encoded !== true) return label !== undefined && values.includes(label.value);
  return values.some((value) => {
    const carrying = labelOf(labels, encodedGroupKey(key, value));
    return carrying !== undefined && fromSource(requirement, carrying);
  });
}

/** The key of the label that carries key and value of a CIDR group in one (pkg/labels: EncodedCIDRGroupLabel). */
export function encodedGroupKey(key: string, value: string): string {
  return `${key}+${value}`;
}

function cidrLabel(requirement: Requirement, labels: LabelArray): Label | undefined {
  const outer = prefixFor(requirement);
  if (outer === undefined) return undefined;
  for (const label of labels) {
    if (label.source !== 'cidr') continue;
    const inner = prefixFor(label);
    if (inner !== undefined && containsPrefix(outer, inner)) return label;
  }
  return undefined;
}

/** Prefixes of requirements and labels, read once; an entry goes with its object. */
const prefixes = new WeakMap<object, { readonly prefix: Prefix | undefined }>();

/** Of a requirement or label of source cidr; undefined where its key is none. */
export function prefixFor(holder: { readonly key: string }): Prefix | undefined {
  const known = prefixes.get(holder);
  if (known !== undefined) return known.prefix;
  const prefix = prefixOfLabelKey(holder.key);
  prefixes.set(holder, { prefix });
  return prefix;
}

function canonicalRequirement(requirement: Requirement): Requirement {
  const sorted = requirement.values.every((value, index, all) => {
    const previous = all[index - 1];
    return previous === undefined || compareBytes(previous, value) < 0;
  });
  return sorted ? requirement : { ...requirement, values: [...new Set(requirement.values)].sort(compareBytes) };
}

/** JSON, because values from a file that no API server has seen may hold any character. */
function requirementText({ source, key, operator, values, encoded }: Requirement): string {
  return JSON.stringify([source, key, encoded === true ? `${operator}+` : operator, ...values]);
}
