import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityIn } from '../../../support/churn.ts';
import {
  ciliumConfig,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { finding, findings, submit, submitChange } from '../../../support/review.ts';

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

  test('a binding whose labels mint an identity is advice, recorded, and never denied', () => {
    const decision = submitChange(storeWith(model, '1.18.6'), {
      op: 'bind',
      pod: { kind: 'Pod', namespace: 'ci', name: 'a' },
      labels: new Map([['topology.kubernetes.io/zone', 'z1']]),
    });
    assert.equal(decision.verdict, 'allow');
    assert.deepEqual(decision.warnings, []);
    assert.equal(finding(decision, 'relabel-pod').severity, 'advice');
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
});
