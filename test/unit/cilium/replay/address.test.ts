import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isInside, parseAddress, parsePrefix } from '../../../../src/cilium/replay/address.ts';

const READABLE: readonly (readonly [string, bigint])[] = [
  ['0.0.0.0', 0n],
  ['255.255.255.255', 0xffffffffn],
  ['10.1.2.3', 0x0a010203n],
  ['::', 0n],
  ['::1', 1n],
  ['1::', 1n << 112n],
  ['2001:db8::ff', (0x20010db8n << 96n) | 0xffn],
  ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
  ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
  ['::ffff:10.1.2.3', 0xffff0a010203n],
];

for (const [text, value] of READABLE) {
  test(`reads ${text}`, () => {
    assert.equal(parseAddress(text)?.value, value);
  });
}

const UNREADABLE = [
  '',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '256.0.0.1',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8::',
  'g::',
  '1:2:3:4::5:6:7:8::',
  `1::${':2'.repeat(100)}`,
  'fe80::1%eth0',
  '10.0.0.1:80',
];

for (const text of UNREADABLE) {
  test(`refuses "${text}"`, () => {
    assert.equal(parseAddress(text), undefined);
  });
}

for (const text of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '::/129', '/8']) {
  test(`refuses the prefix "${text}"`, () => {
    assert.equal(parsePrefix(text), undefined);
  });
}

const INSIDE: readonly (readonly [string, string, boolean])[] = [
  ['10.255.0.1', '10.0.0.0/8', true],
  ['11.0.0.0', '10.0.0.0/8', false],
  ['10.9.9.9', '10.1.2.3/8', true],
  ['8.8.8.8', '8.8.8.8', true],
  ['8.8.8.9', '8.8.8.8/32', false],
  ['1.2.3.4', '0.0.0.0/0', true],
  ['::1', '0.0.0.0/0', false],
  ['2001:db8:ffff::', '2001:db8::/32', true],
  ['2001:db9::', '2001:db8::/32', false],
];

for (const [address, prefix, expected] of INSIDE) {
  test(`${address} is ${expected ? '' : 'not '}inside ${prefix}`, () => {
    const parsed = { address: parseAddress(address), prefix: parsePrefix(prefix) };
    assert.ok(parsed.address !== undefined && parsed.prefix !== undefined);
    assert.equal(isInside(parsed.address, parsed.prefix), expected);
  });
}
