/**
 * CIDRs, excepts and CIDR groups -> the selectors that stand for them.
 *
 * Mirrors pkg/policy/types/selector.go (CIDRSelector) and, for 1.18, pkg/policy/api/cidr.go. A CIDR selects every
 * identity whose cidr label lies inside; /0 selects the world label instead; an except is a label that must not be there.
 */
import { groupSelectorOf } from '../../cidr-group-selector.ts';
import type { CIDRRuleSpec, SelectorSpec } from '../../policy-spec.ts';
import {
  cidrLabelKey,
  formatPrefix,
  parseAddress,
  parsePrefix,
  parseZonedAddress,
  prefixOfLabelKey,
  worldLabel,
  type Prefix,
} from '../prefixes/cidr.ts';
import type { PolicyContext } from '../context.ts';
import { groupNameKey } from '../prefixes/cidr-groups.ts';
import { matchesNodes } from '../prefixes/in-cluster.ts';
import {
  CIDR_OR_NODE_WILDCARD,
  CIDR_WILDCARD,
  endpointSelector,
  equals,
  exists,
  isWildcard,
  textOf,
  WILDCARD,
  type EndpointSelector,
  type Requirement,
} from '../selector.ts';
import { groupKeyParts, readSelector, sealed, type WrittenSelector } from './written-selector.ts';

const EXCEPTS_PER_PAUSE = 256;

/** What the elements of one `fromCIDR` or `toCIDR` have to know of each other. */
export interface CIDRList {
  readonly hasBothWorlds: boolean;
}

export function cidrList(list: readonly string[]): CIDRList {
  return { hasBothWorlds: list.includes('0.0.0.0/0') && list.includes('::/0') };
}

/** The selectors of one element of `fromCIDR` or `toCIDR`. What can't be read was refused before. */
export function cidrSelectors(text: string, list: CIDRList, context: PolicyContext): readonly EndpointSelector[] {
  const prefix = parsePrefix(text) ?? parseAddress(text);
  if (prefix === undefined) return [];
  const own = [prefixRequirement(prefix, context)];
  if (context.profile.worldLabelByFamily) return [cidrSelector(own, context, `cidr:${text}`)];
  return [endpointSelector(own), ...worldSelectors(text, list, context)];
}

/** The selectors of one element of `fromCIDRSet` or `toCIDRSet`. Yields where the caller may pause. */
export function* cidrRuleSelectors(
  rule: CIDRRuleSpec,
  context: PolicyContext,
): Generator<undefined, readonly EndpointSelector[]> {
  const excepts: Requirement[] = [];
  for (const [index, text] of rule.except.entries()) {
    if (index % EXCEPTS_PER_PAUSE === EXCEPTS_PER_PAUSE - 1) yield;
    const prefix = parsePrefix(text) ?? parseAddress(text);
    // Of a group nothing has looked at it: 1.18 selects nobody then, and later agents panic.
    if (prefix === undefined) return [];
    excepts.push(absent(prefixRequirement(prefix, context)));
  }
  return alternatives(rule, context).map((requirements) => {
    const selector = cidrSelector([...requirements, ...excepts], context, spellingOf(rule, requirements, context));
    return isSpelledAsLabels(rule, context) && !isWildcard(selector)
      ? { ...selector, spelledAsLabels: true }
      : selector;
  });
}

/** What is excepted is part of the text, and no text of labels ends so. */
function isSpelledAsLabels(rule: CIDRRuleSpec, { profile }: PolicyContext): boolean {
  return profile.mixesCIDRWildcards && groupSelectorOf(rule, profile) !== undefined && rule.except.length === 0;
}

/**
 * Since 1.19 the text of a CIDR rule, which without excepts is that of a CIDR or of the selector of labels that picks groups;
 * before, that of a selector of its own.
 */
function spellingOf(rule: CIDRRuleSpec, own: readonly Requirement[], context: PolicyContext): string {
  if (isSpelledAsLabels(rule, context)) return textOf(sealed(writtenGroups(rule, context)));
  const { profile } = context;
  const except = rule.except.length === 0 ? '' : `-[${rule.except.join(',')}]`;
  if (rule.cidr !== undefined && profile.worldLabelByFamily) return `cidr:${rule.cidr}${except}`;
  return JSON.stringify(['cidrSet', own, except]);
}

/** A key of a cidrGroupSelector that names another source than the groups' (1.20). */
export function hasForeignSource(rule: CIDRRuleSpec, context: PolicyContext): boolean {
  return groupRequirements(rule, context).some(({ source }) => source !== 'cidrgroup');
}

/** Every text of a prefix in it. A key of source cidr is one: the agent makes each known that a requirement of its selector names. */
export function* textsOfCIDRRule(rule: CIDRRuleSpec, context: PolicyContext): Iterable<string> {
  if (rule.cidr !== undefined) yield rule.cidr;
  for (const { source, key } of groupRequirements(rule, context)) {
    const prefix = source === 'cidr' ? prefixOfLabelKey(key) : undefined;
    if (prefix !== undefined) yield formatPrefix(prefix);
  }
  yield* rule.except;
}

function groupRequirements(rule: CIDRRuleSpec, context: PolicyContext): readonly Requirement[] {
  const { labels, expressions } = writtenGroups(rule, context);
  return [...labels.values(), ...expressions];
}

function writtenGroups(rule: CIDRRuleSpec, { profile }: PolicyContext): WrittenSelector {
  return readSelector(groupSelectorOf(rule, profile) ?? NO_LABELS, (key) => groupKeyParts(key, profile));
}

const NO_LABELS: SelectorSpec = { matchLabels: new Map(), matchExpressions: [] };

const TEXTS_PER_PAUSE = 256;

/**
 * Canonical text of the prefixes that a policy names, each once, without /0, which is no identity. Until 1.18 the agent keeps
 * 0.0.0.0/0 all the same, and IPv4-mapped prefixes have labels of it. Yields where the caller may pause.
 */
export function* prefixTexts(
  texts: Iterable<string>,
  { profile }: PolicyContext,
): Generator<undefined, readonly string[]> {
  const canonical = new Set<string>();
  let seen = 0;
  for (const text of texts) {
    if (++seen % TEXTS_PER_PAUSE === 0) yield;
    const prefix = parsePrefix(text) ?? parseAddress(text) ?? parseZonedAddress(text);
    if (prefix === undefined) continue;
    if (prefix.bits > 0 || (profile.keepsSlashZero && prefix.family === 4)) canonical.add(formatPrefix(prefix));
  }
  return [...canonical];
}

function alternatives(rule: CIDRRuleSpec, context: PolicyContext): readonly (readonly Requirement[])[] {
  if (rule.cidr !== undefined) return cidrAlternatives(rule.cidr, context);
  if (rule.cidrGroupRef !== undefined) return [[exists('cidrgroup', groupNameKey(rule.cidrGroupRef))]];
  if (groupSelectorOf(rule, context.profile) === undefined) return [];
  return [groupRequirements(rule, context).map((requirement) => onGroupLabel(requirement, context))];
}

function onGroupLabel(requirement: Requirement, { profile }: PolicyContext): Requirement {
  const hasValues = requirement.operator === 'In' || requirement.operator === 'NotIn';
  return hasValues && profile.encodesCIDRGroupLabels ? { ...requirement, encoded: true } : requirement;
}

/** Until 1.18 a /0 selects both the label `cidr:0.0.0.0/0`, which every prefix lies in, and the world label. */
function cidrAlternatives(text: string, context: PolicyContext): readonly (readonly Requirement[])[] {
  const prefix = parsePrefix(text);
  if (prefix === undefined) return [];
  const own = [prefixRequirement(prefix, context)];
  const both = prefix.bits === 0 && !context.profile.worldLabelByFamily;
  return both ? [own, [worldRequirement(prefix.family, context)]] : [own];
}

function cidrSelector(
  requirements: readonly Requirement[],
  context: PolicyContext,
  spelling: string,
): EndpointSelector {
  if (requirements.length > 0) return endpointSelector(requirements, originOf(context), spelling);
  if (!context.profile.mixesCIDRWildcards) return WILDCARD;
  return matchesNodes(context.config) ? CIDR_OR_NODE_WILDCARD : CIDR_WILDCARD;
}

function originOf({ profile, config }: PolicyContext): EndpointSelector['origin'] {
  if (!profile.cidrSelectorsNeedWorld) return 'labels';
  return matchesNodes(config) ? 'cidr-or-node' : 'cidr';
}

function prefixRequirement(prefix: Prefix, context: PolicyContext): Requirement {
  const isWorld = prefix.bits === 0 && context.profile.worldLabelByFamily;
  return isWorld ? worldRequirement(prefix.family, context) : exists('cidr', cidrLabelKey(prefix));
}

function worldRequirement(family: 4 | 6, context: PolicyContext): Requirement {
  const { source, key } = worldLabel(family, context);
  return exists(source, key);
}

function absent(requirement: Requirement): Requirement {
  return { ...requirement, operator: 'DoesNotExist' };
}

/** 1.18: world labels that a list with a /0, written exactly so, selects besides. */
function worldSelectors(text: string, list: CIDRList, context: PolicyContext): readonly EndpointSelector[] {
  const { ipv4, ipv6 } = context.config;
  const family = text === '0.0.0.0/0' ? 4 : text === '::/0' ? 6 : undefined;
  if (family === undefined) return [];
  if (!(ipv4 && ipv6)) {
    const isOwnFamily = family === 4 ? ipv4 : ipv6;
    return isOwnFamily ? [endpointSelector([equals('reserved', 'world', '')])] : [];
  }
  const keys = [`world-ipv${family}`, ...(list.hasBothWorlds ? ['world'] : [])];
  return keys.map((key) => endpointSelector([equals('reserved', key, '')]));
}
