import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSloppyCIDR } from '../../../src/kubernetes/sloppy-cidr.ts';

// Asked from ParseCIDRSloppy (k8s.io/utils/net).
const TAKEN = [
  '10.0.0.0/8',
  '10.0.0.5/8',
  '010.000.0.0/08',
  '0.0.0.0/0',
  '::/0',
  '::1/128',
  'fd00::/8',
  '1::/16',
  '1:2:3:4:5:6:7:8/128',
  '1::3:4:5:6:7:8/128',
  '00001::/16',
  '::ffff:10.0.0.1/128',
  '1:2:3:4:5:6:10.0.0.1/128',
  '::ffff:010.0.0.1/096',
];
const REFUSED = [
  '',
  '/8',
  '10.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/+8',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0/8',
  '256.0.0.0/8',
  ' 10.0.0.0/8',
  '::/129',
  '1:2:3:4:5:6:7/64',
  '1:2:3:4:5:6:7:8:9/64',
  '1:2:3:4:5:6:7::8/64',
  '1::2::3/64',
  '1:::2/64',
  'fe80::1%eth0/64',
  '12345::/16',
  '1:2:3:4:5:6:7:10.0.0.1/64',
  '10.0.0.1::/64',
  'x/8',
];

for (const text of TAKEN) test(`"${text}" is a CIDR to an API server`, () => assert.equal(isSloppyCIDR(text), true));
for (const text of REFUSED) test(`"${text}" is none`, () => assert.equal(isSloppyCIDR(text), false));
