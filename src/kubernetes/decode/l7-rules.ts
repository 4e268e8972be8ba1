/**
 * `toPorts[].rules` of a Cilium rule: what the agent looks at before it takes the policy.
 *
 * Mirrors L7Rules, PortRuleHTTP, HeaderMatch, PortRuleDNS, PortRuleL7 (pkg/policy/api) and PortRule (proxy, pkg/policy/api/kafka).
 */
import type { HTTPRuleSpec, HeaderMatchSpec, KafkaRuleSpec, L7Spec } from '../../cilium/policy-spec.ts';
import { defined } from './defined.ts';
import { fqdnAt } from './fqdn.ts';
import { Complaints, type JsonNode } from './node.ts';
import { expectHeaderMatch, expectHTTP } from './unread-fields.ts';

export function l7Rules(node: JsonNode): L7Spec {
  return defined({
    http: node.field('http').asList()?.map(httpRule),
    dns: node.field('dns').asList()?.map(fqdnAt),
    ...proxylibRules(node),
  });
}

/** Fields that agents no longer have in 1.20: what is wrong with them is for the others to say. */
function proxylibRules(node: JsonNode): Pick<L7Spec, 'kafka' | 'l7' | 'l7proto' | 'proxylibFault'> {
  const complaints = new Complaints();
  const list = (name: string): readonly JsonNode[] | undefined => node.field(name).apart(complaints).asList();
  const rules = {
    kafka: list('kafka')?.map(kafkaRule),
    l7: list('l7')?.map((rule) => [...rule.asStringMap().keys()]),
    l7proto: node.field('l7proto').apart(complaints).asString(),
  };
  return defined({ ...rules, proxylibFault: complaints.first });
}

function httpRule(node: JsonNode): HTTPRuleSpec {
  expectHTTP(node);
  return {
    path: node.field('path').asString() ?? '',
    method: node.field('method').asString() ?? '',
    headerMatches: (node.field('headerMatches').asList() ?? []).map(headerMatch),
  };
}

/** The agent panics on a null among them. */
function headerMatch(node: JsonNode): HeaderMatchSpec {
  const secret = node.required().field('secret');
  expectHeaderMatch(node);
  return {
    name: node.field('name').asString() ?? '',
    mismatch: node.field('mismatch').asString() ?? '',
    ...(secret.isAbsent ? {} : { secret: secret.field('name').asString() ?? '' }),
  };
}

function kafkaRule(node: JsonNode): KafkaRuleSpec {
  node.field('clientID').asString();
  return {
    role: node.field('role').asString() ?? '',
    apiKey: node.field('apiKey').asString() ?? '',
    apiVersion: node.field('apiVersion').asString() ?? '',
    topic: node.field('topic').asString() ?? '',
  };
}
