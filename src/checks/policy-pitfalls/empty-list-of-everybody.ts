/**
 * `toFQDNs: []`, `toServices: []` or `toGroups: []` with ports: everybody, where other lists that are empty mean nobody.
 *
 * mergeEndpointSelectors (pkg/policy/utils/parserules.go) looks whether a list is there for the other kinds alone.
 */
import { peerField, type PeerKind } from '../../cilium/policy/parse/peer-field.ts';
import type { Element } from './element.ts';
import { portIn } from '../facts/example-flow.ts';
import { aboutNobody, emptyRuleInstead, type Ground, type Misreading } from './misreading.ts';

const KINDS = { fqdns: 'toFQDNs', services: 'toServices', groups: 'toGroups' } as const satisfies Partial<
  Record<PeerKind, string>
>;

export function* emptyListOfEverybody({ rule, written }: Element, { ends }: Ground): Iterable<Misreading> {
  const packet = portIn(rule.ports);
  if (written === undefined || rule.peers.kind !== 'any' || packet === undefined) return;
  const { traffic, place } = written;
  const isEmpty = (kind: keyof typeof KINDS): boolean => traffic[kind]?.length === 0;
  const kind = (['fqdns', 'services', 'groups'] as const).find(isEmpty);
  if (kind === undefined || (traffic.services ?? []).length > 0) return;
  yield {
    id: 'empty-list-of-everybody',
    reason: KINDS[kind],
    field: peerField(traffic, place, kind),
    meant: aboutNobody(rule),
    flows: [{ peer: ends.outside(), ...packet }],
    content: kind,
    fixes: [emptyRuleInstead(rule)],
  };
}
