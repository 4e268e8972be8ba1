/**
 * Which parts of a traffic rule are not modelled, and which of them policy maps have all the same.
 *
 * A rule that has one is never guessed at: whatever it touches is answered with `unknown`.
 */
import { groupSelectorOf } from '../../cidr-group-selector.ts';
import type { FieldPath } from '../../field-path.ts';
import type {
  CIDRRuleSpec,
  CiliumRuleSpec,
  ListenerSpec,
  PortRuleSpec,
  SelectorSpec,
  TrafficRuleSpec,
} from '../../policy-spec.ts';
import { hasForeignSource } from './cidr-peers.ts';
import type { PolicyContext } from '../context.ts';
import { peerField, type PeerKind } from './peer-field.ts';
import { readPort } from '../ports.ts';
import type { Unsupported } from '../rule.ts';
import { isLongExpression } from './sanitize-l7.ts';
import type { RulePlace } from './traffic-rules.ts';
import { groupKeyParts, readSelector, selectorKeyParts } from './written-selector.ts';

/** In the singular or in the plural: "the model does not cover ...". */
export type Feature =
  | 'DNS names'
  | 'Pass'
  | 'TLS'
  | 'a CIDR group label of another source'
  | 'authentication'
  | 'groups'
  | 'keys that differ only in their source'
  | 'listener'
  | 'long regular expressions'
  | 'nodeSelector'
  | 'nodes'
  | 'policy-cidr-match-mode'
  | 'port names'
  | 'requires'
  | 'services'
  | 'unknown operators';

export type UnsupportedFeature = Unsupported & { readonly feature: Feature };

/** `inMaps`: policy maps have it, so that only proofs lack it. */
function partAt(field: FieldPath, feature: Feature, inMaps: boolean): UnsupportedFeature {
  return inMaps ? { feature, field, inMaps } : { feature, field };
}

/** Of the rule that a traffic rule stands in: its subject. */
export function unsupportedSubject(rule: CiliumRuleSpec, context: PolicyContext): readonly UnsupportedFeature[] {
  if (rule.nodeSelector !== undefined) {
    return [partAt(`${rule.path}.nodeSelector`, 'nodeSelector', true)];
  }
  const field = `${rule.path}.endpointSelector`;
  return rule.endpointSelector !== undefined && collides(rule.endpointSelector, context)
    ? [{ feature: 'keys that differ only in their source', field }]
    : [];
}

export function unsupportedParts(
  traffic: TrafficRuleSpec,
  place: RulePlace,
  context: PolicyContext,
): readonly UnsupportedFeature[] {
  return [
    ...peerParts(traffic, place, context),
    ...cidrParts(traffic, place, context),
    ...(traffic.toPorts ?? []).flatMap(portParts),
    ...(traffic.toPorts ?? []).flatMap(proxyParts),
    ...authenticationPart(traffic),
  ];
}

function peerParts(traffic: TrafficRuleSpec, place: RulePlace, context: PolicyContext): readonly UnsupportedFeature[] {
  const part = (kind: PeerKind, feature: Feature, has: boolean, inMaps = false): readonly UnsupportedFeature[] =>
    has ? [partAt(peerField(traffic, place, kind), feature, inMaps)] : [];
  const colliding = (traffic.endpoints ?? []).some((selector) => collides(selector, context));
  return [
    ...part('endpoints', 'keys that differ only in their source', colliding),
    ...part('nodes', 'nodes', (traffic.nodes ?? []).length > 0, true),
    ...part('groups', 'groups', (traffic.groups ?? []).length > 0, true),
    ...part('requires', 'requires', (traffic.requires ?? []).length > 0 && context.profile.acceptsRequires),
    ...part('fqdns', 'DNS names', (traffic.fqdns ?? []).length > 0, true),
  ];
}

/** With `pods` an identity depends on the address of its pod. */
export function matchModePart(field: FieldPath, { config }: PolicyContext): readonly UnsupportedFeature[] {
  if (config.cidrMatchMode.length === 0) return [];
  return [partAt(field, 'policy-cidr-match-mode', !config.cidrMatchMode.includes('pods'))];
}

function cidrParts(traffic: TrafficRuleSpec, place: RulePlace, context: PolicyContext): readonly UnsupportedFeature[] {
  const set = traffic.cidrSet ?? [];
  const hasCIDR = set.length > 0 || (traffic.cidr ?? []).length > 0;
  const kind: PeerKind = set.length > 0 ? 'cidrSet' : 'cidr';
  const field = peerField(traffic, place, kind);
  const parts: UnsupportedFeature[] = [];
  if (hasCIDR) parts.push(...matchModePart(field, context));
  for (const [index, rule] of set.entries()) {
    const at = `${field}[${index}]`;
    if (groupKeysCollide(rule, context)) parts.push({ feature: 'keys that differ only in their source', field: at });
    if (hasForeignSource(rule, context)) parts.push(partAt(at, 'a CIDR group label of another source', true));
  }
  return parts;
}

function portParts(rule: PortRuleSpec): readonly UnsupportedFeature[] {
  const isNamed = rule.ports.some(({ port }) => readPort(port).kind === 'name');
  return [
    ...(isNamed ? [portNames(`${rule.path}.ports`)] : []),
    ...(hasLongExpression(rule) ? [partAt(`${rule.path}.rules.http`, 'long regular expressions', false)] : []),
  ];
}

export function portNames(field: FieldPath): UnsupportedFeature {
  return partAt(field, 'port names', true);
}

/** What only proofs lack, but for some listeners. */
function proxyParts({ terminatingTLS, originatingTLS, listener, path }: PortRuleSpec): readonly UnsupportedFeature[] {
  return [
    ...(terminatingTLS === undefined ? [] : [partAt(`${path}.terminatingTLS`, 'TLS', true)]),
    ...(originatingTLS === undefined ? [] : [partAt(`${path}.originatingTLS`, 'TLS', true)]),
    ...(listener === undefined ? [] : [partAt(`${path}.listener`, 'listener', isPlainListener(listener))]),
  ];
}

const HIGHEST_PRIORITY = 126;

/** Without a name there is none, and a `/` in it may stand for a namespace. */
function isPlainListener({ configName, name, priority }: ListenerSpec): boolean {
  return configName !== '' && name !== '' && !name.includes('/') && priority <= HIGHEST_PRIORITY;
}

function hasLongExpression({ rules }: PortRuleSpec): boolean {
  return (rules?.http ?? []).some(({ path, method }) => isLongExpression(path) || isLongExpression(method));
}

function authenticationPart({ authentication, path }: TrafficRuleSpec): readonly UnsupportedFeature[] {
  const isExplicit = authentication !== undefined && authentication.mode !== '';
  return isExplicit ? [partAt(`${path}.authentication`, 'authentication', true)] : [];
}

function collides(selector: SelectorSpec, { profile }: PolicyContext): boolean {
  return readSelector(selector, (key) => selectorKeyParts(key, profile)).ambiguous;
}

function groupKeysCollide(rule: CIDRRuleSpec, { profile }: PolicyContext): boolean {
  const selector = groupSelectorOf(rule, profile);
  if (selector === undefined) return false;
  return readSelector(selector, (key) => groupKeyParts(key, profile)).ambiguous;
}
