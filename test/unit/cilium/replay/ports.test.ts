import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ICMPFieldSpec, PortSpec } from '../../../../src/cilium/policy-spec.ts';
import { kubernetesPortsMatch, portsMatch } from '../../../../src/cilium/replay/ports.ts';
import type { Truth } from '../../../../src/cilium/replay/truth.ts';
import { ports } from './build.ts';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = 1;

type Row = readonly [
  says: string,
  spec: Partial<PortSpec> & { readonly port: string },
  protocol: number,
  port: number,
  is: Truth,
];

const ROWS: readonly Row[] = [
  ['a port is itself', { port: '80' }, TCP, 80, 'yes'],
  ['a port is no other', { port: '80' }, TCP, 81, 'no'],
  ['a protocol is no other', { port: '80' }, UDP, 80, 'no'],
  ['no protocol is UDP too', { port: '80', protocol: '' }, UDP, 80, 'yes'],
  ['ANY is SCTP too', { port: '80', protocol: 'ANY' }, SCTP, 80, 'yes'],
  ['ANY is not ICMP', { port: '0', protocol: 'ANY' }, ICMP, 8, 'no'],
  ['port 0 is every port', { port: '0' }, TCP, 443, 'yes'],
  ['port 0 with an endPort is every port', { port: '0', endPort: 79 }, TCP, 5000, 'yes'],
  ['a range holds its first port', { port: '8000', endPort: 9000 }, TCP, 8000, 'yes'],
  ['a range holds its last port', { port: '8000', endPort: 9000 }, TCP, 9000, 'yes'],
  ['a range ends', { port: '8000', endPort: 9000 }, TCP, 9001, 'no'],
  ['an endPort below the port is ignored', { port: '80', endPort: 10 }, TCP, 80, 'yes'],
  ['a leading zero is octal', { port: '010' }, TCP, 8, 'yes'],
  ['a named port may be any', { port: 'web' }, TCP, 80, 'maybe'],
  ['a named port of another protocol is none', { port: 'web' }, UDP, 80, 'no'],
  ['a packet without a port is no single port', { port: '80' }, TCP, 0, 'no'],
  ['GRE is a protocol', { port: '', protocol: 'GRE' }, 47, 0, 'yes'],
  ['an unknown protocol may be any', { port: '1', protocol: 'X' }, TCP, 1, 'maybe'],
];

for (const [says, spec, protocol, port, is] of ROWS) {
  test(says, () => {
    assert.equal(portsMatch({ path: '', toPorts: [ports(spec)] }, { protocol, port }, 'yes'), is);
  });
}

const ICMP_ROWS: readonly (readonly [string, ICMPFieldSpec, number, number, Truth])[] = [
  ['an ICMP type is itself', { family: 'IPv4', type: 8 }, ICMP, 8, 'yes'],
  ['an ICMP type is no other', { family: 'IPv4', type: 8 }, ICMP, 3, 'no'],
  ['an ICMP type of one family is not one of the other', { family: 'IPv6', type: 128 }, ICMP, 128, 'no'],
  ['ICMP type 0 is every type', { family: 'IPv4', type: 0 }, ICMP, 3, 'yes'],
  ['an ICMP name may be any type', { family: 'IPv4', type: 'EchoRequest' }, ICMP, 8, 'maybe'],
];

for (const [says, field, protocol, port, is] of ICMP_ROWS) {
  test(says, () => {
    assert.equal(portsMatch({ path: '', icmps: [{ fields: [field] }] }, { protocol, port }, 'yes'), is);
  });
}

test('port 0 with an endPort may be said to be left open', () => {
  const rule = { path: '', toPorts: [ports({ port: '0', endPort: 10 })] };
  assert.equal(portsMatch(rule, { protocol: TCP, port: 10 }, 'maybe'), 'maybe');
  assert.equal(portsMatch({ ...rule, toPorts: [ports({ port: '0' })] }, { protocol: TCP, port: 10 }, 'maybe'), 'yes');
});

test('a rule without ports is about every packet', () => {
  assert.equal(portsMatch({ path: '' }, { protocol: ICMP, port: 8 }, 'yes'), 'yes');
});

test('a NetworkPolicy port list that is empty is about every packet', () => {
  assert.equal(kubernetesPortsMatch([], { protocol: ICMP, port: 8 }), 'yes');
});

test('a NetworkPolicy range holds the ports between', () => {
  const range = [{ protocol: 'TCP', port: 80, endPort: 90 }];
  assert.deepEqual(
    [79, 80, 90, 91].map((port) => kubernetesPortsMatch(range, { protocol: TCP, port })),
    ['no', 'yes', 'yes', 'no'],
  );
});
