/**
 * `toPorts` and `icmps` of one traffic rule -> port intervals and port names.
 *
 * Mirrors createL4Filter and mergeL4Filter (pkg/policy l4.go, rule.go): protocol ANY is TCP, UDP and SCTP, for port 0 too;
 * an endPort up to the port means one port; port 0 with an endPort is every port since 1.20.
 */
import { elementPath } from '../../field-path.ts';
import type { ICMPRuleSpec, PortRuleSpec, PortSpec, TrafficRuleSpec } from '../../policy-spec.ts';
import type { ObjectRef, RuleRef } from '../../objects.ts';
import type { Profile } from '../../profile.ts';
import type { PolicyContext } from '../context.ts';
import { icmpProtocol, icmpType } from './icmp.ts';
import { readPort, readProtocol } from '../ports.ts';
import { redirectOf } from '../redirect.ts';
import type { NamedPort, PortRange, Ports, Protocol, Redirect } from '../rule.ts';
import type { RulePlace } from './traffic-rules.ts';

export function readPorts(
  traffic: TrafficRuleSpec,
  place: RulePlace,
  object: ObjectRef,
  { profile }: PolicyContext,
): Ports {
  const toPorts = traffic.toPorts ?? [];
  const icmps = traffic.icmps ?? [];
  if (toPorts.length === 0 && icmps.length === 0) return { kind: 'any' };
  const written = toPorts.flatMap((rule) => portsOfRule(rule, place, object, profile));
  const names = written.filter((port) => 'name' in port);
  const ranges = written.filter((port) => 'first' in port);
  const types = icmps.flatMap((rule, index) => icmpTypes(rule, { object, field: `${traffic.path}.icmps[${index}]` }));
  return { kind: 'list', items: [...ranges, ...types], ...(names.length === 0 ? {} : { names }) };
}

function portsOfRule(
  rule: PortRuleSpec,
  { verdict, host }: RulePlace,
  object: ObjectRef,
  profile: Profile,
): readonly (PortRange | NamedPort)[] {
  return rule.ports.flatMap((port, index) => {
    const ref = { object, field: elementPath(`${rule.path}.ports`, index) };
    return (readProtocol(port.protocol, profile) ?? []).map((protocol) => {
      const redirect = verdict === 'allow' ? redirectOf(rule, protocol, { profile, host }) : undefined;
      return portAt(port, protocol, { ref, redirect, profile });
    });
  });
}

interface PortPlace {
  readonly ref: RuleRef;
  readonly redirect: Redirect | undefined;
  readonly profile: Profile;
}

function portAt(port: PortSpec, protocol: Protocol, { ref, redirect, profile }: PortPlace): PortRange | NamedPort {
  const read = readPort(port.port);
  const redirected = redirect === undefined ? {} : { redirect };
  if (read.kind === 'name') return { protocol, name: read.name, ref, ...redirected };
  const first = read.kind === 'number' ? read.port : 0;
  return { ...portRange(protocol, first, port.endPort, profile), ref, ...redirected };
}

/** The interval from a port to its endPort, which is 0 where there is none. */
export function portRange(
  protocol: Protocol,
  first: number,
  endPort: number,
  profile: Profile,
): Omit<PortRange, 'ref'> {
  const isWhole = first === 0 && profile.portZeroIgnoresEndPort;
  const last = isWhole ? first : Math.max(first, endPort);
  return { protocol, first, last, ...(endPort === 0 ? {} : { endPort }) };
}

function icmpTypes(rule: ICMPRuleSpec, { object, field }: RuleRef): readonly PortRange[] {
  return rule.fields.map((type, index) => {
    const number = icmpType(type) ?? 0;
    const ref = { object, field: `${field}.fields[${index}]` };
    return { protocol: icmpProtocol(type), first: number, last: number, ref };
  });
}
