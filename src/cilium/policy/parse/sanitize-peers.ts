/**
 * What the agent would refuse in the peers of a rule.
 *
 * Mirrors IngressCommonRule.sanitize, EgressCommonRule.sanitize, CIDR.sanitize, CIDRRule.sanitize and
 * FQDNSelector.sanitize (pkg/policy/api).
 */
import { groupSelectorOf } from '../../cidr-group-selector.ts';
import type { FieldPath } from '../../field-path.ts';
import type { CIDRRuleSpec, FQDNSpec, SelectorSpec, TrafficRuleSpec } from '../../policy-spec.ts';
import { containsPrefix, parseZonedAddress, parseAddress, parsePrefix } from '../prefixes/cidr.ts';
import type { Profile } from '../../profile.ts';
import type { PolicyContext } from '../context.ts';
import { entitySelectors } from './entities.ts';
import { peerField, type PeerKind } from './peer-field.ts';
import type { Refusal } from '../rule.ts';
import { nameProblem } from './sanitize-l7.ts';
import { groupSelectorRefusals, selectorRefusals } from './sanitize-selector.ts';
import type { RulePlace } from './traffic-rules.ts';

const COMBINED: readonly PeerKind[] = [
  'endpoints',
  'nodes',
  'cidr',
  'cidrSet',
  'entities',
  'groups',
  'fqdns',
  'services',
];

const ITEMS_PER_PAUSE = 256;

/** undefined: the caller may pause. */
export function* peerRefusals(
  traffic: TrafficRuleSpec,
  place: RulePlace,
  context: PolicyContext,
): Iterable<Refusal | undefined> {
  const at = (kind: PeerKind): FieldPath => peerField(traffic, place, kind);
  yield* combinedKinds(traffic, at);
  yield* selectorListRefusals(traffic, at, context);
  for (const [index, text] of (traffic.cidr ?? []).entries()) {
    if (isPauseDue(index)) yield undefined;
    if (!isCIDR(text)) yield { field: `${at('cidr')}[${index}]`, reason: `"${text}" is neither a CIDR nor an address` };
  }
  for (const [index, rule] of (traffic.cidrSet ?? []).entries()) {
    if (isPauseDue(index)) yield undefined;
    yield* cidrRuleRefusals(rule, `${at('cidrSet')}[${index}]`, context);
  }
  for (const [index, entity] of (traffic.entities ?? []).entries()) {
    if (entitySelectors(entity, context) !== undefined) continue;
    yield { field: `${at('entities')}[${index}]`, reason: `"${entity}" is not an entity of this version` };
  }
  yield* serviceRefusals(traffic, at, context);
  if ((traffic.nodes ?? []).length > 0 && !context.config.nodeSelectorLabels) {
    yield { field: at('nodes'), reason: 'needs the option enable-node-selector-labels' };
  }
}

/** Selectors of Services, whose keys are read as those of endpoints where they are looked at. */
function* serviceRefusals(
  traffic: TrafficRuleSpec,
  at: (kind: PeerKind) => FieldPath,
  { profile }: PolicyContext,
): Iterable<Refusal | undefined> {
  if (profile.serviceSelectors !== 'sourced') return;
  for (const [index, { k8sServiceSelector }] of (traffic.services ?? []).entries()) {
    if (isPauseDue(index)) yield undefined;
    if (k8sServiceSelector?.selector === undefined) continue;
    const field = `${at('services')}[${index}].k8sServiceSelector.selector`;
    yield* selectorRefusals(k8sServiceSelector.selector, field, profile);
  }
}

function isPauseDue(index: number): boolean {
  return index % ITEMS_PER_PAUSE === ITEMS_PER_PAUSE - 1;
}

/** Names of the DNS peers; the agent looks at them last, after the ports. */
export function* fqdnRefusals(
  traffic: TrafficRuleSpec,
  place: RulePlace,
  { profile }: PolicyContext,
): Iterable<Refusal> {
  for (const [index, fqdn] of (traffic.fqdns ?? []).entries()) {
    const reason = fqdnProblem(fqdn, profile);
    if (reason !== undefined) yield { field: `${peerField(traffic, place, 'fqdns')}[${index}]`, reason };
  }
}

function* combinedKinds(traffic: TrafficRuleSpec, at: (kind: PeerKind) => FieldPath): Iterable<Refusal> {
  const [first, second] = COMBINED.filter((kind) => countOf(traffic, kind) > 0);
  if (first === undefined || second === undefined) return;
  const other = at(first).slice(traffic.path.length + 1);
  yield { field: at(second), reason: `can't be combined with ${other} in one rule; make it a rule of its own` };
}

function countOf(traffic: TrafficRuleSpec, kind: PeerKind): number {
  return (traffic[kind] ?? []).length;
}

function* selectorListRefusals(
  traffic: TrafficRuleSpec,
  at: (kind: PeerKind) => FieldPath,
  { profile }: PolicyContext,
): Iterable<Refusal | undefined> {
  for (const kind of ['endpoints', 'nodes'] as const) {
    for (const [index, selector] of (traffic[kind] ?? []).entries()) {
      if (isPauseDue(index)) yield undefined;
      yield* selectorRefusals(selector, `${at(kind)}[${index}]`, profile);
    }
  }
  for (const [index, requirement] of (traffic.requires ?? []).entries()) {
    if (isPauseDue(index)) yield undefined;
    yield* requirementRefusals(requirement, `${at('requires')}[${index}]`, profile);
  }
}

/** A text where this version has selectors does not decode, nor does an object where it has texts; null is either. */
function* requirementRefusals(
  requirement: SelectorSpec | string | null,
  field: FieldPath,
  profile: Profile,
): Iterable<Refusal> {
  if (requirement === null) return;
  if (typeof requirement === 'string') {
    if (profile.acceptsRequires) yield { field, reason: 'must be a selector in this version, is a string' };
  } else if (profile.acceptsRequires) {
    yield* selectorRefusals(requirement, field, profile);
  } else {
    yield { field, reason: 'selectors are not taken by this version' };
  }
}

function isCIDR(text: string): boolean {
  return parsePrefix(text) !== undefined || parseAddress(text) !== undefined || parseZonedAddress(text) !== undefined;
}

function* cidrRuleRefusals(
  rule: CIDRRuleSpec,
  path: FieldPath,
  { profile }: PolicyContext,
): Iterable<Refusal | undefined> {
  const { cidr, cidrGroupRef } = rule;
  const cidrGroupSelector = groupSelectorOf(rule, profile);
  if (cidrGroupSelector !== undefined) {
    yield* groupSelectorRefusals(cidrGroupSelector, `${path}.cidrGroupSelector`, profile);
  }
  const given = [cidr, cidrGroupRef, cidrGroupSelector].filter((form) => form !== undefined).length;
  if (given !== 1) yield { field: path, reason: 'needs one of cidr, cidrGroupRef and cidrGroupSelector' };
  if (cidr !== undefined && given === 1) yield* exceptRefusals(cidr, rule.except, path, profile.refusesWiderExcept);
}

function* exceptRefusals(
  cidr: string,
  except: readonly string[],
  path: FieldPath,
  refusesWider: boolean,
): Iterable<Refusal | undefined> {
  const prefix = parsePrefix(cidr);
  if (prefix === undefined) {
    yield { field: `${path}.cidr`, reason: `"${cidr}" is not a CIDR` };
    return;
  }
  for (const [index, text] of except.entries()) {
    if (isPauseDue(index)) yield undefined;
    const field = `${path}.except[${index}]`;
    const excluded = parsePrefix(text);
    if (excluded === undefined) {
      yield { field, reason: `"${text}" is not a CIDR` };
      return;
    }
    // Until 1.19 only the address as written has to lie inside, whatever its length.
    const compared = refusesWider ? excluded : parseAddress(text.slice(0, text.lastIndexOf('/')));
    if (compared === undefined || !containsPrefix(prefix, compared)) {
      yield { field, reason: `"${text}" is not inside "${cidr}"` };
    }
  }
}

function fqdnProblem(fqdn: FQDNSpec, profile: Profile): string | undefined {
  if (fqdn.matchName !== '' && fqdn.matchPattern !== '') return 'only one of matchName and matchPattern can be given';
  return nameProblem(fqdn, profile);
}
