/**
 * Port 0 with an endPort: every port of the protocol.
 *
 * Since 1.20 an endPort beside port 0 is not looked at (keysForRange); until 1.19 the first block of the range is written into the
 * datapath as every port (NewKey, pkg/maps/policymap).
 */
import { pointerTo } from '../../cilium/json-pointer.ts';
import { SCTP, TCP, UDP, type PortRange } from '../../cilium/policy/rule.ts';
import type { Element } from './element.ts';
import { peerIn } from '../facts/example-flow.ts';
import { withoutPortAt, type Ground, type Misreading } from './misreading.ts';
import { oddRanges } from './odd-ranges.ts';

const LAST_PORT = 0xffff;

export function* portZeroRange(element: Element, { ends }: Ground): Iterable<Misreading> {
  const { rule } = element;
  for (const { endPort = 0, protocol, ref } of oddRanges(element, isFromZero)) {
    const { field } = ref;
    const peer = peerIn(rule, ends);
    yield {
      id: 'port-zero-range',
      reason: 'every-port',
      field,
      meant: withoutPortAt(rule, field),
      flows: [endPort + 1, LAST_PORT].map((port) => ({ peer, protocol, port })),
      content: `${protocol} ${endPort}`,
      fixes: [
        {
          kind: 'patch',
          patch: [{ op: 'replace', path: `${pointerTo(field)}/port`, value: '1' }],
          text: `begin with port 1 in ${field}`,
        },
      ],
    };
  }
}

/** Up to the last port it is every port, as it says. */
function isFromZero({ protocol, first, endPort = 0 }: PortRange): boolean {
  return [TCP, UDP, SCTP].includes(protocol) && first === 0 && endPort > 0 && endPort < LAST_PORT;
}
