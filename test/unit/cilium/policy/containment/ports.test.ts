import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetsOf } from '../../../../../src/cilium/policy/containment/ports.ts';
import { ANY_PROTOCOL, SCTP, TCP, UDP, ICMP } from '../../../../../src/cilium/policy/rule.ts';

const tcp = (first: number, last: number) => ({ protocol: TCP, first, last });

test('a range is cut where others of its protocol begin and end inside it', () => {
  const ranges = [tcp(85, 90), tcp(70, 82), tcp(100, 120), { protocol: UDP, first: 87, last: 88 }];
  const ports = packetsOf(tcp(80, 100), ranges).map(({ port }) => port);
  assert.deepEqual(ports, [80, 83, 85, 91, 100]);
});

test('every protocol is told by one that no range names', () => {
  const every = { protocol: ANY_PROTOCOL, first: 0, last: 0 };
  const named = (...protocols: readonly number[]) => protocols.map((protocol) => ({ protocol, first: 0, last: 0 }));
  assert.deepEqual(packetsOf(every, []), [{ protocol: TCP, port: 0 }]);
  assert.deepEqual(packetsOf(every, named(TCP, SCTP)), [{ protocol: UDP, port: 0 }]);
  assert.deepEqual(packetsOf(every, named(TCP, UDP, SCTP, ICMP)), [{ protocol: 255, port: 0 }]);
});
