/**
 * toServices in egressDeny: references of a deny are never looked up, so that with ports it denies everybody on them.
 *
 * Only allows are translated (resolveToServices, pkg/policy/k8s/service.go).
 */
import { peerField } from '../../cilium/policy/parse/peer-field.ts';
import type { Element } from './element.ts';
import { portIn } from '../facts/example-flow.ts';
import { aboutNobody, type Ground, type Misreading } from './misreading.ts';

export function* deniedServices({ rule, written }: Element, { ends }: Ground): Iterable<Misreading> {
  const packet = portIn(rule.ports);
  const isDeny = written?.place.verdict === 'deny' && (written.traffic.services ?? []).length > 0;
  if (!isDeny || rule.peers.kind !== 'any' || packet === undefined) return;
  yield {
    id: 'denied-services',
    reason: 'never-looked-up',
    field: peerField(written.traffic, written.place, 'services'),
    meant: aboutNobody(rule),
    flows: [{ peer: ends.outside(), ...packet }],
    content: '',
    fixes: [{ kind: 'words', text: 'name the pods of the Services in toEndpoints, or their addresses in toCIDR' }],
  };
}
