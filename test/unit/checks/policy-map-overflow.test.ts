import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterStore } from '../../../src/cluster/store.ts';
import { deployment, identityIn, ownerRef, replicaSet } from '../../support/churn.ts';
import {
  ciliumConfig,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../support/objects.ts';
import { finding, findings, settingsWith, submit, submissionOf } from '../../support/review.ts';

/** The least that an agent takes. */
const LIMIT = 256;

/** Namespace `team-a` with pods of so many identities `app: a0`, `app: a1`, ... */
function team(identities: number, ...others: readonly Json[]): ClusterStore {
  return storeWith([
    ciliumConfig({ 'bpf-policy-map-max': String(LIMIT) }),
    namespace('team-a'),
    ...Array.from({ length: identities }, (_, index) => pod(`team-a/p${index}`, { app: `a${index}` })),
    ...others,
  ]);
}

function ports(...list: readonly string[]): Json {
  return { ports: list.map((port) => ({ port, protocol: 'TCP' })) };
}

/** From every pod of its namespace on these TCP ports: an entry for each identity and port. */
function open(name: string, ...list: readonly string[]): Json {
  return policy(`team-a/${name}`, {
    endpointSelector: {},
    ingress: [{ fromEndpoints: [{}], toPorts: [ports(...list)] }],
  });
}

describe('a policy', () => {
  test('that makes a map exceed the limit is denied, with the numbers', () => {
    const decision = submit(team(100), open('web', '80', '81', '82'));
    assert.equal(decision.verdict, 'deny');
    const { facts, causes, field } = finding(decision, 'policy-map-overflow');
    // 1.20: nothing selects egress, so five wildcard entries; an ingress policy lets the host in with one.
    assert.deepEqual(facts, {
      identity: 'new',
      endpoints: 100,
      entriesBefore: 10,
      entriesAfter: 306,
      entriesSettled: 306,
      limit: LIMIT,
    });
    assert.equal(field, 'spec.ingress[0]');
    assert.deepEqual(causes[0]?.object.name, 'web');
  });

  test('that fits is nothing to say', () => {
    assert.deepEqual(submit(team(60), open('web', '80', '81', '82')).findings, []);
  });

  test('that crosses 80 % of the limit is advice', () => {
    const decision = submit(team(70), open('web', '80', '81', '82'));
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'policy-map-overflow').severity, 'advice');
  });

  test('counts the identities that nobody uses any more, and says what is left once they are collected', () => {
    const unused = Array.from({ length: 90 }, (_, index) => identityIn('team-a', 2000 + index, { app: `old${index}` }));
    const { facts } = finding(submit(team(10, ...unused), open('web', '80', '81', '82')), 'policy-map-overflow');
    assert.equal(facts['entriesAfter'], 306);
    assert.equal(facts['entriesSettled'], 36);
  });

  test('about identities that nobody uses has no map to fill', () => {
    const unused = Array.from({ length: 100 }, (_, index) =>
      identityIn('team-a', 2000 + index, { app: `old${index}` }),
    );
    assert.deepEqual(submit(team(0, ...unused), open('web', '80', '81', '82')).findings, []);
  });

  test('that narrows what is over the limit goes through', () => {
    const before = open('web', '80', '81', '82', '83');
    const decision = submit(team(100, before), open('web', '80', '81', '82'), { before });
    assert.deepEqual(decision.findings, []);
  });

  test('that adds up to one percent of the limit to a map that is over it is advice', () => {
    const store = team(100, open('broad', '80', '81', '82'));
    const narrow = policy('team-a/narrow', {
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{ matchLabels: { app: 'a1' } }], toPorts: [ports('90', '91')] }],
    });
    const decision = submit(store, narrow);
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'policy-map-overflow').severity, 'advice');
  });

  test('that adds more than that is denied', () => {
    const store = team(100, open('broad', '80', '81', '82'));
    assert.equal(submit(store, open('more', '90')).verdict, 'deny');
  });

  test('is among the rules that are named, however little it adds to what others have filled', () => {
    const others = ['80', '81', '82', '83'].map((port) => open(`broad-${port}`, port, '9000'));
    const { causes } = finding(submit(team(100, ...others), open('more', '90')), 'policy-map-overflow');
    assert.equal(causes.length, 3);
    assert.equal(causes[2]?.object.name, 'more');
  });

  test('that only adds denies is never refused for its size', () => {
    const denies = clusterwidePolicy('safety', {
      endpointSelector: {},
      ingressDeny: [{ fromEndpoints: [{}], toPorts: [ports('80', '81', '82')] }],
    });
    const decision = submit(team(100), denies);
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'policy-map-overflow').severity, 'advice');
  });

  describe('in which a deny', () => {
    const spec = (...denied: readonly string[]): Json => ({
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{}], toPorts: [ports('80', '81', '82')] }],
      ...(denied.length === 0 ? {} : { ingressDeny: [{ fromCIDR: denied }, { fromEntities: ['all'] }] }),
    });
    /** The deny of everybody leaves no other entry; what a prefix adds is one. */
    const closed = policy('team-a/web', spec('10.0.0.0/9'));

    test('is lifted is denied as the allow behind it would be', () => {
      const decision = submit(team(100, closed), policy('team-a/web', spec()), { before: closed });
      assert.equal(decision.verdict, 'deny');
      const { facts } = finding(decision, 'policy-map-overflow');
      assert.ok(Number(facts['entriesBefore']) < 20 && facts['entriesAfter'] === 306, JSON.stringify(facts));
    });

    const denies = (...cidrs: readonly string[]): Json =>
      clusterwidePolicy('safety', { endpointSelector: {}, egressDeny: [{ toCIDR: cidrs }] });

    /** Among 255 prefixes, from one of them to others. */
    function changed(...cidrs: readonly string[]): ReturnType<typeof submit> {
      const before = denies('9.0.0.0/24');
      return submit(team(1, before, naming('team-a/none', ...prefixes(255))), denies(...cidrs), { before });
    }

    test('is widened is never refused for its size', () => {
      const decision = changed('8.0.0.0/8', '9.0.0.0/8');
      assert.equal(finding(decision, 'policy-map-overflow').severity, 'advice');
    });

    test('gives way to others is judged by its size', () => {
      assert.equal(changed('9.0.1.0/24', '9.0.0.0/8').verdict, 'allow');
      assert.equal(changed('8.0.0.0/8', ...prefixes(255).slice(1), '7.0.0.0/8').verdict, 'deny');
    });
  });

  test('with protocol ANY is repaired by saying TCP, where that fits', () => {
    const any = policy('team-a/web', {
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: '80' }] }] }],
    });
    const store = team(100);
    const { fix } = finding(submit(store, any), 'policy-map-overflow');
    assert.ok(fix?.kind === 'patch');
    assert.deepEqual(fix.patch, [{ op: 'add', path: '/spec/ingress/0/toPorts/0/ports/0/protocol', value: 'TCP' }]);
    assert.ok(submissionOf(any).revise(fix.patch).ok);
  });

  test('with a rule that is not modelled has no exact number and is not denied', () => {
    const wide = policy('team-a/web', {
      endpointSelector: {},
      ingress: [
        { fromEndpoints: [{}], toPorts: [ports('80', '81', '82')] },
        {
          toPorts: [{ ports: [{ port: '90', protocol: 'TCP' }], rules: { http: [{ path: `/${'x'.repeat(5_000)}` }] } }],
        },
      ],
    });
    const decision = submit(team(100), wide);
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'policy-map-overflow').certainty, 'unknown');
  });
});

describe('a pod that mints an identity', () => {
  const broad = open('web', '80', '81');

  /** 121 identities and two ports: 242 entries, 6 more, 248; a bit below the limit. */
  function nearly(...others: readonly Json[]): ClusterStore {
    return team(125, broad, ...others);
  }

  test('and takes a map of its own namespace over the limit by its own policies is denied', () => {
    const decision = submit(nearly(), pod('team-a/one-more', { app: 'new' }));
    assert.equal(decision.verdict, 'deny');
    const { facts } = finding(decision, 'policy-map-overflow');
    assert.deepEqual([facts['entriesBefore'], facts['entriesAfter']], [256, 258]);
  });

  test('is foreseen in a workload of no replicas', () => {
    const decision = submit(nearly(), deployment('team-a/one-more', { app: 'new' }, 0));
    assert.equal(decision.verdict, 'deny');
    const { facts } = finding(decision, 'policy-map-overflow');
    assert.deepEqual([facts['entriesBefore'], facts['entriesAfter'], facts['endpoints']], [256, 258, 126]);
  });

  test('when its workload is scaled up is not held against who scales', () => {
    const before = deployment('team-a/one-more', { app: 'new' }, 0);
    const decision = submit(nearly(before), deployment('team-a/one-more', { app: 'new' }, 3), { before });
    assert.deepEqual(decision.findings, []);
  });

  test('with an identity that exists is nothing to say', () => {
    assert.deepEqual(submit(nearly(), pod('team-a/one-more', { app: 'a1' })).findings, []);
  });

  test('is not held responsible for the policies of another tenant, nor told about them', () => {
    const greedy = policy('team-b/greedy', {
      endpointSelector: {},
      ingress: [
        {
          fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'team-a' } }],
          toPorts: [ports('80', '81')],
        },
      ],
    });
    const store = team(125, namespace('team-b'), pod('team-b/x', { app: 'secret' }), greedy);
    const settings = settingsWith('enforce', { adviceAsWarning: new Set(['policy-map-overflow']) });
    const decision = submit(store, pod('team-a/one-more', { app: 'new' }), { settings });
    assert.equal(decision.verdict, 'allow');
    assert.deepEqual(decision.warnings, []);
    assert.equal(finding(decision, 'policy-map-overflow').audience, 'platform');
  });

  test('is denied for what policies of its own bring, whatever clusterwide policy is there too', () => {
    const noMail = clusterwidePolicy('no-mail', {
      endpointSelector: {},
      enableDefaultDeny: { ingress: false, egress: false },
      ingressDeny: [{ fromEntities: ['all'], toPorts: [ports('25')] }],
    });
    const fromNobody = clusterwidePolicy('from-nobody', {
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'monitoring' } }] }],
    });
    const fromEverywhere = clusterwidePolicy('from-everywhere', {
      endpointSelector: {},
      ingress: [{ fromEntities: ['all'], toPorts: [ports('22')] }],
    });
    const four = open('web', '80', '81', '82', '83');
    for (const [identities, other] of [
      [61, noMail],
      [62, fromNobody],
      [61, fromEverywhere],
    ] as const) {
      const decision = submit(team(identities, four, other), pod('team-a/one-more', { app: 'new' }));
      assert.equal(decision.verdict, 'deny', JSON.stringify(finding(decision, 'policy-map-overflow').facts));
    }
  });

  test('and comes to a map that is too large by policies of its own is denied, whatever clusterwide policy is there too', () => {
    const dns = clusterwidePolicy('dns', {
      endpointSelector: {},
      enableDefaultDeny: { egress: false, ingress: false },
      egress: [{ toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system' } }] }],
    });
    const wide = reach('wide', { app: 'new' }, '80', '81', '82');
    assert.equal(submit(team(100, dns, wide), pod('team-a/one-more', { app: 'new' })).verdict, 'deny');
  });

  test('and comes to a map that is too large only together with a clusterwide policy is not denied', () => {
    const clusterwide = clusterwidePolicy('half', {
      endpointSelector: {},
      egress: [{ toEndpoints: [{}], toPorts: [ports('80', '81')] }],
    });
    const half = reach('half', { app: 'new' }, '82', '83');
    const decision = submit(team(100, clusterwide, half), pod('team-a/one-more', { app: 'new' }));
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'policy-map-overflow').severity, 'advice');
  });

  test('under a clusterwide policy is advice', () => {
    const clusterwide = clusterwidePolicy('open', {
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{}], toPorts: [ports('80', '81')] }],
    });
    const decision = submit(team(125, clusterwide), pod('team-a/one-more', { app: 'new' }));
    assert.equal(decision.verdict, 'allow');
    assert.deepEqual(
      findings(decision, 'policy-map-overflow').map(({ severity }) => severity),
      ['advice'],
    );
  });
});

describe('once a rollout is through and unused identities are collected', () => {
  const before = deployment('team-a/web', { app: 'old' });
  const revision = replicaSet('team-a/web-1', { app: 'old' }, 'team-a/web');
  const metadata = (owner: string): Json => ({ ownerReferences: [ownerRef('ReplicaSet', owner)] });
  const owned = pod('team-a/web-1-a', { app: 'old' }, { metadata: metadata('team-a/web-1') });

  function settledEntries(...others: readonly Json[]): unknown {
    const store = team(124, open('web', '80', '81'), before, revision, owned, ...others);
    const { facts } = finding(
      submit(store, deployment('team-a/web', { app: 'new' }), { before }),
      'policy-map-overflow',
    );
    return Number(facts['entriesAfter']) - Number(facts['entriesSettled']);
  }

  test('the identity that only its old pods had is gone', () => {
    assert.equal(settledEntries(), 2);
  });

  test('an identity that other pods have too stays', () => {
    assert.equal(settledEntries(pod('team-a/other', { app: 'old' })), 0);
  });
});

describe('patience', () => {
  const unused = Array.from({ length: 90 }, (_, index) => identityIn('team-a', 2000 + index, { app: `old${index}` }));

  test('is the fix where the change fits once unused identities are collected', () => {
    const { fix } = finding(submit(team(40, ...unused), open('web', '80', '81')), 'policy-map-overflow');
    assert.match(fix?.text ?? '', /try again once unused identities are collected/);
  });

  test('is no fix where unused identities are never collected', () => {
    const options = { 'bpf-policy-map-max': String(LIMIT), 'identity-gc-interval': '0s' };
    const store = team(40, ...unused, ciliumConfig(options));
    const { fix } = finding(submit(store, open('web', '80', '81')), 'policy-map-overflow');
    assert.match(
      fix?.text ?? '',
      /^the map grows by \d+ entries and has room for 246: spec\.ingress\[0\] asks for 2 entries for each of \d+ peer identities/,
    );
  });

  test('is no fix where the change itself leaves the unused identities, and nobody else did', () => {
    const before = namespace('team-a', { team: 'red' });
    const store = team(70, before, open('web', '80', '81'));
    const { fix } = finding(submit(store, namespace('team-a', { team: 'blue' }), { before }), 'policy-map-overflow');
    assert.equal(
      fix?.text,
      'the map grows by 140 entries and has room for 110: ' +
        'the owner of CiliumNetworkPolicy team-a/web or the platform team can narrow spec.ingress[0]; or leave label "team" as before',
    );
  });
});

/** Selects pods with one label, and lets them reach the pods of the namespace without label `v` on these ports. */
function reach(name: string, labels: Readonly<Record<string, string>>, ...list: readonly string[]): Json {
  return policy(`team-a/${name}`, {
    endpointSelector: { matchLabels: labels },
    egress: [
      { toEndpoints: [{ matchExpressions: [{ key: 'v', operator: 'DoesNotExist' }] }], toPorts: [ports(...list)] },
    ],
  });
}

function cidrGroup(name: string, ...externalCIDRs: readonly string[]): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumCIDRGroup', metadata: { name }, spec: { externalCIDRs } };
}

function prefixes(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `9.0.${index}.0/24`);
}

/** Selects nobody, and names prefixes: each is an identity on every node. */
function naming(path: string, ...toCIDR: readonly string[]): Json {
  return policy(path, { endpointSelector: { matchLabels: { app: 'nobody' } }, egress: [{ toCIDR }] });
}

/** Lets every pod of the namespace reach 9.0.0.0/8. */
function around(path: string): Json {
  return policy(path, { endpointSelector: {}, egress: [{ toCIDR: ['9.0.0.0/8'] }] });
}

describe('new prefixes', () => {
  test('that enter maps of other policies of the tenant through enclosing prefixes are a violation', () => {
    const decision = submit(team(1, around('team-a/wide')), naming('team-a/none', ...prefixes(255)));
    assert.equal(decision.verdict, 'deny');
    const { facts, audience } = finding(decision, 'policy-map-overflow');
    assert.deepEqual([facts['entriesBefore'], facts['entriesAfter'], audience], [6, 261, 'author']);
  });

  test('that enter the world of a 1.19 cluster are counted', () => {
    const world = policy('team-a/world', { endpointSelector: {}, egress: [{ toEntities: ['world'] }] });
    const objects = [
      ciliumConfig({ 'bpf-policy-map-max': String(LIMIT) }),
      namespace('team-a'),
      pod('team-a/p'),
      world,
    ];
    const store = storeWith(objects, '1.19.7');
    assert.equal(submit(store, naming('team-a/none', ...prefixes(255))).verdict, 'deny');
  });

  test('that fill maps of another tenant are advice to the platform, and nothing that the author reads', () => {
    const store = team(1, namespace('team-b'), around('team-a/wide'));
    const settings = settingsWith('enforce', { adviceAsWarning: new Set(['policy-map-overflow']) });
    const decision = submit(store, naming('team-b/none', ...prefixes(255)), { settings });
    assert.equal(decision.verdict, 'allow');
    assert.deepEqual(decision.warnings, []);
    const { severity, audience } = finding(decision, 'policy-map-overflow');
    assert.deepEqual([severity, audience], ['advice', 'platform']);
  });

  test('that another policy names already are nothing to say', () => {
    const store = team(1, around('team-a/wide'), naming('team-a/first', ...prefixes(255)));
    assert.deepEqual(submit(store, naming('team-a/second', ...prefixes(255))).findings, []);
  });

  describe('of another tenant', () => {
    const stored = naming('team-b/none', ...prefixes(255));
    const settings = settingsWith('enforce', { adviceAsWarning: new Set(['policy-map-overflow']) });

    test('make a policy advice to the platform where it would fit without them', () => {
      const decision = submit(team(1, namespace('team-b'), stored), around('team-a/wide'), { settings });
      assert.equal(decision.verdict, 'allow');
      assert.deepEqual(decision.warnings, []);
      const { severity, audience, facts, fix } = finding(decision, 'policy-map-overflow');
      assert.deepEqual([severity, audience, facts['entriesAfter'], fix], ['advice', 'platform', 261, undefined]);
    });

    test('do not save a policy that would not fit without them', () => {
      assert.equal(submit(team(100, namespace('team-b'), stored), open('web', '80', '81', '82')).verdict, 'deny');
    });

    test('are no matter where the tenant names them too', () => {
      const own = naming('team-a/none', ...prefixes(255));
      assert.equal(submit(team(1, namespace('team-b'), stored, own), around('team-a/wide')).verdict, 'deny');
    });

    test('are not held against a policy that names a few more, nor against pods', () => {
      const store = team(1, namespace('team-b'), around('team-a/wide'), stored);
      assert.equal(submit(store, naming('team-a/few', '9.1.0.0/16', '9.2.0.0/16', '9.3.0.0/16')).verdict, 'allow');
      const first = policy('team-a/first', {
        endpointSelector: { matchLabels: { app: 'new' } },
        egress: [{ toCIDR: ['9.0.0.0/8'], toPorts: [ports('1', '3')] }],
      });
      const decision = submit(team(1, namespace('team-b'), first, stored), pod('team-a/x', { app: 'new' }));
      assert.equal(decision.verdict, 'allow');
      assert.equal(finding(decision, 'policy-map-overflow').audience, 'platform');
    });
  });

  test('that only denies name are never refused', () => {
    const denies = policy('team-a/denies', {
      endpointSelector: { matchLabels: { app: 'nobody' } },
      egressDeny: [{ toCIDR: prefixes(255) }],
    });
    assert.equal(submit(team(1, around('team-a/wide')), denies).verdict, 'allow');
  });

  test('of a CIDR group make the maps grow that select around them', () => {
    const before = cidrGroup('partners', '8.0.0.0/8');
    const select = clusterwidePolicy('partners', {
      endpointSelector: {},
      egress: [{ toCIDRSet: [{ cidrGroupRef: 'partners' }] }],
    });
    const store = team(1, before, select, naming('team-a/none', ...prefixes(255)));
    const decision = submit(store, cidrGroup('partners', '9.0.0.0/8'), { before });
    assert.equal(decision.verdict, 'deny');
    const { facts } = finding(decision, 'policy-map-overflow');
    assert.equal(Number(facts['entriesAfter']) - Number(facts['entriesBefore']), 255);
  });

  test('of a CIDR group that leave the maps as they are are nothing to say', () => {
    const before = cidrGroup('partners', '8.0.0.0/8');
    assert.deepEqual(
      submit(team(1, before, around('team-a/wide')), cidrGroup('partners', '7.0.0.0/8'), { before }).findings,
      [],
    );
  });
});

describe('pods that come into another class', () => {
  const wide = reach('wide', { app: 'big' }, '80', '81', '82');
  const [one, two] = [reach('one', { v: '1' }, '80'), reach('two', { v: '2' }, '80')];

  test('as full as the one before gain nothing', () => {
    const before = deployment('team-a/big', { app: 'big', v: '1' });
    const store = team(100, wide, one, two, before, pod('team-a/big', { app: 'big', v: '1' }));
    const decision = submit(store, deployment('team-a/big', { app: 'big', v: '2' }), { before });
    assert.deepEqual(decision.findings, []);
  });

  test('and leave a small map for one over the limit are denied', () => {
    const before = pod('team-a/x', { app: 'small' });
    const decision = submit(team(100, wide, before), pod('team-a/x', { app: 'big' }), { before });
    assert.equal(decision.verdict, 'deny');
    const { facts } = finding(decision, 'policy-map-overflow');
    assert.deepEqual([facts['entriesBefore'], facts['entriesAfter']], [10, 311]);
  });

  test('as its first endpoint, through an identity that nobody uses, are judged as if it were minted', () => {
    const unused = identityIn('team-a', 3000, { app: 'big' });
    const decision = submit(team(100, wide, unused), pod('team-a/x', { app: 'big' }));
    assert.equal(decision.verdict, 'deny');
    const { facts } = finding(decision, 'policy-map-overflow');
    assert.deepEqual([facts['identity'], facts['entriesBefore'], facts['entriesAfter']], [3000, 0, 308]);
  });

  test('by a relabelling into an identity that nobody uses are judged as if it were minted', () => {
    const unused = identityIn('team-a', 3000, { app: 'big' });
    const before = pod('team-a/x', { app: 'small' });
    const decision = submit(team(100, wide, unused, before), pod('team-a/x', { app: 'big' }), { before });
    assert.equal(decision.verdict, 'deny');
  });

  const full = (...others: readonly Json[]): ClusterStore =>
    team(100, wide, pod('team-a/y', { app: 'big' }), ...others);

  test('that is full already, through an identity of others, leave a small map for one over the limit', () => {
    const before = deployment('team-a/x', { app: 'small' });
    const decision = submit(full(before), deployment('team-a/x', { app: 'big' }), { before });
    assert.equal(decision.verdict, 'deny');
    const { facts, subject } = finding(decision, 'policy-map-overflow');
    assert.deepEqual([facts['entriesBefore'], facts['entriesAfter'], subject.name], [10, 308, 'x']);
  });

  test('that is full already by a policy of somebody else are no violation of their author', () => {
    const clusterwide = clusterwidePolicy('wide', {
      endpointSelector: { matchLabels: { app: 'big' } },
      egress: [{ toEndpoints: [{}], toPorts: [ports('80', '81', '82')] }],
    });
    const before = deployment('team-a/x', { app: 'small' });
    const store = team(100, clusterwide, pod('team-a/y', { app: 'big' }), before);
    const decision = submit(store, deployment('team-a/x', { app: 'big' }), { before });
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'policy-map-overflow').severity, 'advice');
  });

  test('that is full already by going back to a stored revision go through', () => {
    const before = deployment('team-a/x', { app: 'small' });
    const store = full(before, replicaSet('team-a/x-1', { app: 'big' }, 'team-a/x'));
    const decision = submit(store, deployment('team-a/x', { app: 'big' }), { before });
    assert.equal(decision.verdict, 'allow');
  });

  test('through an identity that is in use are nothing to say', () => {
    const store = team(100, wide, pod('team-a/y', { app: 'big' }));
    assert.deepEqual(submit(store, pod('team-a/x', { app: 'big' })).findings, []);
  });
});

test('a relabelled namespace keeps its old identities in the maps until they are collected', () => {
  const before = namespace('team-a', { team: 'red' });
  const store = storeWith([
    ciliumConfig({ 'bpf-policy-map-max': String(LIMIT) }),
    before,
    ...Array.from({ length: 70 }, (_, index) => pod(`team-a/p${index}`, { app: `a${index}` })),
    open('web', '80', '81'),
  ]);
  const decision = submit(store, namespace('team-a', { team: 'blue' }), { before });
  const { facts, severity } = finding(decision, 'policy-map-overflow');
  assert.equal(severity, 'violation');
  assert.deepEqual([facts['entriesBefore'], facts['entriesAfter'], facts['entriesSettled']], [146, 286, 146]);
});
