/**
 * Denies of clusterwide policies beside ClusterNetworkPolicies: what the Admin tier decides, no namespaced allow changes.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ciliumConfig,
  clusterNetworkPolicy,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { METADATA } from '../../../support/team-a.ts';
import { finding, findings, submit } from '../../../support/review.ts';

const ON = ciliumConfig({ 'enable-k8s-cluster-network-policy': 'true' });
const TEAMS = [namespace('team-a'), namespace('team-b'), pod('team-a/web-0', { app: 'web' })];

const DENY_METADATA = clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: [METADATA] }] });

/** Policy `team-a/web`, which lets its pods reach the metadata service. */
const TO_METADATA = policy('team-a/web', { endpointSelector: {}, egress: [{ toCIDR: [METADATA] }] });

function egress(name: string, action: string, to: Json, spec: Json = {}): Json {
  return clusterNetworkPolicy(name, { egress: [{ action, to: [to] }], ...spec });
}

function judged(policies: readonly Json[], submitted: Json = TO_METADATA, config = ON) {
  return submit(storeWith([config, ...TEAMS, ...policies]), submitted);
}

const ACCEPT_METADATA = egress('accept', 'Accept', { networks: [METADATA] });

const DEAD: readonly { readonly name: string; readonly policies: readonly Json[] }[] = [
  { name: 'under a deny of the Admin tier', policies: [egress('deny', 'Deny', { networks: [METADATA] })] },
  {
    name: 'under a clusterwide deny, beside an accept of other addresses',
    policies: [DENY_METADATA, egress('accept', 'Accept', { networks: ['10.0.0.0/8'] })],
  },
  {
    name: 'under a clusterwide deny, beside an accept of the Baseline tier',
    policies: [DENY_METADATA, egress('accept', 'Accept', { networks: [METADATA] }, { tier: 'Baseline' })],
  },
  {
    name: 'under a clusterwide deny, beside an accept for pods of another namespace',
    policies: [
      DENY_METADATA,
      egress(
        'accept',
        'Accept',
        { networks: [METADATA] },
        { subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'team-b' } } } },
      ),
    ],
  },
  {
    name: 'under a deny of the Admin tier, before an accept of it',
    policies: [
      egress('deny', 'Deny', { networks: [METADATA] }, { priority: 1 }),
      egress('accept', 'Accept', { networks: [METADATA] }, { priority: 2 }),
    ],
  },
  {
    name: 'under a deny of the Admin tier, at the priority of an accept of it',
    policies: [egress('deny', 'Deny', { networks: [METADATA] }), ACCEPT_METADATA],
  },
  {
    name: 'under a deny for a peer that no agent knows',
    policies: [egress('deny', 'Deny', { services: {} })],
  },
];

describe('an allow is dead', () => {
  for (const { name, policies } of DEAD) {
    test(name, () => {
      const decision = judged(policies);
      assert.equal(finding(decision, 'dead-allow').severity, 'violation');
      assert.equal(finding(decision, 'dead-allow').certainty, 'exact');
      assert.deepEqual(decision.replayMismatches, []);
      assert.equal(decision.verdict, 'deny');
    });
  }

  test('and the finding names the rule of the Admin tier', () => {
    const [cause] = finding(judged([egress('guard', 'Deny', { networks: [METADATA] })]), 'dead-allow').causes;
    assert.deepEqual(cause, {
      object: { kind: 'ClusterNetworkPolicy', name: 'guard' },
      field: 'spec.egress[0]',
    });
  });

  test('under a deny of the Admin tier at the other end of the flow', () => {
    const db = { pods: { podSelector: { matchLabels: { app: 'db' } } } };
    const guard = clusterNetworkPolicy('guard', {
      subject: db,
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
    });
    const allow = policy('team-a/web', {
      endpointSelector: {},
      egress: [{ toEndpoints: [{ matchLabels: { app: 'db' } }] }],
    });
    assert.equal(finding(judged([guard], allow), 'dead-allow').severity, 'violation');
  });
});

const ALIVE: readonly { readonly name: string; readonly policies: readonly Json[] }[] = [
  {
    name: 'an accept of the Admin tier gives what a clusterwide policy denies',
    policies: [DENY_METADATA, ACCEPT_METADATA],
  },
  {
    name: 'an accept of the Admin tier comes before a deny of it',
    policies: [
      egress('accept', 'Accept', { networks: [METADATA] }, { priority: 1 }),
      egress('deny', 'Deny', { networks: [METADATA] }, { priority: 2 }),
    ],
  },
  {
    name: 'an element that accepts comes before one of its policy that denies',
    policies: [
      clusterNetworkPolicy('both', {
        egress: [
          { action: 'Accept', to: [{ networks: [METADATA] }] },
          { action: 'Deny', to: [{ networks: ['169.254.0.0/16'] }] },
        ],
      }),
    ],
  },
  {
    name: 'the Baseline tier denies',
    policies: [egress('deny', 'Deny', { networks: [METADATA] }, { tier: 'Baseline' })],
  },
];

describe('nothing is said of an allow where', () => {
  for (const { name, policies } of ALIVE) {
    test(name, () => {
      const decision = judged(policies);
      assert.deepEqual([decision.verdict, decision.findings, decision.unknowns], ['allow', [], []]);
    });
  }

  test('agents do not read the kind', () => {
    const decision = judged([egress('deny', 'Deny', { networks: [METADATA] })], TO_METADATA, ciliumConfig({}));
    assert.deepEqual([decision.verdict, decision.findings, decision.unknowns], ['allow', [], []]);
  });
});

const UNKNOWN: readonly { readonly name: string; readonly policies: readonly Json[]; readonly by: string }[] = [
  {
    name: 'an accept may give part of what is denied',
    policies: [DENY_METADATA, egress('accept', 'Accept', { networks: [METADATA] }, { egress: acceptOn(80) })],
    by: 'ClusterNetworkPolicy accept spec.egress[0]',
  },
  {
    name: 'a Pass may let part of it through',
    policies: [
      egress('deny', 'Deny', { networks: [METADATA] }, { priority: 2 }),
      egress('pass', 'Pass', { networks: [METADATA] }),
    ],
    by: 'ClusterNetworkPolicy pass spec.egress[0]',
  },
];

function acceptOn(number: number): readonly Json[] {
  return [{ action: 'Accept', to: [{ networks: [METADATA] }], protocols: [{ tcp: { destinationPort: { number } } }] }];
}

describe('nothing is denied, and that is said, where', () => {
  for (const { name, policies, by } of UNKNOWN) {
    test(name, () => {
      const decision = judged(policies);
      assert.equal(decision.verdict, 'allow');
      assert.deepEqual(findings(decision, 'dead-allow'), []);
      const [told] = decision.unknowns.filter(({ reason }) => reason.includes(' may let through what '));
      assert.deepEqual([told?.reason.split(' may let ')[0], told?.path], [by, 'spec.egress[0].toCIDR[0]']);
    });
  }

  test('once for all ports of a rule', () => {
    const ports = ['80', '81', '82'].map((port) => ({ port, protocol: 'TCP' }));
    const allow = policy('team-a/web', {
      endpointSelector: {},
      egress: [{ toCIDR: [METADATA], toPorts: [{ ports }] }],
    });
    const accept = clusterNetworkPolicy('accept', {
      egress: [{ action: 'Accept', to: [{ networks: [METADATA] }], protocols: [{ destinationNamedPort: 'web' }] }],
    });
    const decision = judged([DENY_METADATA, accept], allow);
    assert.equal(decision.unknowns.filter(({ reason }) => reason.includes(' may let through what ')).length, 1);
  });
});
