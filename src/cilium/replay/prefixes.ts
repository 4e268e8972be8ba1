/**
 * Whether the other end of a flow is inside a prefix that a rule names.
 *
 * Restates pkg/policy/api/cidr.go at the level of addresses: an address is in `X except E` or it is not, whatever prefix
 * of whatever other policy is nearest to it. A prefix of length 0 is the world label of its family.
 */
import type { CIDRRuleSpec, SelectorSpec } from '../policy-spec.ts';
import { isInside, type Prefix } from './address.ts';
import { conditionsOf, exists, meets, withGroupLabels, type Condition } from './conditions.ts';
import type { ReplayContext, ReplayPeer } from './flow.ts';
import { hasReserved, peerLabels, WORLD_KEYS, worldKey } from './peer-labels.ts';
import { allOf, anyOf, truthOf, type Truth } from './truth.ts';

/** fromCIDR or toCIDR. In 1.18 a dual-stack agent reads both prefixes of length 0 in one list as reserved:world too. */
export function cidrListMatches(cidrs: readonly string[], peer: ReplayPeer, options: ReplayContext): Truth {
  if (!options.profile.bothSlashZeroSelectWorld)
    return anyOf(cidrs.map((cidr) => cidrMatches(cidr, [], peer, options)));
  const single = anyOf(cidrs.map((cidr) => listedMatches(cidr, peer, options)));
  const bothWorlds = [4, 6].every((family) => cidrs.some((cidr) => isSlashZero(options.readings.prefix(cidr), family)));
  if (!bothWorlds) return single;
  return anyOf([single, truthOf(hasReserved(peerLabels(peer, options), 'world'))]);
}

/** In 1.18 a prefix of length 0 of a list is the world only if its family is on and it is written out. */
function listedMatches(cidr: string, peer: ReplayPeer, options: ReplayContext): Truth {
  const { readings, config } = options;
  const prefix = readings.prefix(cidr);
  const isWorld = (cidr === '0.0.0.0/0' && config.ipv4) || (cidr === '::/0' && config.ipv6);
  if (prefix?.length !== 0 || isWorld) return cidrMatches(cidr, [], peer, options);
  // What is left are the prefixes that policies name.
  const isOfFamily = peer.kind === 'address' && readings.address(peer.address)?.family === prefix.family;
  return isOfFamily ? 'maybe' : 'no';
}

function isSlashZero(prefix: Prefix | undefined, family: number): boolean {
  return prefix?.family === family && prefix.length === 0;
}

/** `cidr: X, except: [E]`; prefixes match addresses, never pods. */
export function cidrMatches(cidr: string, except: readonly string[], peer: ReplayPeer, options: ReplayContext): Truth {
  const outside = except.map((text) => not(prefixMatches(text, peer, options)));
  return allOf([prefixMatches(cidr, peer, options), ...outside]);
}

/** An element of fromCIDRSet or toCIDRSet. */
export function cidrRuleMatches(rule: CIDRRuleSpec, peer: ReplayPeer, options: ReplayContext): Truth {
  if (rule.cidr !== undefined) return cidrMatches(rule.cidr, rule.except, peer, options);
  if (namesSources(rule, options)) return 'maybe';
  const group = groupConditions(rule, options);
  // A selector without requirements is the wildcard, whatever it was meant to be.
  if (group.length === 0 && rule.except.length === 0) return 'yes';
  if (isMatchedByAddress(peer, options)) return 'maybe';
  const labels = peerLabels(peer, options);
  if (options.profile.cidrSelectorsNeedWorld && !labels.some(({ key }) => WORLD_KEYS.includes(key))) return 'no';
  const outside = rule.except.map((text) => not(prefixMatches(text, peer, options)));
  return allOf([truthOf(meets(labels, group)), ...outside]);
}

/** Since 1.20 a label of a CIDR group; before, addresses that the operator asks for. */
export function providerGroupMatches(hash: string, peer: ReplayPeer, options: ReplayContext): Truth {
  if (options.profile.leavesGroupsToOperator) return 'maybe';
  const inGroup = { source: 'cidrgroup', key: `extgrp.cilium.io/${hash}`, operator: 'In', values: [''] };
  return truthOf(meets(peerLabels(peer, options), [inGroup]));
}

/** Since 1.20 a key of a group may name a source, and with another one it asks for labels that are not modelled here. */
export function namesSources(rule: CIDRRuleSpec, { profile }: ReplayContext): boolean {
  const cidrGroupSelector = selectorOfGroups(rule, profile);
  if (cidrGroupSelector === undefined || profile.legacySelectorKeys) return false;
  const keys = [...cidrGroupSelector.matchLabels.keys(), ...cidrGroupSelector.matchExpressions.map(({ key }) => key)];
  return keys.some((key) => key.startsWith('$') || key.includes(':'));
}

/** Null is `{}` since 1.19, and nothing before. */
function selectorOfGroups(
  { cidrGroupSelector }: CIDRRuleSpec,
  { nullSelectsEveryGroup }: ReplayContext['profile'],
): SelectorSpec | undefined {
  if (cidrGroupSelector !== null) return cidrGroupSelector;
  return nullSelectsEveryGroup ? EVERY_GROUP : undefined;
}

const EVERY_GROUP: SelectorSpec = { matchLabels: new Map(), matchExpressions: [] };

function groupConditions(rule: CIDRRuleSpec, { readings, profile }: ReplayContext): readonly Condition[] {
  const { cidrGroupRef } = rule;
  if (cidrGroupRef !== undefined) return [exists('cidrgroup', `io.cilium.policy.cidrgroupname/${cidrGroupRef}`)];
  const cidrGroupSelector = selectorOfGroups(rule, profile);
  if (cidrGroupSelector === undefined) return [];
  return readings.conditions(cidrGroupSelector, 'group', () => {
    const conditions = conditionsOf(cidrGroupSelector, (key) => ({ source: 'cidrgroup', key }));
    return profile.encodesCIDRGroupLabels ? withGroupLabels(conditions) : conditions;
  });
}

function prefixMatches(text: string, peer: ReplayPeer, options: ReplayContext): Truth {
  const prefix = options.readings.prefix(text);
  if (prefix === undefined || isMatchedByAddress(peer, options)) return 'maybe';
  if (prefix.length === 0) return slashZeroMatches(prefix, peer, options);
  if (peer.kind === 'endpoint') return peer.labels.some(({ source }) => source === 'cidr') ? 'maybe' : 'no';
  const address = options.readings.address(peer.address);
  return address === undefined ? 'maybe' : truthOf(isInside(address, prefix));
}

/**
 * With policy-cidr-match-mode prefixes match nodes too, or pods, by addresses that are not asked here. A label of any source makes
 * a node, as one of the world does.
 */
function isMatchedByAddress(peer: ReplayPeer, { config }: ReplayContext): boolean {
  const isNode = (peer.labels ?? []).some(({ key }) => key === 'host' || key === 'remote-node');
  const isPod = peer.kind === 'endpoint' && config.cidrMatchMode.includes('pods');
  return (isNode && config.cidrMatchMode.length > 0) || isPod;
}

/** A prefix of length 0 is no identity of its own; it stands for the world label of its family. */
function slashZeroMatches(prefix: Prefix, peer: ReplayPeer, options: ReplayContext): Truth {
  return truthOf(hasReserved(peerLabels(peer, options), worldKey(prefix.family, options)));
}

function not(truth: Truth): Truth {
  if (truth === 'maybe') return 'maybe';
  return truth === 'yes' ? 'no' : 'yes';
}
