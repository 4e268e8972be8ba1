import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { admit } from '../../../../src/review/admit.ts';
import { Admissions } from '../../../../src/review/ledger/admissions.ts';
import type { Decision } from '../../../../src/review/results.ts';
import { identityIn, ownerRef, replicaSet, workload } from '../../../support/churn.ts';
import { filledStore } from '../../../support/full-range.ts';
import {
  ciliumConfig,
  clusterwidePolicy,
  decoded,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { ENFORCE, finding, findings, settingsWith, submissionOf, submit } from '../../../support/review.ts';

describe('relabel-pod', () => {
  const before = pod('ci/a', { app: 'job' });
  const model = [namespace('ci'), identityIn('ci', 900, { app: 'job' }), before];

  test('a new label on a running pod that mints an identity is advice, with the identity before', () => {
    const decision = submit(storeWith(model), pod('ci/a', { app: 'job', debug: 'yes' }), { before });
    assert.equal(decision.verdict, 'allow');
    const { facts, severity } = finding(decision, 'relabel-pod');
    assert.deepEqual([facts, severity], [{ identityBefore: 900, identityAfter: 'new' }, 'advice']);
  });

  test('a label that gives an identity that exists is nothing to say', () => {
    const store = storeWith([...model, identityIn('ci', 901, { app: 'job', debug: 'yes' })]);
    assert.deepEqual(submit(store, pod('ci/a', { app: 'job', debug: 'yes' }), { before }).findings, []);
  });

  test('a label that the filter drops is nothing to say', () => {
    const after = pod('ci/a', { app: 'job', 'pod-template-hash': 'x' });
    assert.deepEqual(submit(storeWith(model), after, { before }).findings, []);
  });
});

describe('relabels of pods, one after the other', () => {
  const owner = workload('Deployment', 'ci/web', { app: 'web' });
  const set = replicaSet('ci/web-1', { app: 'web' }, 'ci/web');
  const owners = { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/web-1')] } };
  const original = pod('ci/a', { app: 'web' }, owners);

  function relabelling(objects: readonly Json[] = [original]) {
    const store = storeWith([namespace('ci'), owner, set, ...objects]);
    const clock = { now: 0 };
    let next = 1000;
    const ledger = new Admissions({ clock: () => clock.now });
    const relabel = (before: Json, after: Json): Decision => {
      const decision = runToEnd(admit(store.view(), submissionOf(after, { before }), { settings: ENFORCE, ledger }));
      ledger.charge(decision.charge);
      if (decision.verdict === 'deny') return decision;
      // An agent makes the identity, which stays when the pod has another one.
      const { labels } = after['metadata'] as { readonly labels: Readonly<Record<string, string>> };
      const identity = identityIn('ci', (next += 1), labels);
      for (const raw of [identity, after]) ledger.observe(store.apply({ type: 'upsert', object: decoded(raw) }));
      return decision;
    };
    return { clock, relabel };
  }

  const turned = (turn: number): Json => pod('ci/a', { app: 'web', turn: `${turn}` }, owners);

  test('a loop is stopped at the sixth identity of one pod within ten minutes, stored owner or not', () => {
    const { clock, relabel } = relabelling();
    let before = original;
    for (let turn = 1; turn <= 5; turn += 1) {
      const decision = relabel(before, turned(turn));
      assert.equal(decision.verdict, 'allow');
      before = turned(turn);
    }
    const decision = relabel(before, turned(6));
    assert.equal(decision.verdict, 'deny');
    const { message, fix, facts } = finding(decision, 'relabel-pod');
    assert.match(message, /; relabels would then have given this pod 6 new identities within ten minutes \(limit 5\)$/);
    assert.match(fix?.text ?? '', /^let what writes the label keep to one value/);
    assert.deepEqual(facts, { identityBefore: 1005, identityAfter: 'new' });
    clock.now += 600_000;
    assert.equal(relabel(before, turned(6)).verdict, 'allow');
  });

  test('a label that comes and goes costs two identities, however often', () => {
    const { relabel } = relabelling();
    for (let turn = 0; turn < 20; turn += 1) {
      assert.equal(relabel(original, turned(1)).verdict, 'allow');
      assert.equal(relabel(turned(1), original).verdict, 'allow');
    }
  });

  test('a tenant that relabels pod after pod is stopped once its bucket is empty', () => {
    const pods = Array.from({ length: 102 }, (_, index) => pod(`ci/p${index}`, { app: 'web' }, owners));
    const { clock, relabel } = relabelling(pods);
    const leader = (index: number): Json => pod(`ci/p${index}`, { app: 'web', leader: `${index}` }, owners);
    for (let index = 0; index < 100; index += 1) {
      assert.equal(relabel(pods[index] ?? original, leader(index)).verdict, 'allow');
    }
    const decision = relabel(pods[100] ?? original, leader(100));
    assert.equal(decision.verdict, 'deny');
    assert.match(finding(decision, 'relabel-pod').message, /more often than 100 times at once and 30 times a minute$/);
    clock.now += 2_000;
    assert.equal(relabel(pods[100] ?? original, leader(100)).verdict, 'allow');
  });

  test('the way back to what the owner gives is open', () => {
    const { relabel } = relabelling([turned(0)]);
    let before = turned(0);
    for (let turn = 1; turn <= 5; turn += 1) {
      relabel(before, turned(turn));
      before = turned(turn);
    }
    assert.equal(relabel(before, original).verdict, 'allow');
  });
});

describe('relabel-namespace', () => {
  const before = namespace('ci', { team: 'red' });
  const after = namespace('ci', { team: 'blue' });

  /** Identities with two pods each: one on `n1`, one on `n2`. */
  function pods(identities: number): readonly Json[] {
    return Array.from({ length: identities }, (_, index) => [
      pod(`ci/p${index}-1`, { app: `a${index}` }, { spec: { nodeName: 'n1' } }),
      pod(`ci/p${index}-2`, { app: `a${index}` }, { spec: { nodeName: 'n2' } }),
    ]).flat();
  }

  test('counts pods, identities, what nodes may mint at once, and what is left behind', () => {
    const decision = submit(storeWith([before, ...pods(21)]), after, { before });
    assert.equal(decision.verdict, 'allow');
    const { facts, severity } = finding(decision, 'relabel-namespace');
    assert.equal(severity, 'advice');
    assert.deepEqual(facts, {
      podsReidentified: 42,
      identitiesMinted: 21,
      identitiesMintedWorst: 42,
      identitiesOrphaned: 21,
      entriesGainedWorst: 0,
    });
  });

  test('the operator mints each key once', () => {
    const config = ciliumConfig({ 'identity-management-mode': 'operator' });
    const { facts } = finding(submit(storeWith([config, before, ...pods(21)]), after, { before }), 'relabel-namespace');
    assert.equal(facts['identitiesMintedWorst'], 21);
  });

  test('the map that grows most gains an entry for each identity and port that its peers select', () => {
    const selecting = policy('ci/open', {
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }],
    });
    const decision = submit(storeWith([before, selecting, ...pods(21)]), after, { before });
    assert.equal(finding(decision, 'relabel-namespace').facts['entriesGainedWorst'], 21);
  });

  test('pods that come into a class with a larger map gain what they did not have before', () => {
    const selecting = clusterwidePolicy('reach', {
      endpointSelector: { matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.team': 'blue' } },
      egress: [
        {
          toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'ci' } }],
          toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }],
        },
      ],
    });
    const decision = submit(storeWith([before, selecting, ...pods(21)]), after, { before });
    // 42 peers instead of the five wildcard entries of an egress without rules.
    assert.equal(finding(decision, 'relabel-namespace').facts['entriesGainedWorst'], 37);
  });

  test('20 identities and 100 pods are nothing to say', () => {
    assert.deepEqual(submit(storeWith([before, ...pods(20)]), after, { before }).findings, []);
  });

  test('a label that is no part of identities is nothing to say', () => {
    const config = ciliumConfig({ labels: '!io\\.cilium\\.k8s\\.namespace\\.labels\\.team$' });
    const store = storeWith([config, before, ...pods(21)]);
    assert.deepEqual(findings(submit(store, after, { before }), 'relabel-namespace'), []);
  });

  test('pods without an identity of their own do not count', () => {
    const host = Array.from({ length: 30 }, (_, index) =>
      pod(`ci/host-${index}`, { app: `h${index}` }, { spec: { hostNetwork: true } }),
    );
    assert.deepEqual(submit(storeWith([before, ...host]), after, { before }).findings, []);
  });

  describe('a violation', () => {
    const own = Array.from({ length: 3 }, (_, index) =>
      ['n1', 'n2'].map((nodeName) => pod(`ci/p${index}-${nodeName}`, { app: `own-${index}` }, { spec: { nodeName } })),
    ).flat();

    test('where more than 85 % of the range would be in use, with what each node may mint', () => {
      const [tight, full] = [27_626, 27_627].map((inUse) => filledStore(inUse, 10, before, ...own));
      assert.ok(tight !== undefined && full !== undefined);
      assert.deepEqual(submit(tight, after, { before }).verdict, 'allow');
      const decision = submit(full, after, { before });
      assert.equal(decision.verdict, 'deny');
      const { message, facts, fix } = finding(decision, 'relabel-namespace');
      assert.deepEqual([facts['identitiesMinted'], facts['identitiesMintedWorst']], [3, 6]);
      assert.match(
        message,
        /; at worst more than 27635 identities of the cluster would be in use, the limit for relabels$/,
      );
      assert.match(fix?.text ?? '', /^relabel fewer namespaces at once/);
    });

    test('where a budget of its tenant breaks', () => {
      const settings = settingsWith('enforce', { identityBudget: 2 });
      const decision = submit(storeWith([before, ...own]), after, { before, settings });
      assert.equal(decision.verdict, 'deny');
      assert.deepEqual(
        decision.findings.map(({ id, denies }) => [id, denies]),
        [
          ['identity-budget', true],
          ['relabel-namespace', true],
        ],
      );
      assert.match(finding(decision, 'relabel-namespace').message, /; namespace ci would have more than it may have$/);
    });

    test('never where nothing is minted', () => {
      const store = filledStore(29_000, 10, before);
      assert.deepEqual(submit(store, after, { before }).findings, []);
    });
  });
});
