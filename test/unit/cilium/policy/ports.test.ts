import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { isServiceName, portBlocks, readPort, readProtocol } from '../../../../src/cilium/policy/ports.ts';
import { profileFor } from '../../../support/profile.ts';

suite('an interval of ports', () => {
  test('has as many blocks as Cilium makes of it', () => {
    const table = [
      [1, 65534, 30],
      [1, 65535, 16],
      [1, 1023, 10],
      [1024, 65535, 6],
      [10000, 20000, 11],
      [1000, 1999, 7],
      [8000, 9000, 7],
      [30000, 32767, 5],
      [32768, 60999, 7],
      [5, 10, 4],
      [16, 391, 6],
      [0x5555, 0x55d5, 8],
      [64, 127, 1],
      [1024, 2047, 1],
      [80, 80, 1],
      [443, 80, 1],
    ] as const;
    for (const [first, last, count] of table) assert.equal(portBlocks(first, last).length, count, `${first}-${last}`);
  });

  test('is covered by its blocks, each port once, nothing else', () => {
    const interval = fc.tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: 65535 }));
    const property = fc.property(interval, ([a, b]) => {
      const [first, last] = [Math.min(a, b), Math.max(a, b)];
      let next = first;
      for (const { port, prefixLength } of portBlocks(first, last)) {
        const size = 2 ** (16 - prefixLength);
        assert.equal(port, next);
        assert.equal(port % size, 0);
        next = port + size;
      }
      assert.equal(next, last + 1);
    });
    fc.assert(property, { seed: 7 });
  });

  test('from 0 is every port alone or up to 65535, and an interval otherwise', () => {
    assert.deepEqual(portBlocks(0, 0), [{ port: 0, prefixLength: 0 }]);
    assert.deepEqual(portBlocks(0, 65535), [{ port: 0, prefixLength: 0 }]);
    assert.deepEqual(portBlocks(0, 79), [
      { port: 0, prefixLength: 10 },
      { port: 64, prefixLength: 12 },
    ]);
  });
});

suite('port text', () => {
  test('is a number in the base that its beginning names, with underscores', () => {
    const table = [
      ['80', 80],
      ['010', 8],
      ['0', 0],
      ['00', 0],
      ['1_000', 1000],
      ['0_17', 15],
      ['65535', 65535],
      ['0x000000000000050', 80],
      ['0o0000000000000017', 15],
      ['0b0000000000000101', 5],
      ['0x1_f', 31],
      ['0o1_7', 15],
      ['0b1_01', 5],
      ['0'.repeat(64), 0],
    ] as const;
    for (const [text, port] of table) assert.deepEqual(readPort(text), { kind: 'number', port }, text);
  });

  test('with a letter is a name if it can be one, even where it reads as a number', () => {
    assert.deepEqual(readPort('HTTP'), { kind: 'name', name: 'http' });
    assert.deepEqual(readPort('0x50'), { kind: 'name', name: '0x50' });
  });

  test('is malformed beyond 16 bits and where it is neither', () => {
    for (const text of [
      '0'.repeat(65),
      '65536',
      '-1',
      '',
      ' 80',
      '8 0',
      '1__0',
      '_1',
      '1_',
      '08',
      'a--b',
      '80-',
      '1e3.',
    ]) {
      assert.deepEqual(readPort(text), { kind: 'malformed' }, text);
    }
  });

  test('is a service name with 1 to 15 letters, digits and single inner dashes, one a letter', () => {
    for (const name of ['a', 'http', '8080-a', 'a-1', 'x'.repeat(15)]) assert.ok(isServiceName(name), name);
    for (const name of ['', '80', '-a', 'a-', 'a--b', 'a.b', 'a_b', 'x'.repeat(16)]) {
      assert.ok(!isServiceName(name), name);
    }
  });
});

test('a protocol is three where it is ANY or left out, and portless ones came with 1.19 and 1.20', () => {
  const read = (text: string, version: string) => readProtocol(text, profileFor(version));
  assert.deepEqual(read('', '1.20.2'), [6, 17, 132]);
  assert.deepEqual(read('any', '1.18.8'), [6, 17, 132]);
  const withPorts = ['tcp', 'UDP', 'sctp'].map((text) => read(text, '1.18.8'));
  assert.deepEqual(withPorts, [[6], [17], [132]]);
  const portless = ['IGMP', 'IPIP', 'IPv6', 'GRE', 'ESP', 'AH', 'VRRP'].map((text) => read(text, '1.20.2'));
  assert.deepEqual(portless, [[2], [4], [41], [47], [50], [51], [112]]);
  assert.equal(read('ICMP', '1.20.2'), undefined);
  assert.equal(read('VRRP', '1.18.8'), undefined);
  assert.deepEqual(read('VRRP', '1.19.5'), [112]);
  assert.equal(read('GRE', '1.19.5'), undefined);
  assert.deepEqual(read('GRE', '1.20.2'), [47]);
});
