/**
 * What is told at admission, what to who asks with a file, and what denies.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CheckSettings } from '../../../../src/checks/settings.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import { admit } from '../../../../src/review/admit.ts';
import { audit } from '../../../../src/review/audit.ts';
import type { Decision } from '../../../../src/review/results.ts';
import {
  ciliumConfig,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { finding, settingsWith, submissionOf, submit } from '../../../support/review.ts';

const team = [
  namespace('team-a'),
  pod('team-a/web-0', { app: 'web' }),
  namespace('team-b'),
  pod('team-b/db-0', { app: 'db' }),
];
const VIOLATION = settingsWith('enforce', { policyPitfalls: { failOpen: 'violation' } });

const tcp = (port: string, rest: Json = {}): Json => ({ ports: [{ port, protocol: 'TCP', ...rest }] });
const web = (spec: Json): Json => policy('team-a/web', { endpointSelector: { matchLabels: { app: 'web' } }, ...spec });
const FROM_ZERO = web({ ingress: [{ fromEndpoints: [{}], toPorts: [tcp('0', { endPort: 79 })] }] });
const NO_PORTS = web({ ingress: [{ fromEndpoints: [{}], toPorts: [{}] }] });
const PLAIN = web({ ingress: [{ fromEndpoints: [{}], toPorts: [tcp('80')] }] });

/** As an API server asks. */
function asked(
  store: ClusterStore,
  raw: Json,
  { before, settings = VIOLATION }: { before?: Json; settings?: CheckSettings } = {},
): Decision {
  const submission = { ...submissionOf(raw, before === undefined ? {} : { before }), origin: 'api-server' as const };
  return runToEnd(admit(store.view(), submission, { settings }));
}

function ids({ findings }: Pick<Decision, 'findings'>): readonly string[] {
  return findings.map(({ id }) => id);
}

describe('what opens more than it says', () => {
  test('is advice, and denied where failOpen says so', () => {
    const advice = asked(storeWith(team), FROM_ZERO, { settings: settingsWith('enforce') });
    assert.deepEqual([advice.verdict, finding(advice, 'port-zero-range').severity], ['allow', 'advice']);
    const violation = asked(storeWith(team), FROM_ZERO);
    assert.deepEqual([violation.verdict, finding(violation, 'port-zero-range').severity], ['deny', 'violation']);
    assert.equal(finding(violation, 'port-zero-range').certainty, 'exact');
  });

  test('has a flow that shows it, of the pods of the author alone', () => {
    const { witness, facts } = finding(asked(storeWith(team), FROM_ZERO), 'port-zero-range');
    assert.deepEqual(facts, { effect: 'opens', reason: 'every-port', direction: 'ingress', verdict: 'allow' });
    assert.ok(witness?.destination.kind === 'endpoint' && witness.destination.pod === 'team-a/web-0');
    assert.deepEqual([witness.protocol, witness.port], [6, 80]);
  });

  test('is advice where the version before had it, wherever it stands now', () => {
    const moved = web({
      ingress: [
        { fromEndpoints: [{}], toPorts: [tcp('443')] },
        { fromEndpoints: [{}], toPorts: [tcp('0', { endPort: 79 })] },
      ],
    });
    const decision = asked(storeWith([...team, FROM_ZERO]), moved, { before: FROM_ZERO });
    assert.deepEqual([decision.verdict, finding(decision, 'port-zero-range').severity], ['allow', 'advice']);
  });

  test('is advice where another of the kind takes its place, and denied where one more comes', () => {
    const other = web({ ingress: [{ fromEndpoints: [{}], toPorts: [tcp('0', { endPort: 99 })] }] });
    assert.equal(asked(storeWith([...team, FROM_ZERO]), other, { before: FROM_ZERO }).verdict, 'allow');
    const more = web({
      ingress: [
        { fromEndpoints: [{}], toPorts: [tcp('0', { endPort: 79 })] },
        { fromEntities: ['world'], toPorts: [tcp('0', { endPort: 99 })] },
      ],
    });
    assert.equal(asked(storeWith([...team, FROM_ZERO]), more, { before: FROM_ZERO }).verdict, 'deny');
  });

  test('is none where the policy says the same in so many words', () => {
    const open = web({
      ingress: [
        { fromEndpoints: [{}], toPorts: [tcp('0', { endPort: 79 })] },
        { fromEndpoints: [{}], toPorts: [tcp('0')] },
      ],
    });
    assert.deepEqual(ids(asked(storeWith(team), open)), []);
  });

  test('is none where a deny of the policy takes it', () => {
    const denied = web({
      ingress: [{ fromEndpoints: [{}], toPorts: [tcp('0', { endPort: 79 })] }],
      ingressDeny: [{ fromEntities: ['all'], toPorts: [tcp('80', { endPort: 65535 })] }],
    });
    assert.deepEqual(ids(asked(storeWith(team), denied)), []);
  });

  test('is a deny that takes less, too', () => {
    const deny = clusterwidePolicy('deny', {
      endpointSelector: {},
      ingressDeny: [{ fromEndpoints: [{}], toPorts: [{}] }],
    });
    const { facts, severity } = finding(asked(storeWith(team), deny), 'empty-ports');
    assert.deepEqual([facts['effect'], facts['verdict'], severity], ['opens', 'deny', 'violation']);
  });
});

describe('what closes more than it says', () => {
  test('is told to who asks with a file, and to nobody else', () => {
    assert.deepEqual(ids(asked(storeWith(team), NO_PORTS)), []);
    const checked = submit(storeWith(team), NO_PORTS, { settings: VIOLATION });
    assert.deepEqual([checked.verdict, finding(checked, 'empty-ports').severity], ['allow', 'advice']);
    const { findings } = runToEnd(audit(storeWith([...team, NO_PORTS]).view(), VIOLATION));
    assert.deepEqual(ids({ findings }), ['empty-ports']);
  });

  test('is a deny that takes more, too', () => {
    const deny = web({ ingressDeny: [{ fromEndpoints: [{}], toPorts: [tcp('0', { endPort: 79 })] }] });
    assert.deepEqual(ids(asked(storeWith(team), deny)), []);
    assert.equal(finding(submit(storeWith(team), deny), 'port-zero-range').facts['effect'], 'closes');
  });
});

describe('nothing is told', () => {
  const silent: readonly (readonly [string, Json])[] = [
    ['of a plain policy', PLAIN],
    [
      'of every port, from 0 to the last',
      web({ ingress: [{ fromEndpoints: [{}], toPorts: [tcp('0', { endPort: 65535 })] }] }),
    ],
    ['of default deny, written as an empty list', web({ ingress: [{ fromEndpoints: [] }] })],
    ['of default deny, written as an empty rule', web({ ingress: [{}] })],
    ['of a range of one port', web({ ingress: [{ fromEndpoints: [{}], toPorts: [tcp('80', { endPort: 80 })] }] })],
    [
      'of a namespace that is the own one',
      policy('team-a/p', {
        endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'team-a' } },
        ingress: [{}],
      }),
    ],
    [
      'of everything but the host',
      web({
        ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: 'reserved:host', operator: 'DoesNotExist' }] }] }],
      }),
    ],
  ];
  for (const [what, raw] of silent) {
    for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
      test(`${what} (${version})`, () => assert.deepEqual(ids(submit(storeWith(team, version), raw)), []));
    }
  }

  test('of system namespaces in an audit', () => {
    const objects = [
      namespace('kube-system'),
      policy('kube-system/p', { endpointSelector: {}, ingress: [{ toPorts: [{}] }] }),
    ];
    assert.deepEqual(runToEnd(audit(storeWith(objects).view(), VIOLATION)).findings, []);
  });

  test('of Services that nobody has listed', () => {
    const services = web({
      egress: [{ toServices: [{ k8sService: { serviceName: 'x', namespace: 'team-a' } }], toPorts: [tcp('80')] }],
    });
    assert.deepEqual(ids(submit(storeWith(team), services)), []);
  });
});

describe('a subject', () => {
  test('of another namespace selects nothing, or pods of the own one', () => {
    const named = (key: string): Json =>
      policy('team-a/p', { endpointSelector: { matchLabels: { [key]: 'team-b' } }, ingress: [{}] });
    const replaced = finding(
      submit(storeWith(team), named('k8s:io.kubernetes.pod.namespace')),
      'foreign-namespace-subject',
    );
    assert.deepEqual([replaced.facts['reason'], replaced.facts['selected']], ['own-namespace', 1]);
    const joined = finding(submit(storeWith(team), named('io.kubernetes.pod.namespace')), 'foreign-namespace-subject');
    assert.deepEqual([joined.facts['reason'], joined.facts['selected']], ['nothing', 0]);
  });

  test('with a label that the filter drops selects nothing, however many pods have it', () => {
    const labelled = [...team, pod('team-a/x', { tier: 'front' })];
    const raw = policy('team-a/p', { endpointSelector: { matchLabels: { tier: 'front' } }, ingress: [{}] });
    const dropping = ciliumConfig({ labels: '!tier' });
    const { facts } = finding(submit(storeWith([dropping, ...labelled]), raw), 'filtered-label');
    assert.deepEqual([facts['pods'], facts['selected']], [1, 0]);
    assert.deepEqual(ids(submit(storeWith(labelled), raw)), []);
  });
});

test('a mesh of rules that all may have a pitfall is left at a bound, which is said', () => {
  const many = web({
    ingress: Array.from({ length: 600 }, (_, index) => ({
      fromEndpoints: [{}],
      toPorts: [tcp('0', { endPort: 1 + index })],
    })),
  });
  const decision = asked(storeWith(team), many, { settings: settingsWith('audit') });
  assert.ok(decision.unknowns.some(({ unfinished }) => unfinished === 'size'));
});
