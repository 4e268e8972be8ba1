/**
 * Findings of policy-pitfalls -> sentences: what is written, what agents make of it, and a flow or two numbers that show it.
 */
import type { FindingOfCheck, Flow, FlowEnd } from '../../checks/check.ts';
import { count } from '../../checks/facts/wording.ts';
import { describeRef } from '../../cilium/objects.ts';
import { ICMP, ICMPV6, type Direction } from '../../cilium/policy/rule.ts';
import { protocolName } from '../../cilium/named-ports.ts';
import { AMOUNTS } from './amount.ts';

type Pitfall = FindingOfCheck<'policy-pitfalls'>;

/** `CiliumNetworkPolicy team-a/web spec.egress[0].toServices ...` */
export function policyPitfallsMessage(finding: Pitfall): string {
  const place = `${describeRef(finding.subject)} ${finding.field ?? 'spec'}`;
  return `${place} ${effectOf(finding)}${shownBy(finding)}`;
}

function effectOf(finding: Pitfall): string {
  switch (finding.id) {
    case 'unresolved-services':
      return 'is everybody on these ports: no such Service has pods or addresses, and a rule whose Services come to nothing names no peers';
    case 'empty-list-of-everybody':
      return 'is empty, which is everybody on these ports; other lists of peers that are empty are nobody';
    case 'port-zero-range':
      return 'is every port of the protocol: a range that begins with port 0 has no end';
    case 'icmp-type-zero':
      return 'is every type of ICMP, as type 0 is kept as port 0, which is every port';
    case 'negation-takes-world':
      return 'takes in the world and whatever else lacks the label: nothing in it says that pods are meant';
    case 'negation-takes-excluded':
      return 'takes in what it excludes, through the aggregate identities of Cilium 1.20, which lack the label';
    case 'rules-without-parser':
      return `does nothing: this version of Cilium has no ${finding.facts.reason === 'kafka' ? 'Kafka rules' : 'l7 rules'}, and everything may come on these ports`;
    case 'empty-cidr-group-selector':
      return 'is everybody, pods as well: a cidrGroupSelector without requirements is the wildcard';
    case 'cidr-group-negation':
      return 'takes in whatever lacks the label, pods as well: until Cilium 1.19 a cidrGroupSelector is not about prefixes only';
    case 'cidr-of-pods':
      return 'is about addresses of pods, and no prefix ever matches a pod';
    case 'empty-ports':
      return 'names no port, which is none; without toPorts it would be every port';
    case 'empty-list-of-nobody':
      return 'is empty, which is nobody; left out it would be everybody';
    case 'denied-services':
      return 'is everybody on these ports: agents do not look up the Services of a deny';
    case 'end-port-below-port':
      return 'is one port, as its endPort is below it';
    case 'foreign-namespace-subject':
      return foreignSubject(finding.facts);
    case 'filtered-label':
      return `selects nothing: the label ${finding.facts.label} is left out of identities in this cluster${carriedBy(finding.facts)}`;
    case 'clusterwide-empty-peer':
      return `is an entry for each pod identity; the entity cluster is eight entries for all of them${numbers(finding)}`;
    case 'any-protocol':
      return `is TCP, UDP and SCTP, three entries for each peer; TCP is one${numbers(finding)}`;
    case 'nested-prefixes':
      return `has ${count(finding.details.prefixes ?? 0, 'prefix', 'prefixes')} that others of it contain; each is an identity more, and allows nothing more${numbers(finding)}`;
    case 'prefixes-without-group':
      return `has ${count(finding.details.prefixes ?? 0, 'prefix', 'prefixes')}, each an identity; in a CiliumCIDRGroup they would be one${numbers(finding)}`;
  }
}

type SubjectFacts = Extract<Pitfall, { readonly id: 'foreign-namespace-subject' }>['facts'];

function foreignSubject({ reason, label, selected }: SubjectFacts): string {
  if (reason === 'nothing')
    return `selects nothing: ${label} is not the namespace of the policy, which has to hold as well`;
  return `selects ${count(selected, 'pod')} of the policy's own namespace, which takes the place of ${label}`;
}

function carriedBy({ pods, selected }: { readonly pods?: number; readonly selected: number }): string {
  if (pods === undefined || pods === 0) return '';
  const are = selected === 0 ? 'none is' : selected === 1 ? '1 is' : `${selected} are`;
  return `; ${count(pods, 'pod')} of the namespace ${pods === 1 ? 'has' : 'have'} it, and ${are} selected`;
}

type CostFinding = Extract<Pitfall, { readonly facts: { readonly effect: 'costs' } }>;

/** A foreign pod is nobody's to read about; the policy may be clusterwide. */
function numbers({ facts, details, certainty }: CostFinding): string {
  const map = details.pod === undefined ? 'the policy map that gains most' : `the policy map of pod ${details.pod}`;
  const amount = AMOUNTS[certainty];
  return `: ${map} has ${amount}${facts.entries} entries, and would have ${amount}${facts.entriesOtherwise}`;
}

/** `; so pod team-a/web may send TCP/80 to 192.0.2.1` */
function shownBy({ facts, witness }: Pitfall): string {
  if (witness === undefined || !('verdict' in facts)) return '';
  const { source, destination } = witness;
  const { direction } = witness;
  const from = endOf(source, direction, 'source');
  return `; so ${packetOf(witness)} from ${from} to ${endOf(destination, direction, 'destination')} ${VERDICTS[facts.verdict][facts.effect]}`;
}

const VERDICTS = {
  allow: { opens: 'is allowed', closes: 'is not allowed' },
  deny: { opens: 'is not denied', closes: 'is denied' },
} as const;

function packetOf({ protocol, port }: Flow): string {
  if (protocol === ICMP) return `ICMP type ${port}`;
  return protocol === ICMPV6 ? `ICMPv6 type ${port}` : `${protocolName(protocol)}/${port}`;
}

/** The subject is the destination of ingress and the source of egress. */
function endOf(end: FlowEnd, direction: Direction, side: 'source' | 'destination'): string {
  if (end.kind === 'address') return end.address;
  if (end.pod !== undefined) return `pod ${end.pod}`;
  const isSubject = (direction === 'ingress') === (side === 'destination');
  return isSubject ? 'an endpoint that it selects' : 'a pod';
}
