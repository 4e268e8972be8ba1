/**
 * A DNS name or pattern, as `toFQDNs` and DNS rules have it.
 *
 * Mirrors FQDNSelector and PortRuleDNS (pkg/policy/api/fqdn.go).
 */
import type { FQDNSpec } from '../../cilium/policy-spec.ts';
import type { JsonNode } from './node.ts';

export function fqdnAt(node: JsonNode): FQDNSpec {
  return {
    matchName: node.field('matchName').asString() ?? '',
    matchPattern: node.field('matchPattern').asString() ?? '',
  };
}
