/**
 * A list of peers that is there and empty: nobody, where leaving it out is everybody.
 *
 * An element that is alone in its list and names no port is written so by who wants default deny, and is left alone.
 */
import { peerField, type PeerKind } from '../../cilium/policy/parse/peer-field.ts';
import type { Element } from './element.ts';
import { portIn } from '../facts/example-flow.ts';
import { aboutEverybody, type Ground, type Misreading } from './misreading.ts';

const KINDS = ['endpoints', 'nodes', 'entities', 'cidr', 'cidrSet'] as const satisfies readonly PeerKind[];

export function* emptyListOfNobody({ rule, written, siblings }: Element, { ends }: Ground): Iterable<Misreading> {
  const kind = written === undefined ? undefined : KINDS.find((one) => written.traffic[one]?.length === 0);
  if (written === undefined || kind === undefined || rule.peers.kind !== 'none') return;
  const packet = portIn(rule.ports);
  if (packet === undefined || (rule.ports.kind === 'any' && siblings === 1)) return;
  const field = peerField(written.traffic, written.place, kind);
  yield {
    id: 'empty-list-of-nobody',
    reason: 'nobody',
    field,
    meant: aboutEverybody(rule),
    flows: [ends.outside(), ends.somePod(rule)].map((peer) => ({ peer, ...packet })),
    content: kind,
    fixes: [
      {
        kind: 'words',
        text: `name the peers in ${field}, or leave it out for everybody on the ports of ${rule.ref.field}`,
      },
    ],
  };
}
