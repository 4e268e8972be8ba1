import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namedPorts, NO_PORTS, portNamed, protocolName } from '../../../src/cilium/named-ports.ts';

/** The numbers of IANA, as u8proto has them. */
const PROTOCOLS: readonly (readonly [name: string, number: number])[] = [
  ['ICMP', 1],
  ['IGMP', 2],
  ['IPIP', 4],
  ['TCP', 6],
  ['UDP', 17],
  ['IPv6', 41],
  ['GRE', 47],
  ['ESP', 50],
  ['AH', 51],
  ['ICMPv6', 58],
  ['VRRP', 112],
  ['SCTP', 132],
];

for (const [name, number] of PROTOCOLS) {
  test(`${name} is protocol ${number}, and a port of it is found as such`, () => {
    const ports = namedPorts([{ name: 'Web', port: 80, protocol: name.toLowerCase() }]);
    assert.equal(protocolName(number), name);
    assert.equal(portNamed(ports, 'web', number), 80);
    assert.equal(portNamed(ports, 'web', number + 1), undefined);
    assert.equal(portNamed(ports, 'other', number), undefined);
  });
}

test('a protocol without a name is its number', () => {
  assert.equal(protocolName(99), '99');
});

test('a port without a protocol is one of TCP', () => {
  assert.equal(portNamed(namedPorts([{ name: 'web', port: 80, protocol: '' }]), 'web', 6), 80);
});

test('of one name, whatever its protocol, the last port counts', () => {
  const ports = namedPorts([
    { name: 'dns', port: 53, protocol: 'TCP' },
    { name: 'DNS', port: 54, protocol: 'UDP' },
  ]);
  assert.deepEqual([...ports], [['dns', { protocol: 17, port: 54 }]]);
});

test('pods without ports share one map', () => {
  assert.equal(namedPorts([]), NO_PORTS);
});

const REFUSED: readonly (readonly [says: string, name: string, port: number, protocol?: string])[] = [
  ['port 0', 'web', 0],
  ['a port beyond the last one', 'web', 65_536],
  ['a part of a port', 'web', 80.5],
  ['a protocol that is none', 'web', 80, 'any'],
  ['no name', '', 80],
  ['a name without a letter', '80', 80],
  ['a name of sixteen characters', 'abcdefghijklmnop', 80],
  ['a dash at the start of a name', '-web', 80],
  ['a dash at the end of a name', 'web-', 80],
  ['two dashes in a row', 'we--b', 80],
  ['an underscore', 'we_b', 80],
];

for (const [says, name, port, protocol = 'TCP'] of REFUSED) {
  test(`${says}: not a named port`, () => assert.equal(namedPorts([{ name, port, protocol }]).size, 0));
}

test('names of one to fifteen characters and ports 1 to 65535 are taken', () => {
  const taken = [
    { name: 'a', port: 1, protocol: 'TCP' },
    { name: 'a-1-b', port: 2, protocol: 'TCP' },
    { name: 'abcdefghijklmno', port: 65_535, protocol: 'TCP' },
  ];
  assert.equal(namedPorts(taken).size, 3);
});
