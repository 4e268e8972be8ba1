import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assumptionAbout, formatVersion, parseVersion, profileOf, type Profile } from '../../../src/cilium/profile.ts';
import { profileFor } from '../../support/profile.ts';

for (const text of ['1.20.2', 'v1.20.2', '1.20.2-cee.1', 'v1.20.2@sha256:0123', '1.20.2+build']) {
  test(`"${text}" is version 1.20.2`, () => {
    const version = parseVersion(text);
    assert.ok(version.ok);
    assert.equal(formatVersion(version.value), '1.20.2');
  });
}

for (const [text, assumed] of [
  ['1.19.99', 'Cilium 1.19.99 is newer than 1.19.7, which answers were recorded from: it is taken to behave the same'],
  ['v1.20.2-rc.1@sha256:0123', 'Cilium 1.20.2-rc.1 is a pre-release: it is taken to behave as 1.20.2 does'],
  ['1.20.2-cee.1', undefined],
  ['1.18.8', undefined],
  ['1.19.0', undefined],
] as const) {
  test(`what is assumed about ${text} is ${assumed === undefined ? 'nothing' : 'told'}`, () => {
    const version = parseVersion(text);
    assert.ok(version.ok);
    assert.equal(assumptionAbout(version.value), assumed);
  });
}

for (const text of ['', '1.20', 'latest', '1.20.x', '1.20.2.3', ' 1.20.2', '1.20.99999']) {
  test(`"${text}" is no version`, () => {
    const version = parseVersion(text);
    assert.ok(!version.ok);
    assert.equal(version.error.code, 'not-a-version');
  });
}

for (const [major, minor] of [
  [1, 17],
  [1, 21],
  [2, 18],
] as const) {
  test(`Cilium ${major}.${minor} is not supported`, () => {
    const profile = profileOf({ major, minor, patch: 0 });
    assert.ok(!profile.ok);
    assert.equal(profile.error.code, 'unsupported-version');
  });
}

type Switch = 'excludesTopologyLabels' | 'namedPortsLabel' | 'cutsReservedFromKeys' | 'aggregateIdentities';

const SWITCHES: readonly (readonly [name: Switch, off: readonly string[], on: readonly string[]])[] = [
  ['excludesTopologyLabels', ['1.18.0', '1.18.6', '1.18.7'], ['1.18.8', '1.19.0', '1.20.2']],
  ['namedPortsLabel', ['1.18.8', '1.19.5'], ['1.20.0', '1.20.2']],
  ['cutsReservedFromKeys', ['1.20.0', '1.20.2'], ['1.18.8', '1.19.5']],
  ['aggregateIdentities', ['1.18.8', '1.19.5'], ['1.20.0', '1.20.2']],
];

for (const [name, off, on] of SWITCHES) {
  test(`${name} is on in ${on.join(', ')} and off in ${off.join(', ')}`, () => {
    const of = (version: string): Profile => profileFor(version);
    assert.deepEqual(
      [...off, ...on].map((version) => of(version)[name]),
      [...off.map(() => false), ...on.map(() => true)],
    );
  });
}

test('identities of 1.18.7 are an upper bound: it was not recorded, and its neighbours differ', () => {
  assert.equal(profileFor('1.18.7').upperBound.identity, true);
  for (const version of ['1.18.6', '1.18.8', '1.19.1', '1.20.2']) {
    assert.equal(profileFor(version).upperBound.identity, false, version);
  }
});
