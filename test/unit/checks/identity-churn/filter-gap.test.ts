/**
 * Labels that a controller or Kubernetes itself adds are no author's fault: the platform is told how to leave them out.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityIn, job, ownerRef, unusedIdentities, workload } from '../../../support/churn.ts';
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

const KEYS = ['batch.kubernetes.io/job-name', 'job-name'];
const BOTH = String.raw`!batch\.kubernetes\.io/job-name$ !job-name$`;

function named(name: string, app = 'job') {
  return { app, 'job-name': name, 'batch.kubernetes.io/job-name': name };
}

/** 60 runs of one application that nobody uses any more. */
function runs(...others: readonly Json[]) {
  return storeWith([namespace('ci'), ...unusedIdentities(60, (index) => named(`j${index}`)), ...others]);
}

describe('in the place of label-churn', () => {
  test('the platform is told which value of labels leaves the labels of a controller out, and what it saves', () => {
    const decision = submit(runs(), job('ci/nightly', { app: 'job' }));
    assert.equal(decision.verdict, 'allow');
    assert.deepEqual(findings(decision, 'label-churn'), []);
    const { severity, audience, certainty, facts, fix, message, subject } = finding(decision, 'filter-gap');
    assert.deepEqual([severity, audience, certainty], ['advice', 'platform', 'exact']);
    // 60 of one application are one without the names of the jobs.
    assert.deepEqual(facts, { labels: KEYS, entry: BOTH, identitiesSaved: 59 });
    assert.deepEqual(fix, { kind: 'words', text: `write labels: '${BOTH}' in cilium-config` });
    assert.equal(subject.name, 'nightly');
    assert.equal(
      message,
      'labels "batch.kubernetes.io/job-name" and "job-name" of nightly come from a controller and make one more Cilium ' +
        'identity: without them there would be 59 fewer',
    );
  });

  test('what is left without the labels and is an identity already is saved too', () => {
    const decision = submit(runs(identityIn('ci', 5000, { app: 'job' })), job('ci/nightly', { app: 'job' }));
    assert.equal(finding(decision, 'filter-gap').facts['identitiesSaved'], 60);
  });

  test('of a pod that the controller makes, or that a stored job has', () => {
    const owned = pod('ci/x', named('new'), { metadata: { ownerReferences: [ownerRef('Job', 'ci/new')] } });
    for (const decision of [
      submit(runs(job('ci/new', { app: 'job' })), owned),
      submit(runs(), owned, { username: 'system:serviceaccount:kube-system:job-controller' }),
    ]) {
      assert.deepEqual(finding(decision, 'filter-gap').facts['labels'], KEYS);
    }
  });

  test('a label of the author that keeps changing is his, whatever the controller adds', () => {
    const both = (index: number) => ({ ...named(`j${index}`), 'build-id': `b${index}` });
    const store = storeWith([namespace('ci'), ...unusedIdentities(60, both)]);
    const decision = submit(store, job('ci/nightly', { app: 'job', 'build-id': 'new' }));
    assert.equal(finding(decision, 'label-churn').severity, 'violation');
    assert.deepEqual(findings(decision, 'filter-gap'), []);
  });

  test('a label of the author that does not keep changing is not told with them', () => {
    const decision = submit(runs(), job('ci/nightly', { app: 'other' }));
    assert.deepEqual(finding(decision, 'filter-gap').facts['labels'], KEYS);
  });

  test('a label of that name which somebody wrote is his', () => {
    const decision = submit(runs(), workload('Deployment', 'ci/mine', named('new')));
    assert.equal(finding(decision, 'label-churn').severity, 'violation');
    assert.deepEqual(findings(decision, 'filter-gap'), []);
  });

  test('a policy that asks for one of the labels is named, wherever it does and whatever it wants of it', () => {
    const selecting: readonly (readonly [string, Json])[] = [
      [
        'CiliumNetworkPolicy ci/own',
        policy('ci/own', { endpointSelector: { matchLabels: { 'job-name': 'j1' } }, ingress: [{}] }),
      ],
      [
        'CiliumClusterwideNetworkPolicy all',
        clusterwidePolicy('all', {
          endpointSelector: {},
          ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: 'k8s:job-name', operator: 'DoesNotExist' }] }] }],
        }),
      ],
    ];
    for (const [name, raw] of selecting) {
      const { fix, causes, message } = finding(submit(runs(raw), job('ci/nightly', { app: 'job' })), 'filter-gap');
      assert.equal(fix?.text, `write labels: '${BOTH}' in cilium-config, once nothing asks for it any more: ${name}`);
      assert.equal(causes.length, 1);
      assert.match(message, /; 1 policy asks for them$/);
    }
  });
});

describe('the value of labels', () => {
  function valueWith(labels: string, app = 'job'): unknown {
    const decision = submit(runs(ciliumConfig({ labels })), job('ci/nightly', { app }));
    return finding(decision, 'filter-gap').facts['entry'];
  }

  test('goes on from the one in force', () => {
    assert.equal(valueWith('!chart$'), `!chart$ ${BOTH}`);
  });

  test('has no shorter exclude that would take the place of the new ones, if that was the only thing that it did', () => {
    // Of "job-name" the exclude "!job" is the shortest, and the include is longer.
    assert.equal(valueWith('app !job job-name batch'), `app job-name batch ${BOTH}`);
  });

  test('loses the include instead where the shorter exclude is needed for another label', () => {
    const other = pod('ci/other', { app: 'b', job: 'x' });
    const store = runs(ciliumConfig({ labels: 'app job$ !job job-name batch' }), other);
    const decision = submit(store, job('ci/nightly', { app: 'job' }));
    assert.equal(finding(decision, 'filter-gap').facts['entry'], `app job$ !job batch ${BOTH}`);
  });

  test('where none leaves out these labels alone, that is said and none is shown', () => {
    const file = JSON.stringify({
      version: 1,
      'valid-prefixes': [
        { prefix: 'io.kubernetes', source: 'k8s' },
        { prefix: 'app', source: 'k8s' },
        { prefix: 'job', source: 'k8s', invert: true },
        { prefix: 'job-name', source: 'k8s' },
      ],
    });
    const identity = (index: number): Json => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumIdentity',
      metadata: { name: `${1000 + index}` },
      'security-labels': { 'k8s:app': 'job', 'k8s:io.kubernetes.pod.namespace': 'ci', 'k8s:job-name': `j${index}` },
    });
    const objects = [namespace('ci'), ciliumConfig({ 'label-prefix-file': '/file' })];
    const all = [...objects, ...Array.from({ length: 60 }, (_, index) => identity(index))];
    const store = storeWith(all, '1.20.2', { labelPrefixFile: file });
    const { facts, fix, message } = finding(submit(store, job('ci/nightly', { app: 'job' })), 'filter-gap');
    assert.deepEqual(facts, { labels: ['job-name'], identitiesSaved: 59 });
    assert.equal(fix, undefined);
    assert.match(message, /; no value of `labels` was found that leaves out just this label$/);
  });
});

describe('in the place of relabel-pod', () => {
  const zone = 'topology.kubernetes.io/zone';
  const before = pod('ci/a', { app: 'job' });
  const model = [namespace('ci'), identityIn('ci', 900, { app: 'job' }), before];
  const bind = (version: string) =>
    submitChange(storeWith(model, version), {
      op: 'bind',
      pod: { kind: 'Pod', namespace: 'ci', name: 'a' },
      labels: new Map([[zone, 'z1']]),
    });

  test('labels that a binding adds are told to the platform, where they are part of identities', () => {
    const decision = bind('1.18.6');
    assert.equal(decision.verdict, 'allow');
    assert.deepEqual(decision.warnings, []);
    assert.deepEqual(findings(decision, 'relabel-pod'), []);
    const { facts, message } = finding(decision, 'filter-gap');
    assert.deepEqual(facts, { labels: [zone], entry: String.raw`!topology\.kubernetes\.io/zone$`, identitiesSaved: 0 });
    // Nothing is saved yet, which is nothing to tell.
    assert.equal(message, `label "${zone}" of a comes with the binding to a node and makes one more Cilium identity`);
  });

  test('where Cilium leaves them out by itself there is no gap', () => {
    assert.deepEqual(bind('1.18.8').findings, []);
  });

  test('so are those that only the controller of the pod gives, and those of anybody else are relabels', () => {
    const owners = { metadata: { ownerReferences: [ownerRef('Job', 'ci/new')] } };
    const [old, after] = [pod('ci/a', { app: 'job' }, owners), pod('ci/a', named('new'), owners)];
    const store = storeWith([
      namespace('ci'),
      identityIn('ci', 900, { app: 'job' }),
      job('ci/new', { app: 'job' }),
      old,
    ]);
    assert.deepEqual(finding(submit(store, after, { before: old }), 'filter-gap').facts['labels'], KEYS);
    const more = pod('ci/a', { ...named('new'), debug: 'yes' }, owners);
    const relabelled = submit(store, more, { before: old });
    assert.deepEqual(findings(relabelled, 'filter-gap'), []);
    assert.equal(finding(relabelled, 'relabel-pod').severity, 'advice');
    assert.deepEqual(findings(submit(store, pod('ci/a', {}, owners), { before: old }), 'filter-gap'), []);
  });
});
