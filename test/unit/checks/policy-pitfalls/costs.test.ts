/**
 * What costs far more than an equal form: both numbers are those that the maps have, before and after the change that is proposed.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CostId } from '../../../../src/checks/facts/findings/policy-pitfalls.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import { explainMap } from '../../../../src/review/explain.ts';
import { MINORS, RECORDED } from '../../../conformance/recorded-worlds.ts';
import { audit } from '../../../../src/review/audit.ts';
import { clusterwidePolicy, namespace, pod, policy, storeWith, decoded, type Json } from '../../../support/objects.ts';
import { ENFORCE, finding, findings, submit } from '../../../support/review.ts';
import { storeOfWorld, worldNamed } from '../../../support/world-store.ts';

const VERSIONS = MINORS.map((minor) => RECORDED[minor]);
const WEB = { matchLabels: { app: 'web' } };
const PODS = 200;

/** A pod `team-a/web`, and many others, each of its own identity. */
const objects: readonly Json[] = [
  namespace('team-a'),
  pod('team-a/web', { app: 'web' }, { spec: { containers: [{ name: 'web', ports: [{ containerPort: 8080 }] }] } }),
  ...Array.from({ length: PODS }, (_, index) => pod(`team-a/p-${index}`, { app: `p-${index}` })),
];

const prefixes = Array.from({ length: 200 }, (_, index) => `203.0.${index}.0/24`);
const tcp = (port: string): Json => ({ ports: [{ port, protocol: 'TCP' }] });

interface Costly {
  readonly written: Json;
  /** The same, as it is proposed. */
  readonly otherwise: readonly Json[];
  readonly versions: readonly string[];
}

const COSTLY: { readonly [Id in CostId]: Costly } = {
  'clusterwide-empty-peer': {
    written: clusterwidePolicy('p', {
      endpointSelector: WEB,
      ingress: [{ fromEndpoints: [{}], toPorts: [tcp('80')] }],
    }),
    otherwise: [
      clusterwidePolicy('p', { endpointSelector: WEB, ingress: [{ fromEntities: ['cluster'], toPorts: [tcp('80')] }] }),
    ],
    versions: ['1.20.2'],
  },
  'any-protocol': {
    written: policy('team-a/p', {
      endpointSelector: WEB,
      ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: '8080' }] }] }],
    }),
    otherwise: [
      policy('team-a/p', { endpointSelector: WEB, ingress: [{ fromEndpoints: [{}], toPorts: [tcp('8080')] }] }),
    ],
    versions: VERSIONS,
  },
  'nested-prefixes': {
    written: policy('team-a/p', {
      endpointSelector: WEB,
      egress: [{ toCIDR: ['203.0.0.0/16', ...prefixes], toPorts: [tcp('443')] }],
    }),
    otherwise: [
      policy('team-a/p', { endpointSelector: WEB, egress: [{ toCIDR: ['203.0.0.0/16'], toPorts: [tcp('443')] }] }),
    ],
    versions: VERSIONS,
  },
  'prefixes-without-group': {
    written: policy('team-a/p', { endpointSelector: WEB, egress: [{ toCIDR: prefixes, toPorts: [tcp('443')] }] }),
    otherwise: [
      {
        apiVersion: 'cilium.io/v2',
        kind: 'CiliumCIDRGroup',
        metadata: { name: 'g' },
        spec: { externalCIDRs: prefixes },
      },
      policy('team-a/p', {
        endpointSelector: WEB,
        egress: [{ toCIDRSet: [{ cidrGroupRef: 'g' }], toPorts: [tcp('443')] }],
      }),
    ],
    versions: VERSIONS,
  },
};

/** Of the pod `team-a/web`. */
function entriesIn(store: ClusterStore): number {
  const view = store.view();
  const web = view.pod('team-a', 'web');
  assert.ok(web !== undefined);
  const identity = view.identityOfShape(web, 'team-a');
  assert.ok(identity.kind === 'global');
  const [number] = view.identitiesWithKey(identity.key);
  assert.ok(number !== undefined);
  return explainMap(view, number)?.entries.length ?? 0;
}

for (const [id, { written, otherwise, versions }] of Object.entries(COSTLY)) {
  describe(id, () => {
    for (const version of VERSIONS) {
      const isFound = versions.includes(version);
      test(`${isFound ? 'is' : 'is not'} found in ${version}`, () => {
        const found = findings(submit(storeWith(objects, version), written), id as CostId);
        assert.equal(found.length, isFound ? 1 : 0);
        const [first] = found;
        if (first === undefined) return;
        assert.equal(first.facts['entries'], entriesIn(storeWith([...objects, written], version)));
        assert.equal(first.facts['entriesOtherwise'], entriesIn(storeWith([...objects, ...otherwise], version)));
        assert.ok(first.severity === 'advice' && first.audience === 'author');
      });
    }

    test('is found in an audit, with the same numbers', () => {
      const { findings: found } = runToEnd(audit(storeWith([...objects, written]).view(), ENFORCE));
      const checked = finding(submit(storeWith(objects), written), id as CostId);
      assert.deepEqual(
        found.filter((one) => one.id === id).map(({ facts }) => facts),
        [checked.facts],
      );
    });

    test('is left alone where the map has entries to spare', () => {
      const few = [namespace('team-a'), pod('team-a/web', { app: 'web' })];
      const short = JSON.parse(
        JSON.stringify(written).replaceAll(
          JSON.stringify(prefixes).slice(1, -1),
          prefixes
            .slice(0, 20)
            .map((text) => `"${text}"`)
            .join(),
        ),
      ) as Json;
      assert.deepEqual(findings(submit(storeWith(few), short), id as CostId), []);
    });
  });
}

describe('protocol ANY', () => {
  const any = (protocol: string, port = '8080'): Json =>
    policy('team-a/p', {
      endpointSelector: WEB,
      ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port, protocol }] }] }],
    });
  const withPort = (protocol: string): readonly Json[] => [
    ...objects,
    pod(
      'team-a/web-2',
      { app: 'web' },
      { spec: { containers: [{ name: 'w', ports: [{ containerPort: 8080, protocol }] }] } },
    ),
  ];

  test('is meant where a container has the port for another protocol', () => {
    assert.deepEqual(findings(submit(storeWith(withPort('UDP')), any('ANY')), 'any-protocol'), []);
  });

  test('is meant where it is written and no container says otherwise', () => {
    assert.deepEqual(findings(submit(storeWith(objects), any('ANY', '9090')), 'any-protocol'), []);
    assert.equal(findings(submit(storeWith(withPort('TCP')), any('ANY')), 'any-protocol').length, 1);
  });

  test('is meant of a port that is known for UDP', () => {
    assert.deepEqual(findings(submit(storeWith(objects), any('', '53')), 'any-protocol'), []);
  });
});

test('the numbers are those that Cilium recorded', () => {
  for (const minor of MINORS) {
    const { world, answers } = worldNamed('port-any');
    const answer = answers[minor];
    const store = storeOfWorld(world, minor, { 'bpf-policy-map-max': '256' });
    const status = { identity: { id: world.subject } };
    const metadata = { namespace: 'a', name: 'web' };
    store.apply({
      type: 'upsert',
      object: decoded({ apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', metadata, status }),
    });
    const { findings: found } = runToEnd(audit(store.view(), ENFORCE));
    // ANY is written there, and no container says that TCP is meant.
    assert.deepEqual(
      found.filter(({ id }) => id === 'any-protocol'),
      [],
    );
    const unwritten = {
      ...world,
      policies: JSON.parse(JSON.stringify(world.policies).replace(',"protocol":"ANY"', '')) as Json[],
    };
    const other = storeOfWorld(unwritten, minor, { 'bpf-policy-map-max': '256' });
    other.apply({
      type: 'upsert',
      object: decoded({ apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', metadata, status }),
    });
    const [any] = runToEnd(audit(other.view(), ENFORCE)).findings.filter(({ id }) => id === 'any-protocol');
    // Three keys of each of three peers, one of each of which is left.
    assert.deepEqual(
      [any?.facts['entries'], any?.facts['entriesOtherwise']],
      [answer.mapEntries, Number(answer.mapEntries) - 6],
    );
  }
});
