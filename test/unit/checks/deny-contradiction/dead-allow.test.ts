import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import { ciliumConfig, decoded, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { deny, METADATA, tcp, web } from '../../../support/team-a.ts';
import { finding, findings, submit, submissionOf } from '../../../support/review.ts';

const PARTNERS = {
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumCIDRGroup',
  metadata: { name: 'partners' },
  spec: { externalCIDRs: [METADATA] },
};

const team = [namespace('team-a'), pod('team-a/web-0', { app: 'web' }), PARTNERS];

function app(name: string): Json {
  return { matchLabels: { app: name } };
}

function withDenies(...denies: readonly Json[]): ClusterStore {
  return storeWith([...team, ...denies]);
}

const dead: readonly { name: string; denies: readonly Json[]; allow: Json }[] = [
  {
    name: 'the same prefix',
    denies: [deny({ egressDeny: [{ toCIDR: [METADATA] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA] }] }),
  },
  {
    name: 'a prefix inside a denied one',
    denies: [deny({ egressDeny: [{ toCIDR: ['10.0.0.0/8'] }] })],
    allow: web({ egress: [{ toCIDR: ['10.1.0.0/16'] }] }),
  },
  {
    name: 'a prefix under a deny of the world',
    denies: [deny({ egressDeny: [{ toEntities: ['world'] }] })],
    allow: web({ egress: [{ toCIDR: ['203.0.113.0/24'], toPorts: [tcp('443')] }] }),
  },
  {
    name: 'pods by label, from any namespace',
    denies: [deny({ ingressDeny: [{ fromEndpoints: [app('crawler')] }] })],
    allow: web({ ingress: [{ fromEndpoints: [app('crawler')] }] }),
  },
  {
    name: 'a port interval under two denies together',
    denies: [
      deny({
        egressDeny: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '80', endPort: 84, protocol: 'TCP' }] }] }],
      }),
      deny(
        { egressDeny: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '85', endPort: 90, protocol: 'TCP' }] }] }] },
        'b',
      ),
    ],
    allow: web({
      egress: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '80', endPort: 90, protocol: 'TCP' }] }] }],
    }),
  },
  {
    name: 'protocol ANY under denies of TCP, UDP and SCTP',
    denies: [
      deny({
        egressDeny: [
          {
            toCIDR: [METADATA],
            toPorts: [{ ports: ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ port: '80', protocol })) }],
          },
        ],
      }),
    ],
    allow: web({ egress: [{ toCIDR: [METADATA], toPorts: [{ ports: [{ port: '80' }] }] }] }),
  },
  {
    name: 'a CIDR group under a deny of the same group',
    denies: [deny({ egressDeny: [{ toCIDRSet: [{ cidrGroupRef: 'partners' }] }] })],
    allow: web({ egress: [{ toCIDRSet: [{ cidrGroupRef: 'partners' }] }] }),
  },
  {
    name: 'a CIDR group under a deny of the world',
    denies: [deny({ egressDeny: [{ toEntities: ['world'] }] })],
    allow: web({ egress: [{ toCIDRSet: [{ cidrGroupRef: 'partners' }], toPorts: [tcp('443')] }] }),
  },
  {
    name: 'a prefix less an except, under a deny of both its halves',
    denies: [deny({ egressDeny: [{ toCIDR: ['10.0.0.0/9'] }, { toCIDR: ['10.128.0.0/9'] }] })],
    allow: web({ egress: [{ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] }] }),
  },
  {
    name: 'under the number of a deny that has a port name too',
    denies: [deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [tcp('http', '80')] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA], toPorts: [tcp('80')] }] }),
  },
  {
    name: 'under a deny about the same pods',
    denies: [deny({ endpointSelector: app('web'), egressDeny: [{ toCIDR: [METADATA] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA] }] }),
  },
  {
    name: 'under a deny at the other end of the flow',
    denies: [deny({ endpointSelector: app('db'), ingressDeny: [{ fromEndpoints: [{}] }] })],
    allow: web({ egress: [{ toEndpoints: [app('db')] }] }),
  },
  {
    name: 'the API server under a deny of the API server',
    denies: [deny({ egressDeny: [{ toEntities: ['kube-apiserver'] }] })],
    allow: web({ egress: [{ toEntities: ['kube-apiserver'], toPorts: [tcp('6443')] }] }),
  },
  {
    name: 'everything under a deny of everything',
    denies: [deny({ egressDeny: [{ toEntities: ['all'], toPorts: [tcp('25')] }] })],
    allow: web({ egress: [{ toPorts: [tcp('25')] }] }),
  },
];

describe('dead for good', () => {
  for (const { name, denies, allow } of dead) {
    for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
      test(`${name} (${version})`, () => {
        const decision = submit(storeWith([...team, ...denies], version), allow);
        assert.equal(finding(decision, 'dead-allow').severity, 'violation');
        assert.equal(decision.verdict, 'deny', JSON.stringify(decision.replayMismatches));
      });
    }
  }
});

const alive: readonly { name: string; denies: readonly Json[]; allow: Json }[] = [
  {
    name: 'a prefix around the denied one',
    denies: [deny({ egressDeny: [{ toCIDR: [METADATA] }] })],
    allow: web({ egress: [{ toCIDR: ['169.254.0.0/16'] }] }),
  },
  {
    name: 'a port beside the denied ones',
    denies: [deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [tcp('80')] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA], toPorts: [tcp('81')] }] }),
  },
  {
    name: 'every protocol under denies of TCP, UDP and SCTP, which leave ICMP',
    denies: [
      deny({
        egressDeny: [
          {
            toCIDR: [METADATA],
            toPorts: [{ ports: ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ port: '0', protocol })) }],
          },
        ],
      }),
    ],
    allow: web({ egress: [{ toCIDR: [METADATA] }] }),
  },
  {
    name: 'a prefix under a deny of a group that may have it today',
    denies: [deny({ egressDeny: [{ toCIDRSet: [{ cidrGroupRef: 'partners' }] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA] }] }),
  },
  {
    name: 'a group under a deny of the prefix that it may have today',
    denies: [deny({ egressDeny: [{ toCIDR: [METADATA] }] })],
    allow: web({ egress: [{ toCIDRSet: [{ cidrGroupRef: 'partners' }] }] }),
  },
  {
    name: 'a port that a deny may have under a name',
    denies: [deny({ egressDeny: [{ toCIDR: [METADATA], toPorts: [tcp('http')] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA], toPorts: [tcp('80')] }] }),
  },
  {
    name: 'pods that the deny does not select',
    denies: [deny({ endpointSelector: app('db'), egressDeny: [{ toCIDR: [METADATA] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA] }] }),
  },
  {
    name: 'a deny of the other direction',
    denies: [deny({ ingressDeny: [{ fromCIDR: [METADATA] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA] }] }),
  },
  {
    name: 'a deny in a namespaced policy',
    denies: [policy('team-a/own', { endpointSelector: {}, egressDeny: [{ toCIDR: [METADATA] }] })],
    allow: web({ egress: [{ toCIDR: [METADATA] }] }),
  },
  {
    name: 'pods under a deny of every address',
    denies: [deny({ egressDeny: [{ toCIDR: ['0.0.0.0/0'] }] })],
    allow: web({ egress: [{ toEndpoints: [app('db')] }] }),
  },
];

describe('alive', () => {
  for (const { name, denies, allow } of alive) {
    test(name, () => {
      const decision = submit(withDenies(...denies), allow);
      assert.equal(decision.verdict, 'allow');
      assert.deepEqual(findings(decision, 'dead-allow'), []);
    });
  }
});

describe('a NetworkPolicy', () => {
  const denyDatabase = deny({ ingressDeny: [{ fromEndpoints: [app('crawler')] }] });

  test('is judged like a CiliumNetworkPolicy', () => {
    const spec = { podSelector: {}, ingress: [{ from: [{ podSelector: app('crawler') }] }] };
    const decision = submit(withDenies(denyDatabase), policy('team-a/np', spec, 'NetworkPolicy'));
    assert.equal(finding(decision, 'dead-allow').field, 'spec.ingress[0].from[0]');
    assert.equal(decision.verdict, 'deny');
  });

  test('loses the dead peer and keeps the others of the same rule', () => {
    const from = [{ podSelector: app('web') }, { podSelector: app('crawler') }];
    const raw = policy('team-a/np', { podSelector: {}, ingress: [{ from }] }, 'NetworkPolicy');
    const { fix } = finding(submit(withDenies(denyDatabase), raw), 'dead-allow');
    assert.ok(fix?.kind === 'patch');
    assert.deepEqual(fix.patch, [{ op: 'remove', path: '/spec/ingress/0/from/1' }]);
  });

  test('with a dead ipBlock beside a living one is advised of it', () => {
    const to = [METADATA, '203.0.113.0/24'].map((cidr) => ({ ipBlock: { cidr } }));
    const raw = policy('team-a/np', { podSelector: {}, egress: [{ to }] }, 'NetworkPolicy');
    const decision = submit(withDenies(deny({ egressDeny: [{ toCIDR: [METADATA] }] })), raw);
    assert.equal(finding(decision, 'dead-allow').severity, 'advice');
  });

  test('keeps isolating once its dead rule is taken out', () => {
    const spec = {
      podSelector: {},
      policyTypes: ['Egress'],
      ingress: [{ from: [{ podSelector: app('crawler') }] }],
      egress: [],
    };
    const raw = policy('team-a/np', spec, 'NetworkPolicy');
    const { fix } = finding(submit(withDenies(denyDatabase), raw), 'dead-allow');
    assert.ok(fix?.kind === 'patch');
    assert.deepEqual(fix.patch, [
      { op: 'remove', path: '/spec/ingress/0' },
      { op: 'add', path: '/spec/policyTypes', value: ['Egress', 'Ingress'] },
    ]);
  });
});

describe('the finding', () => {
  const denyMetadata = deny({ egressDeny: [{ toCIDR: [METADATA] }] }, 'deny-metadata');

  test('names the item, the port and the rules that deny', () => {
    const allow = web({ egress: [{}, { toCIDR: [METADATA], toPorts: [tcp('80', '443')] }] });
    const found = findings(submit(withDenies(denyMetadata), allow), 'dead-allow');
    assert.deepEqual(
      found.map(({ facts }) => facts),
      [80, 443].map((port) => ({ direction: 'egress', protocol: 'TCP', port })),
    );
    const place = {
      object: { kind: 'CiliumClusterwideNetworkPolicy', name: 'deny-metadata' },
      field: 'spec.egressDeny[0]',
    };
    for (const { field, causes } of found) assert.deepEqual([field, causes], ['spec.egress[1].toCIDR[0]', [place]]);
  });

  test('has a witness between a pod of its own and the peer', () => {
    const { witness } = finding(
      submit(withDenies(denyMetadata), web({ egress: [{ toCIDR: [METADATA] }] })),
      'dead-allow',
    );
    assert.ok(witness?.source.kind === 'endpoint');
    assert.equal(witness.source.pod, 'team-a/web-0');
    assert.deepEqual(witness.destination, { kind: 'address', address: '169.254.169.254' });
  });

  test('makes up a peer in another namespace from what the policy says, whoever is there', () => {
    const crawler = { matchLabels: { app: 'crawler', 'k8s:io.kubernetes.pod.namespace': 'team-b' } };
    const store = storeWith([
      ...team,
      namespace('team-b', { secret: 'plans' }),
      pod('team-b/crawler-7', { app: 'crawler', tier: 'hidden' }),
      deny({ ingressDeny: [{ fromEndpoints: [app('crawler')] }] }),
    ]);
    const decision = submit(store, web({ ingress: [{ fromEndpoints: [crawler] }] }));
    assert.equal(decision.verdict, 'deny');
    assert.doesNotMatch(JSON.stringify(decision), /crawler-7|hidden|plans|secret/);
  });

  test('says how many pods stay open if a policy is refused that would have isolated them', () => {
    const refused = web({ ingress: [{}], egress: [{ toCIDR: [METADATA] }] });
    const { message } = finding(submit(withDenies(denyMetadata), refused), 'dead-allow');
    assert.match(message, /until the policy is stored, 1 pod that it would isolate stays open/);
    const isolated = policy('team-a/all', { endpointSelector: {}, ingress: [{}], egress: [{}] });
    const again = finding(submit(withDenies(denyMetadata, isolated), refused), 'dead-allow');
    assert.doesNotMatch(again.message, /open/);
  });

  test('is advice for a dead prefix in a list with living ones', () => {
    const decision = submit(withDenies(denyMetadata), web({ egress: [{ toCIDR: [METADATA, '203.0.113.0/24'] }] }));
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'dead-allow').severity, 'advice');
  });

  test('is a violation for a list in which every prefix is dead', () => {
    const denyBoth = deny({ egressDeny: [{ toCIDR: [METADATA, '10.0.0.0/8'] }] });
    const decision = submit(withDenies(denyBoth), web({ egress: [{ toCIDR: [METADATA, '10.1.0.0/16'] }] }));
    assert.deepEqual(
      findings(decision, 'dead-allow').map(({ severity }) => severity),
      ['violation', 'violation'],
    );
  });

  test('does not exist where no policy is enforced', () => {
    const store = storeWith([ciliumConfig({ 'enable-policy': 'never' }), ...team, denyMetadata]);
    assert.deepEqual(submit(store, web({ egress: [{ toCIDR: [METADATA] }] })).findings, []);
  });

  test('is about an allow with HTTP rules as about any other', () => {
    const rule = { toCIDR: [METADATA], toPorts: [{ ...tcp('80'), rules: { http: [{ path: '/' }] } }] };
    const decision = submit(withDenies(denyMetadata), web({ egress: [rule] }));
    assert.equal(decision.verdict, 'deny');
    assert.deepEqual(decision.unknowns, []);
  });

  test('does not rest on a deny that is not modelled, and that is said', () => {
    const partly = deny({ endpointSelector: app('web'), egressDeny: [{ toGroups: [{ aws: { region: 'x' } }] }] });
    const decision = submit(withDenies(partly), web({ egress: [{ toCIDR: [METADATA] }] }));
    assert.deepEqual(decision.findings, []);
    assert.match(decision.unknowns[0]?.reason ?? '', /the model does not cover groups/);
  });
});

describe('an update', () => {
  const denyTwo = deny({ egressDeny: [{ toCIDR: [METADATA, '10.0.0.0/8'] }] });
  const old = web({ egress: [{ toCIDR: [METADATA] }, { toEndpoints: [app('db')] }] });

  function update(after: Json) {
    return submit(storeWith([...team, denyTwo, old]), after, { before: old });
  }

  test('of a policy whose dead allow was there before is advice', () => {
    const decision = update(web({ egress: [{ toEndpoints: [app('cache')] }, { toCIDR: [METADATA] }] }));
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'dead-allow').severity, 'advice');
  });

  test('that adds a dead allow is denied for that one', () => {
    const decision = update(web({ egress: [{ toCIDR: ['10.1.0.0/16'] }, { toCIDR: [METADATA] }] }));
    assert.deepEqual(
      findings(decision, 'dead-allow').map(({ severity, field }) => [severity, field]),
      [
        ['violation', 'spec.egress[0].toCIDR[0]'],
        ['advice', 'spec.egress[1].toCIDR[0]'],
      ],
    );
  });

  test('that puts one dead allow in the place of another is admitted: there are not more of them', () => {
    assert.equal(update(web({ egress: [{ toCIDR: ['10.1.0.0/16'] }] })).verdict, 'allow');
  });

  test('is measured against the old object as it was sent, when the model lags behind', () => {
    const decision = submit(storeWith([...team, denyTwo]), old, {
      before: web({ ...{ egress: [{ toCIDR: [METADATA] }] } }),
    });
    assert.equal(decision.verdict, 'allow');
  });
});

describe('the fix', () => {
  const denyMetadata = deny({
    egressDeny: [{ toCIDR: [METADATA] }],
    ingressDeny: [{ fromEndpoints: [app('crawler')] }],
  });

  function fixOf(
    raw: Json,
    denies: readonly Json[] = [denyMetadata],
  ): { readonly patch: unknown; readonly after: Json } {
    const store = withDenies(...denies);
    const { fix } = findings(submit(store, raw), 'dead-allow')[0] ?? {};
    assert.ok(fix?.kind === 'patch', JSON.stringify(fix));
    const revised = submissionOf(raw).revise(fix.patch);
    assert.ok(revised.ok && revised.value.change.op === 'create');
    return { patch: fix.patch, after: revised.value.change.after as unknown as Json };
  }

  test('takes the dead item out of a list that keeps others', () => {
    const { patch } = fixOf(web({ ingress: [{ fromEndpoints: [app('crawler'), app('db')] }] }));
    assert.deepEqual(patch, [{ op: 'remove', path: '/spec/ingress/0/fromEndpoints/0' }]);
  });

  test('takes the rule out where others are left', () => {
    const { patch } = fixOf(web({ egress: [{ toCIDR: [METADATA] }, { toEndpoints: [app('db')] }] }));
    assert.deepEqual(patch, [{ op: 'remove', path: '/spec/egress/0' }]);
  });

  test('leaves an empty rule where it was the last one, so that default deny stays', () => {
    const { patch } = fixOf(web({ egress: [{ toCIDR: [METADATA] }] }));
    assert.deepEqual(patch, [{ op: 'replace', path: '/spec/egress/0', value: {} }]);
  });

  test('speaks of default deny only where the rule switches it on', () => {
    const textOf = (spec: Json): string | undefined => {
      const raw = web({ egress: [{ toCIDR: [METADATA] }], ...spec });
      return finding(submit(withDenies(denyMetadata), raw), 'dead-allow').fix?.text;
    };
    assert.equal(textOf({}), 'replace spec.egress[0] by an empty rule, which keeps default deny');
    assert.equal(textOf({ enableDefaultDeny: { egress: false } }), 'replace spec.egress[0] by an empty rule');
  });

  test('takes a port out on which every peer is dead', () => {
    const deny25 = deny({ egressDeny: [{ toEntities: ['all'], toPorts: [tcp('25')] }] });
    const rule = { toEndpoints: [app('db'), app('mail')], toPorts: [tcp('25'), tcp('443')] };
    assert.deepEqual(fixOf(web({ egress: [rule] }), [deny25]).patch, [
      { op: 'remove', path: '/spec/egress/0/toPorts/0' },
    ]);
  });

  test('takes out everything that is dead at once, from the last to the first', () => {
    const raw = web({
      ingress: [{ fromEndpoints: [app('crawler'), app('db')] }, { fromEndpoints: [app('db'), app('crawler')] }],
      egress: [{ toCIDR: [METADATA] }, { toEndpoints: [app('db')] }],
    });
    assert.deepEqual(fixOf(raw).patch, [
      { op: 'remove', path: '/spec/ingress/1/fromEndpoints/1' },
      { op: 'remove', path: '/spec/ingress/0/fromEndpoints/0' },
      { op: 'remove', path: '/spec/egress/0' },
    ]);
  });

  test('is words where a rule would have to be split', () => {
    const deny25 = deny({ egressDeny: [{ toEndpoints: [app('mail')], toPorts: [tcp('25')] }] });
    const rule = { toEndpoints: [app('db'), app('mail')], toPorts: [tcp('25', '443')] };
    const decision = submit(withDenies(deny25), web({ egress: [rule] }));
    assert.equal(finding(decision, 'dead-allow').fix?.kind, 'words');
  });
});

test('the decoded form of a policy is left as it was by a review', () => {
  const raw = web({ egress: [{ toCIDR: [METADATA] }] });
  const before = JSON.stringify(decoded(raw));
  submit(withDenies(deny({ egressDeny: [{ toCIDR: [METADATA] }] })), raw);
  assert.equal(JSON.stringify(decoded(raw)), before);
});
