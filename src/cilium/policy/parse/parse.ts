/**
 * Any policy object -> what the agent makes of it: nothing, where it does not read the kind. A kind of policy is one file and
 * one line here.
 */
import { refOf, type PolicyObject } from '../../objects.ts';
import type { ParseContext } from '../context.ts';
import { runToEnd } from '../../run-to-end.ts';
import { parseCiliumPolicy } from './parse-cilium.ts';
import { parseClusterNetworkPolicy } from './parse-cluster-network-policy.ts';
import { parseNetworkPolicy } from './parse-kubernetes.ts';
import type { ParsedPolicy } from '../rule.ts';

export function parsePolicy(policy: PolicyObject, context: ParseContext): ParsedPolicy {
  return runToEnd(parsePolicySteps(policy, context));
}

/** Yields where the caller may pause: a policy may list tens of thousands of prefixes. */
export function* parsePolicySteps(policy: PolicyObject, context: ParseContext): Generator<undefined, ParsedPolicy> {
  if (!context.config.policyKinds.has(policy.kind)) {
    return { kind: 'parsed', object: refOf(policy), rules: [], prefixes: [] };
  }
  switch (policy.kind) {
    case 'CiliumNetworkPolicy':
    case 'CiliumClusterwideNetworkPolicy':
      return yield* parseCiliumPolicy(policy, context);
    case 'NetworkPolicy':
      return yield* parseNetworkPolicy(policy, context);
    case 'ClusterNetworkPolicy':
      return yield* parseClusterNetworkPolicy(policy, context);
  }
}
