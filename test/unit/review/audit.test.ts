import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { audit } from '../../../src/review/audit.ts';
import { explainMap } from '../../../src/review/explain.ts';
import type { Report } from '../../../src/review/results.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { Model } from '../../../src/server/model.ts';
import { modelFigures } from '../../../src/server/model-figures.ts';
import { churnyStore, identityIn } from '../../support/churn.ts';
import { ciliumConfig, clusterwidePolicy, namespace, pod, policy, storeWith } from '../../support/objects.ts';
import { ENFORCE, settingsWith, submit } from '../../support/review.ts';

const denyMetadata = clusterwidePolicy('deny', {
  endpointSelector: {},
  egressDeny: [{ toCIDR: ['169.254.169.254/32'] }],
});

function dead(path: string) {
  return policy(path, { endpointSelector: {}, egress: [{ toCIDR: ['169.254.169.254/32'] }] });
}

test('an audit finds what is there, denies nothing, and leaves system namespaces out', () => {
  const store = storeWith([
    namespace('a'),
    namespace('kube-public'),
    pod('a/p', { init: 'x' }),
    pod('kube-system/p', { init: 'x' }),
    denyMetadata,
    dead('a/web'),
    dead('kube-system/web'),
  ]);
  const report = runToEnd(audit(store.view(), ENFORCE));
  assert.deepEqual(
    report.findings.map(({ id, severity, subject, denies }) => [id, severity, subject.namespace, denies]),
    [
      ['dead-allow', 'violation', 'a', false],
      ['reserved-labels', 'violation', 'a', false],
    ],
  );
});

test('a violation whose witness could not be confirmed is advice of certainty unknown, for the platform', () => {
  // Whether an address has the aggregate through which the deny takes it depends on what other policies name.
  const except = { key: 'reserved:world-ipv4', operator: 'DoesNotExist' };
  const objects = [
    namespace('a'),
    clusterwidePolicy('deny', {
      endpointSelector: {},
      egressDeny: [{ toEndpoints: [{ matchExpressions: [except] }] }],
    }),
  ];
  const unconfirmed = [['dead-allow', 'advice', 'unknown', 'platform', undefined]];
  const shape = ({ findings }: Pick<Report, 'findings'>) =>
    findings.map(({ id, severity, certainty, audience, fix }) => [id, severity, certainty, audience, fix]);
  const report = runToEnd(audit(storeWith([...objects, dead('a/web')], '1.20.2').view(), ENFORCE));
  assert.deepEqual(shape(report), unconfirmed);
  assert.match(report.unknowns[0]?.reason ?? '', /could not be replayed/);
  for (const mode of ['enforce', 'warn', 'audit'] as const) {
    const decision = submit(storeWith(objects, '1.20.2'), dead('a/web'), { settings: settingsWith(mode) });
    assert.deepEqual(shape(decision), unconfirmed);
    assert.deepEqual([decision.verdict, decision.warnings], ['allow', []]);
  }
});

test('a map over its limit is a violation, of a system namespace advice', () => {
  const pods = (name: string) =>
    Array.from({ length: 90 }, (_, index) => pod(`${name}/p${index}`, { app: `a${index}` }));
  const ports = ['80', '81', '82'].map((port) => ({ port, protocol: 'TCP' }));
  const open = (name: string) =>
    policy(`${name}/open`, { endpointSelector: {}, ingress: [{ fromEndpoints: [{}], toPorts: [{ ports }] }] });
  const store = storeWith([
    ciliumConfig({ 'bpf-policy-map-max': '256' }),
    ...['a', 'kube-public'].flatMap((name) => [namespace(name), ...pods(name), open(name)]),
  ]);
  const report = runToEnd(audit(store.view(), ENFORCE));
  assert.deepEqual(
    report.findings.map(({ id, severity, subject }) => [id, severity, subject.name]),
    [
      ['policy-map-overflow', 'violation', 'open'],
      ['policy-map-overflow', 'advice', 'open'],
    ],
  );
  assert.deepEqual(
    report.capacity.policyMaps.map(({ namespace: name, endpoints, entries }) => [name, endpoints, entries]),
    [
      ['a', 90, 276],
      ['kube-public', 90, 276],
    ],
  );
});

describe('a full map', () => {
  const ports = ['80', '81', '82'].map((port) => ({ port, protocol: 'TCP' }));
  const limit = ciliumConfig({ 'bpf-policy-map-max': '256' });
  const toPorts = [{ ports }];
  const busy = Array.from({ length: 90 }, (_, index) => pod(`b/p${index}`, { app: `a${index}` }));
  const overflows = (objects: Parameters<typeof storeWith>[0]) =>
    runToEnd(audit(storeWith(objects).view(), ENFORCE)).findings.filter(({ id }) => id === 'policy-map-overflow');

  test('is about the policy that fills it most, and the rule is where to look', () => {
    const findings = overflows([
      limit,
      namespace('a'),
      namespace('b'),
      pod('a/first'),
      ...busy,
      policy('a/little', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] }),
      clusterwidePolicy('much', {
        endpointSelector: {},
        ingress: [{ fromEntities: ['host'] }, { fromEndpoints: [{}], toPorts }],
      }),
    ]);
    const clusterwide = { kind: 'CiliumClusterwideNetworkPolicy', name: 'much' };
    assert.deepEqual(
      findings.map(({ subject, field, causes }) => [subject, field, causes[0]?.object]),
      [0, 1].map(() => [clusterwide, 'spec.ingress[1]', clusterwide]),
    );
  });

  test('is a violation where one of those who share it is of no system namespace, whoever has the lowest number', () => {
    const open = clusterwidePolicy('open', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}], toPorts }] });
    const systemPod = pod('kube-public/p', { app: 'x' });
    const severities = (others: typeof busy) =>
      overflows([limit, namespace('kube-public'), namespace('b'), systemPod, ...others, open]).map(
        ({ severity }) => severity,
      );
    assert.deepEqual(severities(busy), ['violation']);
    const inSystem = busy.map((_, index) => pod(`kube-public/p${index}`, { app: `a${index}` }));
    assert.deepEqual(severities(inSystem), ['advice']);
  });
});

test('the capacity is that of the range of the cluster, with unused identities in it', () => {
  const { capacity } = runToEnd(audit(churnyStore(identityIn('ci', 901, { app: 'x' })).view(), ENFORCE));
  const { identitySpace, identitiesInUse, identitiesUnused, policyMapMax } = capacity;
  assert.deepEqual([identitySpace, identitiesInUse, identitiesUnused, policyMapMax], [65_280, 62, 61, 16_384]);
});

test('of a mesh only the identities of this cluster count against its range, in the report and in the metrics', () => {
  const store = churnyStore(ciliumConfig({ 'cluster-id': '1' }), identityIn('ci', 65_537, { app: 'x' }));
  const { identitySpace, identitiesInUse, identitiesUnused } = runToEnd(audit(store.view(), ENFORCE)).capacity;
  // Of cluster 1 there is 65537; all others have numbers of cluster 0.
  assert.deepEqual([identitySpace, identitiesInUse, identitiesUnused], [65_536, 1, 1]);
  const figures = modelFigures(new Model(store, () => 0));
  assert.deepEqual(
    [figures.identitySpace, figures.identitiesInUse, figures.identitiesUnused],
    [identitySpace, identitiesInUse, identitiesUnused],
  );
});

test('identities that nobody uses have no policy map, and are none of those counted', () => {
  const open = policy('a/open', { endpointSelector: { matchLabels: { app: 'gone' } }, ingress: [{}] });
  const gone = identityIn('a', 901, { app: 'gone' });
  const store = storeWith([namespace('a'), pod('a/p', { app: 'p' }), gone, open]);
  const { policyMaps, policyMapCounts } = runToEnd(audit(store.view(), ENFORCE)).capacity;
  assert.deepEqual(
    policyMaps.map(({ pod: example, endpoints }) => [example, endpoints]),
    [['a/p', 1]],
  );
  assert.deepEqual(policyMapCounts, [{ certainty: 'exact', maps: 1 }]);
});

test('the capacity says how sure each count of a map is, as explain map does, and how many there are of each kind', () => {
  const rule = (path: string, egress: Readonly<Record<string, unknown>>) =>
    policy(path, { endpointSelector: {}, egress: [egress] });
  const view = storeWith([
    ...['plain', 'names', 'groups'].flatMap((name) => [namespace(name), pod(`${name}/p`, { app: name })]),
    policy('groups/out', { endpointSelector: {}, egress: [{ toCIDR: ['192.0.2.0/24'] }] }),
    rule('names/out', { toFQDNs: [{ matchName: 'example.com' }], toPorts: [{ ports: [{ port: '443' }] }] }),
    rule('groups/aws', { toGroups: [{ aws: { securityGroupsIds: ['sg-1'] } }] }),
  ]).view();
  const { policyMaps, policyMapCounts } = runToEnd(audit(view, ENFORCE)).capacity;
  const found = new Map(policyMaps.map(({ namespace: name, certainty, doubts }) => [name, { certainty, doubts }]));
  assert.deepEqual(found.get('plain'), { certainty: 'exact', doubts: [] });
  assert.equal(found.get('names')?.certainty, 'lower-bound');
  assert.match(found.get('names')?.doubts.join() ?? '', /learn of its DNS names/);
  for (const identity of view.identities()) {
    const explained = explainMap(view, identity);
    const name = /pod\.namespace=(\w+)/.exec(explained?.labels.join(' ') ?? '')?.[1] ?? '';
    assert.deepEqual(found.get(name), { certainty: explained?.certainty, doubts: explained?.doubts });
  }
  assert.equal(
    policyMapCounts.reduce((sum, { maps }) => sum + maps, 0),
    3,
  );
  assert.deepEqual(policyMapCounts[0], { certainty: 'exact', maps: 1 });
});

test('a number that was made up is nowhere: a map without one is known by a pod', () => {
  const view = storeWith([namespace('a'), pod('a/second', { app: 'x' }), pod('a/first', { app: 'x' })]).view();
  const [map] = runToEnd(audit(view, ENFORCE)).capacity.policyMaps;
  assert.deepEqual([map?.identity, map?.pod, map?.endpoints], ['new', 'a/first', 2]);
  const [identity = 0] = view.identities();
  assert.equal(view.hasNumber(identity), false);
  assert.equal(explainMap(view, identity)?.identity, 'new');
});

test('that identities are not known is said once, however many policies there are', () => {
  const objects = [namespace('a'), denyMetadata, dead('a/web'), dead('a/db')];
  const refused = storeWith([...objects, ciliumConfig({ labels: '*-hash' })]);
  const [only, ...others] = runToEnd(audit(refused.view(), ENFORCE)).unknowns;
  assert.match(only?.reason ?? '', /^no identity of a pod is known: /);
  assert.deepEqual(others, []);
});
