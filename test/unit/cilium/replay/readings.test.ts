import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyObject } from '../../../../src/cilium/objects.ts';
import { Readings } from '../../../../src/cilium/replay/readings.ts';
import { cnp as written, kcnp } from '../../../support/policies.ts';
import { cnp, knp } from './build.ts';

const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
const [first = '', ...others] = many(2_999);
const set = [{ cidr: first, except: others }];

const MANY: readonly (readonly [kind: string, policy: PolicyObject])[] = [
  ['a list of prefixes', cnp({ egressDeny: [{ cidr: many(2_999) }] })],
  ['a prefix and what is excepted', cnp({ ingress: [{ cidrSet: set }] })],
  ['what is excepted of a group', cnp({ egress: [{ cidrSet: [{ cidrGroupRef: 'g', except: many(2_999) }] }] })],
  ['an ipBlock', knp({ ingress: [{ path: 'i', peers: [{ path: 'p', ipBlock: { cidr: first, except: others } }] }] })],
  ['networks', kcnp({ egress: [{ action: 'Deny', to: [{ networks: many(2_999) }] }] })],
];

for (const [what, policy] of MANY) {
  test(`2,999 prefixes of ${what} are read with two pauses, and once`, () => {
    const readings = new Readings(policy);
    assert.equal([...readings.read()].length, 2);
    assert.equal([...readings.read()].length, 0);
  });
}

test('a policy without prefixes is read in no time', () => {
  assert.equal([...new Readings(written({ endpointSelector: {}, ingress: [{}] })).read()].length, 0);
});

test('a prefix that is none is read once too', () => {
  const readings = new Readings(cnp({}));
  assert.equal(readings.prefix('10.0.0.0/8'), readings.prefix('10.0.0.0/8'));
  assert.equal(readings.prefix('x'), undefined);
  assert.equal(readings.prefix('x'), undefined);
});
