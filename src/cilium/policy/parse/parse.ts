/**
 * Any policy object -> what the agent makes of it. A kind of policy is one file and one line here.
 */
import type { PolicyObject } from '../../objects.ts';
import type { ParseContext } from '../context.ts';
import { parseCiliumPolicy } from './parse-cilium.ts';
import { parseNetworkPolicy } from './parse-kubernetes.ts';
import type { ParsedPolicy } from '../rule.ts';

export function parsePolicy(policy: PolicyObject, context: ParseContext): ParsedPolicy {
  switch (policy.kind) {
    case 'CiliumNetworkPolicy':
    case 'CiliumClusterwideNetworkPolicy':
      return parseCiliumPolicy(policy, context);
    case 'NetworkPolicy':
      return parseNetworkPolicy(policy, context);
  }
}
