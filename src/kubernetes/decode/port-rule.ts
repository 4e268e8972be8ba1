/**
 * `toPorts` and `icmps` of a Cilium rule.
 *
 * Mirrors PortRule, PortDenyRule and ICMPField (pkg/policy/api l4.go, icmp.go): in a deny rule only the ports
 * are read, whatever else is written there is an unknown field.
 */
import type {
  ICMPFieldSpec,
  ICMPRuleSpec,
  ListenerSpec,
  PortRuleSpec,
  PortSpec,
  SecretSpec,
} from '../../cilium/policy-spec.ts';
import { defined } from './defined.ts';
import { l7Rules } from './l7-rules.ts';
import type { JsonNode } from './node.ts';
import { expectTLS } from './unread-fields.ts';

export function portRules(node: JsonNode, verdict: 'allow' | 'deny'): readonly PortRuleSpec[] | undefined {
  return node.asList()?.map(verdict === 'allow' ? portRule : portDenyRule);
}

function portDenyRule(node: JsonNode): PortRuleSpec {
  const ports = (node.field('ports').asList() ?? []).map(portAt);
  return { path: node.path, ports, serverNames: [] };
}

function portRule(node: JsonNode): PortRuleSpec {
  const rules = node.field('rules');
  return defined({
    ...portDenyRule(node),
    terminatingTLS: secretOf(node.field('terminatingTLS')),
    originatingTLS: secretOf(node.field('originatingTLS')),
    serverNames: node.field('serverNames').asStrings() ?? [],
    listener: listenerAt(node.field('listener')),
    rules: rules.isAbsent ? undefined : l7Rules(rules),
  });
}

/** What a TLS context says besides is for the proxy. */
function secretOf(context: JsonNode): SecretSpec | undefined {
  if (context.asObject() === undefined) return undefined;
  expectTLS(context);
  const secret = context.field('secret');
  return { namespace: secret.field('namespace').asString() ?? '', name: secret.field('name').asString() ?? '' };
}

function listenerAt(node: JsonNode): ListenerSpec | undefined {
  if (node.asObject() === undefined) return undefined;
  const config = node.field('envoyConfig');
  return {
    configKind: config.field('kind').asString() ?? '',
    configName: config.field('name').asString() ?? '',
    name: node.field('name').asString() ?? '',
    priority: priorityAt(node.field('priority')),
  };
}

/** A uint8 to Go; an API server takes less of it. */
function priorityAt(node: JsonNode): number {
  const priority = node.asInt32() ?? 0;
  if (priority < 0 || priority > MAX_UINT8) node.complain(`must be from 0 to ${MAX_UINT8}, is ${priority}`);
  return priority;
}

const MAX_UINT8 = 255;

function portAt(node: JsonNode): PortSpec {
  return {
    port: node.field('port').asString() ?? '',
    endPort: node.field('endPort').asInt32() ?? 0,
    protocol: node.field('protocol').asString() ?? '',
  };
}

export function icmpRules(node: JsonNode): readonly ICMPRuleSpec[] | undefined {
  return node.asList()?.map((rule) => ({ fields: (rule.field('fields').asList() ?? []).map(icmpField) }));
}

/** The agent panics on a field without a type, so such a policy never takes effect. */
function icmpField(node: JsonNode): ICMPFieldSpec {
  const type = node.field('type').asIntOrString();
  if (type === undefined) node.field('type').complain('must be set');
  return { family: node.field('family').asString() || 'IPv4', type: type ?? 0 };
}
