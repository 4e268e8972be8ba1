/**
 * What the agent would refuse in the ports and ICMP types of a rule, and where L7 rules stand.
 *
 * Mirrors PortRule.sanitize, PortProtocol.sanitize, ICMPRule.verify and the parts of
 * IngressRule.sanitize and EgressRule.sanitize that look at them (pkg/policy/api/rule_validation.go).
 */
import type { FieldPath } from '../../field-path.ts';
import type { PortRuleSpec, PortSpec, TrafficRuleSpec } from '../../policy-spec.ts';
import type { Profile } from '../../profile.ts';
import type { PolicyContext } from '../context.ts';
import { readPort, readProtocol } from '../ports.ts';
import { countL7Rules } from '../redirect.ts';
import type { Refusal } from '../rule.ts';
import { isICMPType } from './icmp.ts';
import { l7Refusals, proxylibFaults } from './sanitize-l7.ts';
import { fqdnRefusals } from './sanitize-peers.ts';
import type { RulePlace } from './traffic-rules.ts';

const MAX_PORTS = 40;

/** undefined: the caller may pause. */
export function* portRefusals(
  traffic: TrafficRuleSpec,
  place: RulePlace,
  context: PolicyContext,
): Iterable<Refusal | undefined> {
  const toPorts = traffic.toPorts ?? [];
  const icmps = traffic.icmps ?? [];
  yield* l7PlaceRefusals(traffic, place, context);
  if (icmps.length > 0 && !context.config.icmpRules) {
    yield { field: `${traffic.path}.icmps`, reason: 'needs the option enable-icmp-rules' };
  }
  if (icmps.length > 0 && toPorts.length > 0) {
    yield { field: `${traffic.path}.icmps`, reason: 'excludes toPorts; make it a rule of its own' };
  }
  for (const rule of toPorts) yield* portRuleRefusals(rule, place, context);
  yield* icmpRefusals(traffic);
  yield* fqdnRefusals(traffic, place, context);
}

/** Where L7 rules can't stand at all. */
function* l7PlaceRefusals(
  traffic: TrafficRuleSpec,
  { direction, host }: RulePlace,
  { profile, config }: PolicyContext,
): Iterable<Refusal> {
  for (const { rules, path } of traffic.toPorts ?? []) {
    if (rules === undefined || countL7Rules(rules, profile) === 0) continue;
    const field = `${path}.rules`;
    if (host && direction === 'ingress') yield { field, reason: 'L7 rules do not apply to ingress of the host' };
    if (!config.l7Proxy) yield { field, reason: 'L7 rules need the option enable-l7-proxy' };
    if (direction === 'ingress' && (rules.dns ?? []).length > 0) {
      yield { field: `${field}.dns`, reason: 'DNS rules do not apply to ingress' };
    }
    const other = (rules.http ?? []).length + (profile.parsesKafka ? (rules.kafka ?? []).length : 0);
    if (host && direction === 'egress' && other > 0) {
      yield { field, reason: 'of L7 rules only DNS applies to egress of the host' };
    }
  }
}

function* portRuleRefusals(
  rule: PortRuleSpec,
  place: RulePlace,
  context: PolicyContext,
): Iterable<Refusal | undefined> {
  const { profile } = context;
  const hasL7 = countL7Rules(rule.rules, profile) > 0;
  if (rule.serverNames.length > 0 && hasL7 && rule.terminatingTLS === undefined) {
    yield { field: `${rule.path}.serverNames`, reason: 'with L7 rules needs terminatingTLS' };
  }
  if (rule.serverNames.includes('')) yield { field: `${rule.path}.serverNames`, reason: 'a name is empty' };
  if (rule.ports.length > MAX_PORTS) {
    yield { field: `${rule.path}.ports`, reason: `${rule.ports.length} ports, at most ${MAX_PORTS}` };
  }
  for (const [index, port] of rule.ports.entries()) {
    yield* portSpecRefusals(port, `${rule.path}.ports[${index}]`, rule, context);
  }
  if (rule.listener !== undefined && place.direction === 'ingress') {
    yield { field: `${rule.path}.listener`, reason: 'a listener does not apply to ingress' };
  }
  if (rule.listener !== undefined && hasL7) {
    yield { field: `${rule.path}.listener`, reason: 'a listener excludes L7 rules' };
  }
  yield* proxylibFaults(rule, profile);
  if (hasL7) yield* l7Refusals(rule, profile);
}

function* portSpecRefusals(
  port: PortSpec,
  path: FieldPath,
  rule: PortRuleSpec,
  { profile, config }: PolicyContext,
): Iterable<Refusal> {
  const hasDNS = (rule.rules?.dns ?? []).length > 0;
  if (port.port === '' && !config.extendedIPProtocols) yield { field: `${path}.port`, reason: 'is required' };
  if (port.port !== '') yield* portTextRefusals(port, path, { profile, hasDNS });
  if (readProtocol(port.protocol, profile) === undefined) {
    yield { field: `${path}.protocol`, reason: `"${port.protocol}" is not a protocol of this version` };
  }
  if (countL7Rules(rule.rules, profile) > 0 && !hasDNS && port.protocol.toUpperCase() !== 'TCP') {
    yield { field: `${path}.protocol`, reason: 'L7 rules other than DNS need protocol TCP' };
  }
}

function* portTextRefusals(
  port: PortSpec,
  path: FieldPath,
  { profile, hasDNS }: { readonly profile: Profile; readonly hasDNS: boolean },
): Iterable<Refusal> {
  const read = readPort(port.port);
  if (read.kind === 'name') return;
  if (port.port !== '0' && profile.portlessProtocols.includes(port.protocol)) {
    yield { field: `${path}.port`, reason: `${port.protocol} has no ports: leave it out or write "0"` };
  }
  if (read.kind === 'malformed') {
    yield { field: `${path}.port`, reason: `"${port.port}" is neither a number up to 65535 nor a port name` };
  } else if (hasDNS && port.endPort > read.port) {
    yield { field: `${path}.endPort`, reason: 'DNS rules do not take a range of ports' };
  }
}

function* icmpRefusals(traffic: TrafficRuleSpec): Iterable<Refusal> {
  for (const [index, { fields }] of (traffic.icmps ?? []).entries()) {
    const path = `${traffic.path}.icmps[${index}].fields`;
    if (fields.length > MAX_PORTS) yield { field: path, reason: `${fields.length} types, at most ${MAX_PORTS}` };
    for (const [position, field] of fields.entries()) {
      const { family, type } = field;
      if (!isICMPType(field)) yield { field: `${path}[${position}].type`, reason: `"${type}" is no type of ${family}` };
      if (family === 'IPv4' || family === 'IPv6' || family === '') continue;
      yield { field: `${path}[${position}].family`, reason: `"${family}" is neither IPv4 nor IPv6` };
    }
  }
}
