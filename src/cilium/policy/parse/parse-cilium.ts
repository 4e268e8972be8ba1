/**
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy -> rules.
 *
 * Mirrors ParseToCiliumRule (pkg/k8s/apis/cilium.io/utils/utils.go) and RulesToPolicyEntries
 * (pkg/policy/utils/parserules.go): one rule for each traffic rule, in their order.
 */
import { POD_NAMESPACE_KEY } from '../../identity/pod-labels.ts';
import { refOf, type CiliumClusterwideNetworkPolicy, type CiliumNetworkPolicy, type ObjectRef } from '../../objects.ts';
import type { CiliumRuleSpec, TrafficRuleSpec } from '../../policy-spec.ts';
import { prefixTexts } from './cidr-peers.ts';
import type { ParseContext, PolicyContext } from '../context.ts';
import { readPeers } from './peers.ts';
import { readPorts } from './rule-ports.ts';
import type { ParsedPolicy, Rule } from '../rule.ts';
import { sanitize } from './sanitize.ts';
import { equals, WILDCARD, type EndpointSelector } from '../selector.ts';
import { trafficRules, type PlacedTrafficRule, type RulePlace } from './traffic-rules.ts';
import { unsupportedParts, unsupportedSubject } from './unsupported.ts';
import { mentions, readSelector, sealed, selectorKeyParts, withLabel } from './written-selector.ts';

export function parseCiliumPolicy(
  policy: CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy,
  context: ParseContext,
): ParsedPolicy {
  const object = refOf(policy);
  const refusal = sanitize(policy, context);
  if (refusal !== undefined) return { kind: 'refused', object, refusal };
  const rules = policy.rules.flatMap((rule) => rulesOf(rule, object, context));
  return { kind: 'parsed', object, rules, prefixes: prefixesOf(policy.rules) };
}

function rulesOf(rule: CiliumRuleSpec, object: ObjectRef, context: ParseContext): readonly Rule[] {
  const shared = {
    subject: subjectOf(rule, object, context),
    selectsInit: selectsInit(rule, context),
    unsupported: unsupportedSubject(rule, context),
  };
  return trafficRules(rule).map(({ traffic, place }) => ({
    ref: { object, field: traffic.path },
    direction: place.direction,
    verdict: place.verdict,
    subject: shared.subject,
    subjectKind: place.host ? 'host' : 'endpoint',
    defaultDeny: switchesDefaultDeny(rule, place, context),
    peers: readPeers(traffic, place, { object, selectsInit: shared.selectsInit }, context),
    ports: readPorts(traffic, place, object, context),
    unsupported: [...shared.unsupported, ...unsupportedParts(traffic, place, context)],
  }));
}

/** The namespace of a CNP takes the place of one in matchLabels of the same source, and joins any other. */
function subjectOf(rule: CiliumRuleSpec, object: ObjectRef, { profile }: PolicyContext): EndpointSelector {
  const spec = rule.endpointSelector ?? rule.nodeSelector;
  if (spec === undefined) return WILDCARD;
  const written = readSelector(spec, (key) => selectorKeyParts(key, profile));
  if (object.namespace === undefined) return sealed(written);
  return sealed(withLabel(written, equals('k8s', POD_NAMESPACE_KEY, object.namespace)));
}

function selectsInit({ endpointSelector }: CiliumRuleSpec, { profile }: PolicyContext): boolean {
  if (endpointSelector === undefined) return false;
  const written = readSelector(endpointSelector, (key) => selectorKeyParts(key, profile));
  return mentions(written, ({ source, key }) => source === 'reserved' && key === 'init');
}

/** Unset means yes: a traffic rule of that direction is there. */
function switchesDefaultDeny(rule: CiliumRuleSpec, { direction }: RulePlace, { config }: PolicyContext): boolean {
  return !config.nonDefaultDeny || (rule.enableDefaultDeny[direction] ?? true);
}

function prefixesOf(rules: readonly CiliumRuleSpec[]): readonly string[] {
  const texts = rules.flatMap(trafficRules).flatMap(({ traffic }: PlacedTrafficRule) => prefixesIn(traffic));
  return [...new Set(prefixTexts(texts))];
}

function prefixesIn({ cidr, cidrSet }: TrafficRuleSpec): readonly string[] {
  const set = (cidrSet ?? []).flatMap((rule) => [...(rule.cidr === undefined ? [] : [rule.cidr]), ...rule.except]);
  return [...(cidr ?? []), ...set];
}
