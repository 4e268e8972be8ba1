import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAgentConfig } from '../../../../src/cilium/agent-config.ts';
import { profileFor } from '../../../support/profile.ts';

const KEY = 'fixed-identity-mapping';

/** The numbers and names that are taken, and what is told of the text. */
function read(text: string, version = '1.20.2') {
  const settings = { profile: profileFor(version), namespace: 'kube-system' };
  const { config, problems } = readAgentConfig(new Map([[KEY, text]]), settings);
  return { taken: [...config.fixedIdentityMapping], told: problems.map(({ key, reason }) => `${key}: ${reason}`) };
}

test('numbers from 128 to 255 may be reserved', () => {
  assert.deepEqual(read('128=kv-store,255=kube-dns'), {
    taken: [
      [128, 'kv-store'],
      [255, 'kube-dns'],
    ],
    told: [],
  });
});

const REFUSED: readonly (readonly [text: string, why: string])[] = [
  ['127=a', 'has a number outside 128 to 255'],
  ['256=a', 'has a number outside 128 to 255'],
  ['x=a', 'has a number outside 128 to 255'],
  ['128', 'is not NUMBER=NAME,NUMBER=NAME'],
  ['128=a=b', 'is not NUMBER=NAME,NUMBER=NAME'],
  ['128=a,', 'is not NUMBER=NAME,NUMBER=NAME'],
  ['128=a,129=reserved:b', 'names a label of source "reserved"'],
  ['128=$a', 'names a label of source "reserved"'],
];

for (const [text, why] of REFUSED) {
  test(`"${text}" ${why}, and nothing of it is taken`, () => {
    assert.deepEqual(read(text), { taken: [], told: [`${KEY}: "${text}" ${why}`] });
  });
}

test('until 1.19 a dot ends the source of a name as well', () => {
  assert.deepEqual([read('128=reserved.a', '1.19.7').taken, read('128=reserved.a').taken], [[], [[128, 'reserved.a']]]);
});

test('one name with two numbers is told, and both are taken', () => {
  const { taken, told } = read('128=a,129=a');
  assert.equal(taken.length, 2);
  assert.deepEqual(told, [`${KEY}: "128=a,129=a" gives one name two numbers; the agent takes either`]);
});
