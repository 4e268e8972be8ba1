import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ICMPFieldSpec, PortRuleSpec, PortSpec } from '../../../../src/cilium/policy-spec.ts';
import { kubernetesPortsMatch, portsMatch } from '../../../../src/cilium/replay/ports.ts';
import type { Truth } from '../../../../src/cilium/replay/truth.ts';
import { ports } from './build.ts';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = 1;
const ICMPV6 = 58;

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
  ['no port is every port', { port: '' }, TCP, 9, 'yes'],
  ['the last port is a port', { port: '65535' }, TCP, 65_535, 'yes'],
  ['a number of six digits is none that is read', { port: '100000' }, TCP, 80, 'maybe'],
  ['a leading zero is no decimal', { port: '08' }, TCP, 8, 'maybe'],
];

for (const [says, spec, protocol, port, is] of ROWS) {
  test(says, () => {
    assert.equal(portsMatch({ path: '', toPorts: [ports(spec)] }, { protocol, port }, 'yes'), is);
  });
}

/** The numbers of IANA. */
const PROTOCOLS: ReadonlyMap<string, readonly number[]> = new Map([
  ['', [TCP, UDP, SCTP]],
  ['any', [TCP, UDP, SCTP]],
  ['TCP', [TCP]],
  ['UDP', [UDP]],
  ['SCTP', [SCTP]],
  ['IGMP', [2]],
  ['IPIP', [4]],
  ['IPv6', [41]],
  ['GRE', [47]],
  ['ESP', [50]],
  ['AH', [51]],
  ['VRRP', [112]],
]);

for (const [name, numbers] of PROTOCOLS) {
  test(`of all protocols "${name}" is ${numbers.join(', ')}`, () => {
    const rule = { path: '', toPorts: [ports({ port: '0', protocol: name })] };
    const all = Array.from({ length: 256 }, (_, protocol) => protocol);
    assert.deepEqual(
      all.filter((protocol) => portsMatch(rule, { protocol, port: 9 }, 'yes') === 'yes'),
      numbers,
    );
  });
}

test('what is for another proxy than those of HTTP and DNS may let a packet through, or not', () => {
  const secret = { name: 's' };
  const listener = { configKind: 'CiliumEnvoyConfig', configName: 'c', name: 'l', priority: 0 };
  const parts: readonly Partial<PortRuleSpec>[] = [
    { rules: { kafka: [{}] } },
    { rules: { l7: [[]] } },
    { rules: { l7proto: 'x' } },
    { terminatingTLS: secret },
    { originatingTLS: secret },
    { listener },
    { serverNames: ['a.example'] },
  ] as readonly Partial<PortRuleSpec>[];
  const matchOf = (part: Partial<PortRuleSpec>, port: number): Truth =>
    portsMatch({ path: '', toPorts: [{ ...ports({ port: '80' }), ...part }] }, { protocol: TCP, port }, 'yes');
  for (const part of parts) {
    assert.equal(matchOf(part, 80), 'maybe', JSON.stringify(part));
    assert.equal(matchOf(part, 81), 'no', JSON.stringify(part));
  }
  assert.equal(matchOf({ rules: { http: [], dns: [], kafka: [], l7: [], l7proto: '' } }, 80), 'yes');
});

const ICMP_ROWS: readonly (readonly [string, ICMPFieldSpec, number, number, Truth])[] = [
  ['an ICMP type is itself', { family: 'IPv4', type: 8 }, ICMP, 8, 'yes'],
  ['an ICMP type is no other', { family: 'IPv4', type: 8 }, ICMP, 3, 'no'],
  ['an ICMP type of one family is not one of the other', { family: 'IPv6', type: 128 }, ICMP, 128, 'no'],
  ['ICMP type 0 is every type', { family: 'IPv4', type: 0 }, ICMP, 3, 'yes'],
  ['an ICMP name may be any type', { family: 'IPv4', type: 'EchoRequest' }, ICMP, 8, 'maybe'],
  ['an ICMPv6 type is itself', { family: 'IPv6', type: 128 }, ICMPV6, 128, 'yes'],
  ['an ICMPv6 type is none of IPv4', { family: 'IPv4', type: 8 }, ICMPV6, 8, 'no'],
  ['an ICMP type may be written as a text', { family: 'IPv4', type: '8' }, ICMP, 8, 'yes'],
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

test('a rule with ICMP types alone is about no other packet', () => {
  const rule = { path: '', toPorts: [], icmps: [{ fields: [{ family: 'IPv4', type: 8 }] }] };
  assert.equal(portsMatch(rule, { protocol: TCP, port: 8 }, 'yes'), 'no');
});

test('a NetworkPolicy port without a protocol is one of TCP, and one without a number every port', () => {
  const match = (protocol: number, port: number) =>
    kubernetesPortsMatch([{ protocol: '', port: 80 }], { protocol, port });
  assert.deepEqual([match(TCP, 80), match(UDP, 80)], ['yes', 'no']);
  assert.equal(kubernetesPortsMatch([{ protocol: 'TCP' }], { protocol: TCP, port: 9 }), 'yes');
  assert.equal(kubernetesPortsMatch([{ protocol: 'TCP', port: 'web' }], { protocol: TCP, port: 9 }), 'maybe');
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
