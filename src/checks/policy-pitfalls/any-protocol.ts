/**
 * A port without a protocol, or with ANY, is one of TCP, UDP and SCTP: three entries for each peer, where TCP alone is meant.
 *
 * That TCP is meant is taken from the containers: on ingress those of the pods that the rule selects. ANY is written by who means
 * it, unless a pod gives the port to TCP and none to another protocol.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import { isCiliumPolicy, type Pod, type PolicyObject } from '../../cilium/objects.ts';
import type { PortRuleSpec, PortSpec, TrafficRuleSpec } from '../../cilium/policy-spec.ts';
import type { PortRange, Rule } from '../../cilium/policy/rule.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { anyProtocolPorts, protocolPatch } from '../facts/protocol-patch.ts';
import type { CheaperForm } from './cheaper-form.ts';
import type { Element } from './element.ts';
import { rewritten } from './rewritten.ts';

const MOST_PODS = 500;

export function* anyProtocols(
  policy: PolicyObject,
  elements: readonly Element[],
  view: ClusterView,
): Iterable<CheaperForm> {
  if (!isCiliumPolicy(policy)) return;
  for (const { rule, written } of elements) {
    const fields = new Set(anyProtocolPorts(rule.ports));
    const patch = protocolPatch([rule]);
    if (written === undefined || patch === undefined || !isForTCP(rule, written.traffic, fields, view)) continue;
    yield {
      id: 'any-protocol',
      reason: 'protocol-tcp',
      field: [...fields][0] ?? rule.ref.field,
      rules: [rule],
      make: () => ({
        policy: rewritten(policy, (traffic) =>
          traffic.path === written.traffic.path ? withTCP(traffic, fields) : traffic,
        ),
      }),
      fix: patch,
    };
  }
}

function withTCP(traffic: TrafficRuleSpec, fields: ReadonlySet<FieldPath>): TrafficRuleSpec {
  const named = (port: PortSpec, { path }: PortRuleSpec, index: number): PortSpec =>
    fields.has(`${path}.ports[${index}]`) ? { ...port, protocol: 'TCP' } : port;
  const toPorts = (traffic.toPorts ?? []).map((list) => ({
    ...list,
    ports: list.ports.map((port, index) => named(port, list, index)),
  }));
  return { ...traffic, toPorts };
}

function isForTCP(rule: Rule, traffic: TrafficRuleSpec, fields: ReadonlySet<FieldPath>, view: ClusterView): boolean {
  const ranges = rule.ports.kind === 'any' ? [] : rule.ports.items.filter(({ ref }) => fields.has(ref.field));
  const told = rule.direction === 'ingress' ? protocolsOf(ranges, selected(rule, view)) : new Set<string>();
  const isWritten = (traffic.toPorts ?? []).some(({ path, ports }) =>
    ports.some(({ protocol }, index) => protocol !== '' && fields.has(`${path}.ports[${index}]`)),
  );
  const others = [...told].some((protocol) => protocol !== 'TCP');
  return !others && (!isWritten || told.has('TCP'));
}

/** Protocols that containers have at these ports. */
function protocolsOf(ranges: readonly PortRange[], pods: Iterable<Pod>): ReadonlySet<string> {
  const protocols = new Set<string>();
  let seen = 0;
  for (const { ports } of pods) {
    if (++seen > MOST_PODS) break;
    for (const { port, protocol } of ports) {
      const isMeant = ranges.some(({ first, last }) => first <= port && port <= last);
      if (isMeant) protocols.add(protocol === '' ? 'TCP' : protocol);
    }
  }
  return protocols;
}

function* selected(rule: Rule, view: ClusterView): Iterable<Pod> {
  for (const identity of view.subjects(rule)) yield* view.podsWith(identity);
}
