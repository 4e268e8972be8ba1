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
  ['1.18.9', 'Cilium 1.18.9 is newer than 1.18.8, which answers were recorded from: it is taken to behave the same'],
  ['1.20.3', 'Cilium 1.20.3 is newer than 1.20.2, which answers were recorded from: it is taken to behave the same'],
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
    assert.match(profile.error.reason, /supported are 1\.18, 1\.19, 1\.20$/);
  });
}

/** What each switch is in 1.18.0, and from which patch on something else. */
const SWITCHES: readonly (readonly [name: keyof Profile, history: string])[] = [
  ['excludesTopologyLabels', 'false; 1.18.8 true'],
  ['namedPortsLabel', 'false; 1.20.0 true'],
  ['cutsReservedFromKeys', 'true; 1.20.0 false'],
  ['aggregateIdentities', 'false; 1.20.0 true'],
  ['filtersClusterOfNodes', 'true; 1.19.0 false'],
  ['cidrMatchModes', 'nodes; 1.20.0 nodes,pods'],
  ['extendedIPProtocolsOption', 'false; 1.19.0 true'],
  ['clusterNetworkPolicyOption', 'false; 1.20.0 true'],
  ['endpointSlicesNeedPolicy', 'false; 1.20.0 true'],
  ['crds', '1.18; 1.19.0 1.19; 1.20.0 1.20'],
  ['policyDefaultLocalCluster', 'false; 1.19.0 true'],
  ['hostEntry', 'always; 1.19.4 ordinary; 1.20.0 lowest-tier'],
  ['hostLabelDisablesPolicy', 'true; 1.20.2 false'],
  ['egressNamedPorts', 'cluster; 1.20.0 identity'],
  ['putsEverybodyFirst', 'true; 1.19.0 false'],
  ['mixesCIDRWildcards', 'false; 1.19.0 true'],
  ['cidrSelectorsNeedWorld', 'false; 1.20.0 true'],
  ['portZeroIgnoresEndPort', 'false; 1.20.0 true'],
  ['bothSlashZeroSelectWorld', 'true; 1.19.0 false'],
  ['keepsSlashZero', 'true; 1.19.0 false'],
  ['clusterMeshEntity', 'false; 1.20.0 true'],
  ['parsesKafka', 'true; 1.20.0 false'],
  ['limitsDNSPatterns', 'false; 1.19.0 true'],
  ['labelsOwnNode', 'false; 1.20.0 true'],
  ['checksSecretNames', 'false; 1.20.0 true'],
  ['starsSpanDNSLabels', 'false; 1.19.0 true'],
  ['acceptsRequires', 'true; 1.19.0 false'],
  ['panicsOnPrefixes', 'false; 1.19.0 true'],
  ['keepsRuleOrder', 'false; 1.19.0 true'],
  ['legacySelectorKeys', 'true; 1.20.0 false'],
  ['refusesWiderExcept', 'false; 1.20.0 true'],
  ['worldLabelByFamily', 'false; 1.19.0 true'],
  ['nullSelectsEveryGroup', 'false; 1.19.0 true'],
  ['encodesCIDRGroupLabels', 'false; 1.19.5 true'],
  ['leavesGroupsToOperator', 'true; 1.20.0 false'],
  ['readsPrefixesOfNobody', 'true; 1.19.0 false'],
  ['serviceSelectors', 'literal; 1.19.0 dotted; 1.19.6 sourced; 1.20.0 anySource'],
  ['serviceKeysNameSource', 'true; 1.18.9 false; 1.19.0 true; 1.19.3 false'],
  ['slicesNameTheirProxy', 'false; 1.19.0 true'],
  ['apiServersAreBackends', 'false; 1.19.0 true'],
  ['portlessProtocols', '; 1.19.0 VRRP,IGMP; 1.20.0 VRRP,IGMP,GRE,IPIP,IPV6,ESP,AH'],
  ['refusesIPBlockWithClusterFilter', 'true; 1.19.0 false'],
  ['longNetworkPolicyKeys', 'refused; 1.19.0 wildcard; 1.20.0 taken'],
];

const PATCHES = ['1.18', '1.19', '1.20'].flatMap((minor) =>
  Array.from({ length: 13 }, (_, patch) => `${minor}.${patch}`),
);

function historyOf(valueIn: (profile: Profile) => unknown): string {
  const history: string[] = [];
  let before: string | undefined;
  for (const version of PATCHES) {
    const value = String(valueIn(profileFor(version)));
    if (value !== before) history.push(before === undefined ? value : `${version} ${value}`);
    before = value;
  }
  return history.join('; ');
}

for (const [name, history] of SWITCHES) {
  test(`${name} is ${history}`, () =>
    assert.equal(
      historyOf((profile) => profile[name]),
      history,
    ));
}

test('what was not recorded between two patches that differ is an upper bound', () => {
  assert.equal(
    historyOf(({ upperBound }) => upperBound.identity),
    'false; 1.18.7 true; 1.18.8 false',
  );
  assert.equal(
    historyOf(({ upperBound }) => upperBound.policy),
    'false; 1.19.1 true; 1.19.4 false',
  );
});
