import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { namespace, pod, storeWith, type Json } from '../../../support/objects.ts';
import { deny, web } from '../../../support/team-a.ts';
import { finding, settingsWith, submit } from '../../../support/review.ts';

const team = [
  namespace('team-a'),
  pod('team-a/web-0', { app: 'web' }),
  pod('team-a/db-0', { app: 'db', tier: 'back' }),
  pod('team-a/db-1', { app: 'db', tier: 'back' }),
];

const WARN = settingsWith('warn', { adviceAsWarning: new Set(['deny-contradiction']) });

describe('dead-today', () => {
  const denyBack = deny({ ingressDeny: [{ fromEndpoints: [{ matchLabels: { tier: 'back' } }] }] });
  const allow = web({ ingress: [{ fromEndpoints: [{ matchLabels: { app: 'db' } }] }] });

  test('an allow of which every identity that exists is denied is recorded and never shown', () => {
    const decision = submit(storeWith([...team, denyBack]), allow, { settings: WARN });
    const { severity, audience } = finding(decision, 'dead-today');
    assert.deepEqual([severity, audience], ['advice', 'platform']);
    assert.deepEqual(decision.warnings, []);
    assert.equal(decision.verdict, 'allow');
  });

  test('one identity that is not denied makes it a partial allow', () => {
    const store = storeWith([...team, pod('team-a/db-2', { app: 'db', tier: 'front' }), denyBack]);
    assert.equal(finding(submit(store, allow), 'partial-allow').audience, 'platform');
  });

  test('nothing that matches today and no proof is nothing to say', () => {
    const allowNobody = web({ ingress: [{ fromEndpoints: [{ matchLabels: { app: 'gone' } }] }] });
    assert.deepEqual(submit(storeWith([...team, denyBack]), allowNobody).findings, []);
  });

  test('a port that the deny leaves open is not denied', () => {
    const denyPort = deny({
      ingressDeny: [
        {
          fromEndpoints: [{ matchLabels: { tier: 'back' } }],
          toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }],
        },
      ],
    });
    const open = {
      fromEndpoints: [{ matchLabels: { app: 'db' } }],
      toPorts: [{ ports: [{ port: '81', protocol: 'TCP' }] }],
    };
    assert.deepEqual(submit(storeWith([...team, denyPort]), web({ ingress: [open] })).findings, []);
  });
});

describe('partial-allow', () => {
  const db = { toEndpoints: [{ matchLabels: { app: 'db' } }] };
  const denyPorts = (...ports: readonly Json[]) =>
    deny({ egressDeny: [{ toEntities: ['all'], toPorts: [{ ports }] }] });

  for (const [name, denied, allow, part] of [
    ['one port', [{ port: '80', protocol: 'TCP' }], db, 'TCP/80'],
    ['every port of a protocol', [{ port: '0', protocol: 'UDP' }], db, 'every port of UDP'],
    ['every port that there is', [{ port: '0' }], db, 'every port of TCP, every port of UDP, every port of SCTP'],
    ['one port of all that anybody has', [{ port: '80', protocol: 'TCP' }], { toEntities: ['all'] }, 'TCP/80'],
    [
      'one port of an interval',
      [{ port: '80', protocol: 'TCP' }],
      { ...db, toPorts: [{ ports: [{ port: '79', endPort: 81, protocol: 'TCP' }] }] },
      'TCP/80',
    ],
  ] as const) {
    test(`a deny of ${name} takes a part of an allow of more, and the part is named`, () => {
      const found = finding(
        submit(storeWith([...team, denyPorts(...denied)]), web({ egress: [allow] })),
        'partial-allow',
      );
      assert.ok(found.message.includes(`: ${part} is denied by`), found.message);
      assert.equal(found.audience, 'platform');
    });
  }

  test('a deny of ports and of some peers only is a part of which ports tell nothing wrong', () => {
    const denyBack = deny({
      ingressDeny: [
        { fromEndpoints: [{}], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] },
        { fromEndpoints: [{ matchLabels: { tier: 'back' } }] },
      ],
    });
    const store = storeWith([...team, pod('team-a/db-2', { app: 'db' }), denyBack]);
    const found = finding(
      submit(store, web({ ingress: [{ fromEndpoints: [{ matchLabels: { app: 'db' } }] }] })),
      'partial-allow',
    );
    assert.match(found.message, /part of what it matches is denied/);
  });

  test('a denied prefix inside a listed one is a warning that names it', () => {
    const denyInner = deny({ egressDeny: [{ toCIDR: ['10.1.2.0/24'] }] });
    const decision = submit(storeWith([...team, denyInner]), web({ egress: [{ toCIDR: ['10.1.0.0/16'] }] }), {
      settings: WARN,
    });
    assert.equal(finding(decision, 'partial-allow').field, 'spec.egress[0].toCIDR[0]');
    assert.match(decision.warnings.join(), /10\.1\.2\.0\/24/);
  });

  test('a denied prefix that the author excepted is nothing to say', () => {
    const denyInner = deny({ egressDeny: [{ toCIDR: ['10.1.2.0/24'] }] });
    const allow = web({ egress: [{ toCIDRSet: [{ cidr: '10.1.0.0/16', except: ['10.1.2.0/24'] }] }] });
    assert.deepEqual(submit(storeWith([...team, denyInner]), allow).findings, []);
  });

  test('a denied value of a list is a warning that names it', () => {
    const denyCrawler = deny({ ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: 'crawler' } }] }] });
    const peer = { matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'crawler'] }] };
    const decision = submit(storeWith([...team, denyCrawler]), web({ ingress: [{ fromEndpoints: [peer] }] }), {
      settings: WARN,
    });
    assert.match(decision.warnings.join(), /app=crawler/);
    assert.equal(decision.verdict, 'allow');
  });

  for (const [name, rule] of [
    ['the world', { toEntities: ['world'] }],
    ['everything', { toEntities: ['all'] }],
    ['every address', { toCIDR: ['0.0.0.0/0'] }],
  ] as const) {
    for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
      test(`a hole in ${name} is recorded and never shown (${version})`, () => {
        const denyMetadata = deny({ egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] });
        const store = storeWith([...team, denyMetadata], version);
        const decision = submit(store, web({ egress: [rule] }), { settings: WARN });
        assert.equal(finding(decision, 'partial-allow').audience, 'platform');
        assert.deepEqual(decision.warnings, []);
      });
    }
  }
});
