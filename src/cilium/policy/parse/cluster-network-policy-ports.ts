/**
 * Protocols of a ClusterNetworkPolicy -> port intervals and port names, and the ports that queries for its names go to.
 *
 * Mirrors kcnpParseProtocols (pkg/k8s/cluster_network_policy.go) and createL4Filter (pkg/policy/l4.go), 1.20: a port without
 * protocol is one of TCP, UDP and SCTP. Numbers that are no ports, which the CRD keeps out, are read as Go reads them.
 */
import type { ObjectRef, RuleRef } from '../../objects.ts';
import type { ClusterNetworkPolicyProtocolSpec, ClusterNetworkPolicyRuleSpec, FQDNSpec } from '../../policy-spec.ts';
import type { Profile } from '../../profile.ts';
import { readPort, readProtocol } from '../ports.ts';
import { redirectOf } from '../redirect.ts';
import type { NamedPort, PortRange, Ports, Protocol } from '../rule.ts';
import { portRange } from './rule-ports.ts';

export function clusterPolicyPorts(
  { path, protocols }: ClusterNetworkPolicyRuleSpec,
  object: ObjectRef,
  profile: Profile,
): Ports {
  if (protocols.length === 0) return { kind: 'any' };
  const written = protocols.flatMap((protocol, index) =>
    portsAt(protocol, { object, field: `${path}.protocols[${index}]` }, profile),
  );
  const names = written.filter((port) => 'name' in port);
  const items = written.filter((port) => 'first' in port);
  return { kind: 'list', items, ...(names.length === 0 ? {} : { names }) };
}

function portsAt(
  written: ClusterNetworkPolicyProtocolSpec,
  ref: RuleRef,
  profile: Profile,
): readonly (PortRange | NamedPort)[] {
  if (written.kind === 'numbers') {
    const first = Math.min(Math.max(written.port, 0), MAX_PORT);
    const range = (protocol: Protocol) => portRange(protocol, first, written.endPort & MAX_PORT, profile);
    return protocolsOf(written.protocol, profile).map((protocol) => ({ ...range(protocol), ref }));
  }
  const read = readPort(written.name);
  return protocolsOf('ANY', profile).map((protocol) => {
    // As written: a name in capitals is that of no port.
    if (read.kind === 'name') return { protocol, name: written.name, ref };
    return { ...portRange(protocol, read.kind === 'number' ? read.port : 0, 0, profile), ref };
  });
}

const MAX_PORT = 0xffff;

function protocolsOf(text: string, profile: Profile): readonly Protocol[] {
  return readProtocol(text, profile) ?? [];
}

const DNS_PORT_NAMES = ['dns', 'dns-tcp'];

/** Where the DNS proxy looks at queries for these names. */
export function dnsPorts(names: readonly FQDNSpec[], ref: RuleRef, profile: Profile): Ports {
  const rule = { path: ref.field, ports: [], rules: { dns: names }, serverNames: [] };
  const named = DNS_PORT_NAMES.flatMap((name) =>
    protocolsOf('ANY', profile).map((protocol) => {
      const redirect = redirectOf(rule, protocol, { profile, host: false });
      return { protocol, name, ref, ...(redirect === undefined ? {} : { redirect }) };
    }),
  );
  return { kind: 'list', items: [], names: named };
}
