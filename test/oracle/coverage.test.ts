/**
 * When a case counts as a test of what is believed of Cilium: cases that look as if they did do not.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Answer } from './ask.ts';
import type { Case } from './case.ts';
import { RowCoverage } from './coverage/rows.ts';
import type { Json } from './generate/json.ts';
import { ccnp, cnp } from './generate/staged-policy.ts';

const coverage = new RowCoverage();

interface Asked {
  readonly asked: Case;
  readonly answer: Answer;
}

function reaches({ asked, answer }: Asked, row: string): boolean {
  return coverage.rowsOf(asked, { answer }).includes(row);
}

const POD = { id: 1001, labels: { 'k8s:io.kubernetes.pod.namespace': 'a', 'k8s:app': 'web' } };

function world(policies: readonly Json[], more: Json = {}, answer: Answer = { mapEntries: 1 }): Asked {
  const asked = { identities: [POD], subject: 1001, policies, options: {}, ...more };
  return { asked: { cilium: '1.20.2', op: 'map', world: asked }, answer };
}

function filter(labelsConfig: string, more: Json = {}, answer: Answer = { ok: true, identityLabels: [] }): Asked {
  const input = [{ source: 'k8s', key: 'app', value: 'x' }];
  return { asked: { cilium: '1.20.2', op: 'filter', question: { labelsConfig, input, ...more } }, answer };
}

function pod(question: Json, answer: Answer): Asked {
  return { asked: { cilium: '1.18.8', op: 'identity', question }, answer: { ok: true, ...answer } };
}

const DB = { toEndpoints: [{ matchLabels: { app: 'db' } }] };
const CLIENT = { toEndpoints: [{ matchLabels: { app: 'client' } }] };
const HTTP = { http: [{ method: 'GET' }] };
const DNS = { dns: [{ matchPattern: '*' }] };

function redirect(to: Json, port: string, rules: Json): Json {
  return { ...to, toPorts: [{ ports: [{ port, protocol: 'TCP' }], rules }] };
}

function egress(...rules: readonly Json[]): Asked {
  return world([cnp({ egress: rules })]);
}

const EXCLUDED = { matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'NotIn', values: ['b'] }] };
const FLOW = { peer: 1002, direction: 'ingress', proto: 'TCP', port: 80 };

function decidedBy(...ids: readonly number[]): Asked {
  const entries = ids.map((id) => ({ dir: 'ingress', id, proto: 6, port: 80, plen: 16 }));
  return world([], { lookups: [FLOW] }, { entries });
}

const REFUSED = { ok: false, stage: 'config', error: 'no' };
const CASES: readonly (readonly [row: string, reached: Asked, missed: Asked])[] = [
  [
    '16 two parsers for two peers',
    egress(redirect(DB, '80', HTTP), redirect(CLIENT, '80', DNS)),
    egress(redirect(DB, '80', HTTP), redirect(CLIENT, '81', DNS)),
  ],
  [
    '16 two parsers for one peer fail the identity',
    world([], {}, { resolveError: 'cannot merge conflicting L7 parsers (http/dns)' }),
    world([], {}, { resolveError: 'No Certificate Manager set' }),
  ],
  [
    '4 a deny of everybody beside the host entry',
    world([cnp({ ingressDeny: [{ fromEntities: ['all'] }] })]),
    world([cnp({ egressDeny: [{ toEntities: ['all'] }] })]),
  ],
  [
    '1 a pod without policies',
    world([]),
    world([cnp({ endpointSelector: { matchLabels: { app: 'db' } }, egress: [{}] })]),
  ],
  [
    '18 CCNP deny, CNP allow',
    world([ccnp({ egressDeny: [DB] }), cnp({ egress: [DB] })]),
    world([ccnp({ egressDeny: [DB] }), cnp({ egress: [CLIENT] })]),
  ],
  [
    '17 an allow of all ports of a peer beside one of some',
    egress(DB, redirect(DB, '80', HTTP)),
    egress(DB, redirect(CLIENT, '80', HTTP)),
  ],
  [
    '5 exclusions that reach reserved identities and aggregates',
    world([cnp({ ingress: [{ fromEndpoints: [EXCLUDED] }] })], { options: { policyDefaultLocalCluster: false } }),
    world([cnp({ ingress: [{ fromEndpoints: [EXCLUDED] }] })]),
  ],
  [
    '23 toServices that do not resolve, with ports',
    egress(redirect({ toServices: [{ k8sService: { serviceName: 'nope' } }] }, '80', HTTP)),
    egress({ toServices: [{ k8sService: { serviceName: 'nope' } }] }),
  ],
  ['27 a flow that the aggregate of its peer decides', decidedBy(11, 1003), decidedBy(11, 1002)],
  ['27 a flow that the wildcard decides', decidedBy(0), decidedBy(0, 13, 11)],
  [
    '2 a bad expression stops the agent',
    filter('a(', {}, REFUSED),
    filter('a', { fixedIdentityMapping: { 5: 'x' } }, REFUSED),
  ],
  ['2 an empty remainder stops the agent', filter('k8s:', {}, REFUSED), filter('! a(', {}, REFUSED)],
  ['3 words between U+0085', filter('a\u0085b'), filter('a\u0085 b')],
  ['3 a comma is no separator', filter('app,team'), filter('a{1,3}')],
  ['5 a tie', filter('app !app'), filter('app !team')],
  [
    '6 excludes alone keep what no built-in include does',
    filter('!team', {}, { ok: true, identityLabels: ['k8s:app=x'] }),
    filter('!app'),
  ],
  [
    '7 keys of a file in any case',
    filter('', { labelPrefixFile: '{"Valid-Prefixes":[]}' }),
    filter('', { labelPrefixFile: '{"Valid-Prefixes":[]}' }, REFUSED),
  ],
  [
    '17 a well-known identity',
    pod({ wellKnownIdentities: true }, { reservedID: 112 }),
    pod({ wellKnownIdentities: true }, {}),
  ],
  [
    '12 one name twice',
    pod({ pod: { containers: [[{ name: 'a' }, { name: 'A' }]] } }, {}),
    pod({ pod: { containers: [[{}, {}]] } }, {}),
  ],
];

suite('a case counts for a belief', () => {
  for (const [row, reached, missed] of CASES) {
    test(`${row}: where the answer depends on it, and not where it only looks like it`, () => {
      assert.ok(reaches(reached, row));
      assert.ok(!reaches(missed, row));
    });
  }
});

test('coverage says which rows have too few cases, and why some have none', () => {
  const printed = new RowCoverage();
  for (const { asked, answer } of [world([]), world([])]) printed.add(asked, { kind: 'equal', answer, replayed: 0 });
  const lines = [...printed.lines()];
  assert.match(lines[0] ?? '', /^policy maps, .* how many of 2 worlds reached them; 1 are wanted$/);
  assert.ok(lines.includes('     2  1    a pod without policies'));
  assert.ok(lines.includes('     0  2    entity all  too few'));
  assert.ok(lines.some((line) => /^ {5}0 {2}26b {2}lockdown on overflow {2}not reachable: the endpoint/.test(line)));
});

test('what only 1.20 has is not asked of 1.18', () => {
  const printed = new RowCoverage();
  const { asked, answer } = world([]);
  printed.add({ ...asked, cilium: '1.18.8' }, { kind: 'equal', answer, replayed: 0 });
  const line = [...printed.lines()].find((one) => one.includes('the aggregate of its peer'));
  assert.match(line ?? '', /not reachable: there are no aggregates before 1\.20$/);
});
