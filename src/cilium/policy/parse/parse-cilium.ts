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
import { trafficRules, type RulePlace } from './traffic-rules.ts';
import { unsupportedParts, unsupportedSubject } from './unsupported.ts';
import { mentions, readSelector, sealed, selectorKeyParts, withLabel } from './written-selector.ts';

const RULES_PER_PAUSE = 64;

/** Yields where the caller may pause. */
export function* parseCiliumPolicy(
  policy: CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy,
  context: ParseContext,
): Generator<undefined, ParsedPolicy> {
  const object = refOf(policy);
  const refusal = yield* sanitize(policy, context);
  if (refusal !== undefined) return { kind: 'refused', object, refusal };
  const rules: Rule[] = [];
  for (const [index, rule] of policy.rules.entries()) {
    for (const read of yield* rulesOf(rule, object, context)) rules.push(read);
    if (index % RULES_PER_PAUSE === RULES_PER_PAUSE - 1) yield;
  }
  return { kind: 'parsed', object, rules, prefixes: yield* prefixTexts(textsIn(policy.rules)) };
}

function* rulesOf(
  rule: CiliumRuleSpec,
  object: ObjectRef,
  context: ParseContext,
): Generator<undefined, readonly Rule[]> {
  const subject = subjectOf(rule, object, context);
  const scope = { object, selectsInit: selectsInit(rule, context) };
  const unsupported = unsupportedSubject(rule, context);
  const rules: Rule[] = [];
  for (const { traffic, place } of trafficRules(rule)) {
    rules.push({
      ref: { object, field: traffic.path },
      direction: place.direction,
      verdict: place.verdict,
      subject,
      subjectKind: place.host ? 'host' : 'endpoint',
      defaultDeny: switchesDefaultDeny(rule, place, context),
      peers: yield* readPeers(traffic, place, scope, context),
      ports: readPorts(traffic, place, object, context),
      unsupported: [...unsupported, ...unsupportedParts(traffic, place, context)],
    });
    if (rules.length % RULES_PER_PAUSE === 0) yield;
  }
  return rules;
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

function* textsIn(rules: readonly CiliumRuleSpec[]): Iterable<string> {
  for (const rule of rules) for (const { traffic } of trafficRules(rule)) yield* textsOf(traffic);
}

function* textsOf({ cidr, cidrSet }: TrafficRuleSpec): Iterable<string> {
  yield* cidr ?? [];
  for (const rule of cidrSet ?? []) {
    if (rule.cidr !== undefined) yield rule.cidr;
    yield* rule.except;
  }
}
