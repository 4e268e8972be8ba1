/**
 * What the agent would refuse in a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, and where.
 *
 * Mirrors pkg/policy/api/rule_validation.go (Sanitize) and the Parse of both kinds: the first error refuses the whole
 * object, which Cilium stores and then ignores. Not seen here: what the CRD's schema refuses.
 */
import type { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy } from '../../objects.ts';
import type { CiliumRuleSpec } from '../../policy-spec.ts';
import type { PolicyContext } from '../context.ts';
import type { Refusal } from '../rule.ts';
import { peerRefusals } from './sanitize-peers.ts';
import { portRefusals } from './sanitize-ports.ts';
import { selectorRefusals } from './sanitize-selector.ts';
import { trafficRules } from './traffic-rules.ts';

/**
 * The first reason to refuse the object, in the order in which the agent looks; undefined if it is taken. Yields where the
 * caller may pause.
 */
export function* sanitize(
  policy: CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy,
  context: PolicyContext,
): Generator<undefined, Refusal | undefined> {
  for (const refusal of policyRefusals(policy, context)) {
    if (refusal !== undefined) return refusal;
    yield;
  }
  return undefined;
}

/** Everything to refuse the object for, in the order in which the agent looks. undefined: the caller may pause. */
export function* policyRefusals(
  policy: CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy,
  context: PolicyContext,
): Iterable<Refusal | undefined> {
  if (policy.lacksSpec === true) yield { field: 'spec', reason: 'either spec or specs is required' };
  for (const [index, rule] of policy.rules.entries()) {
    if (index % RULES_PER_PAUSE === RULES_PER_PAUSE - 1) yield undefined;
    yield* ruleRefusals(rule, context);
    if (policy.kind === 'CiliumNetworkPolicy' && rule.nodeSelector !== undefined) {
      yield { field: `${rule.path}.nodeSelector`, reason: 'is for clusterwide policies only' };
    }
  }
}

const RULES_PER_PAUSE = 64;

function* ruleRefusals(rule: CiliumRuleSpec, context: PolicyContext): Iterable<Refusal | undefined> {
  const lists = trafficRules(rule);
  if (lists.length === 0) {
    yield { field: rule.path, reason: 'one of ingress, ingressDeny, egress and egressDeny must have an element' };
  }
  yield* subjectRefusals(rule, context);
  for (const [index, { traffic, place }] of lists.entries()) {
    if (index % RULES_PER_PAUSE === RULES_PER_PAUSE - 1) yield undefined;
    yield* peerRefusals(traffic, place, context);
    yield* portRefusals(traffic, place, context);
  }
}

function* subjectRefusals(rule: CiliumRuleSpec, { profile }: PolicyContext): Iterable<Refusal> {
  const { endpointSelector, nodeSelector, path } = rule;
  if (endpointSelector === undefined && nodeSelector === undefined) {
    yield { field: path, reason: 'one of endpointSelector and nodeSelector is required' };
  }
  if (endpointSelector !== undefined && nodeSelector !== undefined) {
    yield { field: `${path}.nodeSelector`, reason: 'endpointSelector and nodeSelector exclude each other' };
  }
  if (endpointSelector !== undefined) yield* selectorRefusals(endpointSelector, `${path}.endpointSelector`, profile);
  if (nodeSelector !== undefined) yield* selectorRefusals(nodeSelector, `${path}.nodeSelector`, profile);
}
