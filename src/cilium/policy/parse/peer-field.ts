/**
 * The field of each kind of peer, as it is written: `spec.ingress[0].fromEndpoints`.
 */
import type { FieldPath } from '../../field-path.ts';
import type { TrafficRuleSpec } from '../../policy-spec.ts';
import type { RulePlace } from './traffic-rules.ts';

export type PeerKind =
  'endpoints' | 'nodes' | 'cidr' | 'cidrSet' | 'entities' | 'groups' | 'fqdns' | 'services' | 'requires';

const FIELD_NAMES: Readonly<Record<PeerKind, string>> = {
  endpoints: 'Endpoints',
  nodes: 'Nodes',
  cidr: 'CIDR',
  cidrSet: 'CIDRSet',
  entities: 'Entities',
  groups: 'Groups',
  fqdns: 'FQDNs',
  services: 'Services',
  requires: 'Requires',
};

export function peerField(traffic: TrafficRuleSpec, place: RulePlace, kind: PeerKind): FieldPath {
  return `${traffic.path}.${place.direction === 'ingress' ? 'from' : 'to'}${FIELD_NAMES[kind]}`;
}
