/**
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy -> rules.
 *
 * Mirrors ParseToCiliumRule (pkg/k8s/apis/cilium.io/utils/utils.go) and RulesToPolicyEntries
 * (pkg/policy/utils/parserules.go): one rule for each traffic rule, in their order. Until 1.19 the watcher passes over what has
 * groups (RequiresDerivative, pkg/policy/k8s/cilium_network_policy.go), and the operator parses it in the agent's stead.
 */
import { refOf, type CiliumClusterwideNetworkPolicy, type CiliumNetworkPolicy, type ObjectRef } from '../../objects.ts';
import type { FieldPath } from '../../field-path.ts';
import type { CiliumRuleSpec } from '../../policy-spec.ts';
import { breakdown } from './breakdown.ts';
import { prefixTexts, textsOfCIDRRule } from './cidr-peers.ts';
import type { ParseContext, PolicyContext } from '../context.ts';
import { peerScope, subjectSelector } from './injection.ts';
import { peerField } from './peer-field.ts';
import { isNobody, readPeers } from './peers.ts';
import { readPorts } from './rule-ports.ts';
import type { Direction, ParsedPolicy, Rule } from '../rule.ts';
import { sanitize } from './sanitize.ts';
import { WILDCARD, type EndpointSelector } from '../selector.ts';
import { resolvedRules, unsupportedServices, type ResolvedRule, type ResolvedTrafficRule } from './service-peers.ts';
import { trafficRules } from './traffic-rules.ts';
import { unsupportedParts, unsupportedSubject } from './unsupported.ts';
import { sealed } from './written-selector.ts';

const RULES_PER_PAUSE = 64;

/** Yields where the caller may pause. */
export function* parseCiliumPolicy(
  policy: CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy,
  context: ParseContext,
): Generator<undefined, ParsedPolicy> {
  const object = refOf(policy);
  const refusal = (yield* sanitize(policy, context)) ?? (yield* breakdown(policy, context));
  if (refusal !== undefined) return { kind: 'refused', object, refusal };
  const resolved = yield* resolvedRules(policy.rules, context);
  const rules: Rule[] = [];
  for (const [index, rule] of resolved.entries()) {
    for (const read of yield* rulesOf(rule, object, context)) rules.push(read);
    if (index % RULES_PER_PAUSE === RULES_PER_PAUSE - 1) yield;
  }
  const groups = context.profile.leavesGroupsToOperator ? firstGroups(resolved) : undefined;
  if (groups !== undefined) return { kind: 'replaced', object, groups, rules };
  return { kind: 'parsed', object, rules, prefixes: yield* prefixTexts(textsIn(resolved, context), context) };
}

function firstGroups(rules: readonly ResolvedRule[]): FieldPath | undefined {
  for (const { trafficRules } of rules) {
    const naming = trafficRules.find(({ traffic }) => (traffic.groups ?? []).length > 0);
    if (naming !== undefined) return peerField(naming.traffic, naming.place, 'groups');
  }
  return undefined;
}

function* rulesOf(
  { rule, trafficRules }: ResolvedRule,
  object: ObjectRef,
  context: ParseContext,
): Generator<undefined, readonly Rule[]> {
  const subject = subjectOf(rule, object, context);
  const scope = peerScope(rule, object, context);
  const unsupported = unsupportedSubject(rule, context);
  const defaultDeny = defaultDenyOf(rule, context);
  const rules: Rule[] = [];
  for (const resolved of trafficRules) {
    const { traffic, place } = resolved;
    rules.push({
      ref: { object, field: traffic.path },
      direction: place.direction,
      verdict: place.verdict,
      subject,
      subjectKind: place.host ? 'host' : 'endpoint',
      defaultDeny: defaultDeny[place.direction],
      peers: yield* readPeers(resolved, scope, context),
      ports: readPorts(traffic, place, object, context),
      ...(traffic.authentication === undefined ? {} : { authentication: traffic.authentication.mode }),
      ...(rule.log === undefined ? {} : { log: rule.log }),
      unsupported: [...unsupported, ...unsupportedParts(traffic, place, context), ...unsupportedServices(resolved)],
    });
    if (rules.length % RULES_PER_PAUSE === 0) yield;
  }
  return rules;
}

function subjectOf(rule: CiliumRuleSpec, object: ObjectRef, context: PolicyContext): EndpointSelector {
  const spec = rule.endpointSelector ?? rule.nodeSelector;
  return spec === undefined ? WILDCARD : sealed(subjectSelector(spec, object, context));
}

/** Unset means yes where there are traffic rules of that direction (Rule.Sanitize). */
export function defaultDenyOf(rule: CiliumRuleSpec, { config }: PolicyContext): Readonly<Record<Direction, boolean>> {
  if (!config.nonDefaultDeny) return { ingress: true, egress: true };
  const directions = new Set(trafficRules(rule).map(({ place }) => place.direction));
  const { ingress = directions.has('ingress'), egress = directions.has('egress') } = rule.enableDefaultDeny;
  return { ingress, egress };
}

function* textsIn(rules: readonly ResolvedRule[], context: PolicyContext): Iterable<string> {
  for (const { trafficRules } of rules) {
    const read = trafficRules.filter((resolved) => context.profile.readsPrefixesOfNobody || !isNobody(resolved));
    for (const resolved of read) yield* textsOf(resolved, context);
  }
}

function* textsOf({ traffic, services = [] }: ResolvedTrafficRule, context: PolicyContext): Iterable<string> {
  yield* traffic.cidr ?? [];
  const rules = [...(traffic.cidrSet ?? []), ...services.flatMap(({ backends }) => backends)];
  for (const rule of rules) yield* textsOfCIDRRule(rule, context);
}
