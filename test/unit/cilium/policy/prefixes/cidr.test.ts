import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cidrLabelKey,
  containsPrefix,
  embeddedAddress,
  formatPrefix,
  parseAddress,
  parsePrefix,
  parseZonedAddress,
  prefixOfLabelKey,
  shortened,
  worldLabel,
} from '../../../../../src/cilium/policy/prefixes/cidr.ts';
import { contextFor } from '../../../../support/policies.ts';

function prefix(text: string) {
  const parsed = parsePrefix(text) ?? parseAddress(text);
  assert.ok(parsed, `${text} can't be read`);
  return parsed;
}

test('a prefix prints masked and in canonical form', () => {
  const table = [
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['FD00:0:0::1/8', 'fd00::/8'],
    ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['::/0', '::/0'],
  ] as const;
  for (const [text, canonical] of table) assert.equal(formatPrefix(prefix(text)), canonical);
});

test('what Go does not read as a prefix is none', () => {
  const texts = [
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '010.0.0.0/8',
    '10.0/8',
    '0x0a.0.0.0/8',
    '/8',
    '10.0.0.256/8',
    '10.0.0.1000/8',
    '10.0.0.0.0/8',
    '10.0.0./8',
    '10..0.0/8',
    ' 10.0.0.0/8',
    '10.0.0.-1/8',
    '10.0.0.1e1/8',
    '::ffff:10.0.0.256/128',
  ];
  for (const text of [...texts, 'fe80::1%eth0/64', 'fd00::/129', '1::2::3/64', '', 'x']) {
    assert.equal(parsePrefix(text), undefined, text);
  }
  assert.equal(parseAddress('10.0.0.0/8'), undefined);
});

test('a zone is whatever follows the "%" of an IPv6 address', () => {
  for (const text of ['fe80::1%eth0', 'fe80::1%eth0/64', 'fe80::1%%', '::ffff:10.0.0.1%x']) {
    assert.deepEqual(parseZonedAddress(text), parseAddress(text.slice(0, text.indexOf('%'))), text);
  }
  for (const text of ['fe80::1', 'fe80::1%', '10.0.0.1%eth0', '%eth0', 'fe80::1/64%eth0', 'x%eth0']) {
    assert.equal(parseZonedAddress(text), undefined, text);
  }
});

test('the last four bytes of an IPv6 address may be written as those of IPv4 are, and nothing else may', () => {
  const table = [
    ['::10.1.2.3', '::a01:203'],
    ['::ffff:10.1.2.3', '::ffff:a01:203'],
    ['64:ff9b::10.1.2.3', '64:ff9b::a01:203'],
    ['1:2:3:4:5:6:0.0.0.255', '1:2:3:4:5:6:0:ff'],
  ] as const;
  for (const [dotted, plain] of table) assert.deepEqual(prefix(dotted), prefix(plain));
  for (const text of ['::010.1.2.3', '::ffff:10.1.2', '::10.1.2.256', '10.1.2.3::', '1:2:3:4:5:6:7:10.1.2.3']) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

test('a prefix of IPv4-mapped addresses starts with an address, and no other prefix does', () => {
  const four = parseAddress('10.1.0.0');
  for (const text of ['::ffff:10.1.0.0/112', '::ffff:10.1.0.0/128']) {
    assert.deepEqual(embeddedAddress(prefix(text)), four, text);
  }
  for (const text of ['10.1.0.0/16', '::fffe:10.1.0.0/112', '::10.1.0.0/112']) {
    assert.equal(embeddedAddress(prefix(text)), undefined, text);
  }
});

test('IPv6 labels have dashes, and a zero where the text would start or end with one', () => {
  const table = [
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['fd00::/8', 'fd00--0/8'],
    ['2001:db8::1/128', '2001-db8--1/128'],
    ['::1/128', '0--1/128'],
    ['::/0', '0--0/0'],
  ] as const;
  for (const [text, key] of table) {
    assert.equal(cidrLabelKey(prefix(text)), key);
    assert.deepEqual(prefixOfLabelKey(key), prefix(text));
  }
});

test('an IPv4-mapped prefix has the IPv4 address in it, as Go prints it, and is of IPv6', () => {
  const mapped = prefix('::ffff:a01:203/120');
  assert.equal(mapped.family, 6);
  assert.equal(formatPrefix(mapped), '::ffff:10.1.2.0/120');
  assert.equal(cidrLabelKey(mapped), '0--ffff-10.1.2.0/120');
  assert.deepEqual(prefixOfLabelKey('0--ffff-10.1.2.0/120'), mapped);
  assert.equal(formatPrefix(prefix('::ffff:0:0/96')), '::ffff:0.0.0.0/96');
  assert.equal(formatPrefix(prefix('::ffff:0:0/95')), '::fffe:0:0/95');
  assert.equal(formatPrefix(prefix('::1:ffff:a01:203/128')), '::1:ffff:a01:203/128');
});

test('a prefix contains itself and what lies inside, of the same family', () => {
  assert.ok(containsPrefix(prefix('10.0.0.0/8'), prefix('10.0.0.0/8')));
  assert.ok(containsPrefix(prefix('10.16.0.0/12'), prefix('10.17.3.0/24')));
  assert.ok(containsPrefix(prefix('0.0.0.0/0'), prefix('255.1.1.1')));
  assert.ok(containsPrefix(prefix('fd00::/9'), prefix('fd7f::1')));
  assert.ok(!containsPrefix(prefix('10.16.0.0/12'), prefix('10.32.0.0/12')));
  assert.ok(!containsPrefix(prefix('10.0.0.0/16'), prefix('10.0.0.0/8')));
  assert.ok(!containsPrefix(prefix('fd00::/9'), prefix('fd80::1')));
  assert.ok(!containsPrefix(prefix('0.0.0.0/0'), prefix('::1')));
});

test('a shortened prefix is masked again', () => {
  assert.equal(formatPrefix(shortened(prefix('10.255.3.4/32'), 12)), '10.240.0.0/12');
});

test('the world label tells families apart in dual stack, and since 1.19 by what is enabled', () => {
  const key = (version: string, family: 4 | 6, ipv4: boolean, ipv6: boolean): string =>
    worldLabel(family, contextFor(version, { ipv4, ipv6 })).key;
  assert.equal(key('1.20.2', 4, true, false), 'world');
  assert.equal(key('1.20.2', 6, true, false), 'world-ipv6');
  assert.equal(key('1.20.2', 4, true, true), 'world-ipv4');
  assert.equal(key('1.20.2', 6, false, true), 'world');
  assert.equal(key('1.18.8', 6, true, false), 'world');
  assert.equal(key('1.18.8', 6, true, true), 'world-ipv6');
});
