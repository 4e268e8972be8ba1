/** The reviews of the demo are what an API server would send about the demo cluster. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { decodeObject } from '../../../src/kubernetes/decode/decode-object.ts';
import { kindEntry } from '../../../src/kubernetes/decode/kinds.ts';
import { findingsOf, readAnswer, readReview } from '../../../examples/demo/admission.ts';
import { hookFor } from '../../../examples/demo/hooks.ts';
import { kubectlOutput } from '../../../examples/demo/kubectl.ts';
import { brokenPromise, promiseOf } from '../../../examples/demo/promises.ts';
import { at, manifestsIn, ROOT } from './manifests.ts';

const FOLDER = join(ROOT, 'examples/reviews');
const reviews = readdirSync(FOLDER)
  .sort()
  .map((file) => ({ file, json: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as unknown }));
const cluster = manifestsIn('examples/demo-cluster');

function stored(object: unknown): unknown {
  return cluster.find(
    ({ kind, metadata }) =>
      kind === at(object, 'kind') &&
      metadata.name === at(object, 'metadata', 'name') &&
      metadata.namespace === at(object, 'metadata', 'namespace'),
  );
}

describe('each review', () => {
  for (const { file, json } of reviews) {
    const request = at(json, 'request');
    const object = at(request, 'object');

    test(`${file} is an AdmissionReview v1 that is whole and agrees with itself`, () => {
      assert.equal(at(json, 'apiVersion'), 'admission.k8s.io/v1');
      assert.equal(at(json, 'kind'), 'AdmissionReview');
      assert.match(String(at(request, 'uid')), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      const kind = at(request, 'kind') as { group: string; version: string; kind: string };
      assert.equal(at(request, 'resource', 'resource'), kindEntry(kind)?.resource);
      assert.equal(at(request, 'name'), at(object, 'metadata', 'name'));
      assert.equal(at(request, 'oldObject') === null, at(request, 'operation') === 'CREATE');
      assert.ok(decodeObject(object).ok);
    });

    test(`${file} promises something, and a hook of deploy/ asks about it`, () => {
      assert.notEqual(promiseOf(file), undefined);
      const review = readReview(json);
      assert.ok(review.ok);
      assert.match(hookFor(review.value), /[.]cilium-bulkhead[.]io$/);
    });

    test(`${file} changes what the demo cluster holds, or adds what it does not hold yet`, () => {
      if (at(request, 'operation') === 'CREATE') {
        assert.equal(stored(object), undefined);
        return;
      }
      const old = at(request, 'oldObject');
      assert.equal(at(stored(old), 'metadata', 'uid'), at(old, 'metadata', 'uid'));
      assert.equal(at(object, 'metadata', 'uid'), at(old, 'metadata', 'uid'));
      assert.deepEqual(at(stored(old), 'metadata', 'labels'), at(old, 'metadata', 'labels'));
    });

    test(`${file} names an owner that is stored, where it names one`, () => {
      for (const owner of (at(object, 'metadata', 'ownerReferences') ?? []) as readonly object[]) {
        const reference = { kind: at(owner, 'kind'), metadata: { ...owner, namespace: at(request, 'namespace') } };
        assert.equal(at(stored(reference), 'metadata', 'uid'), at(owner, 'uid'));
      }
    });
  }
});

test('the review that is admitted is one more pod of a stored ReplicaSet, with the labels of its template', () => {
  const object = at(reviews[0]?.json, 'request', 'object');
  const name = at(object, 'metadata', 'ownerReferences', 0, 'name');
  const replicaSet = cluster.find(({ kind, metadata }) => kind === 'ReplicaSet' && metadata.name === name);
  assert.deepEqual(at(object, 'metadata', 'labels'), at(replicaSet, 'spec', 'template', 'metadata', 'labels'));
});

test('pods are as large as real ones', () => {
  for (const { file, json } of reviews.filter((review) => at(review.json, 'request', 'kind', 'kind') === 'Pod')) {
    const size = JSON.stringify(at(json, 'request', 'object')).length;
    assert.ok(size > 3500 && size < 5500, `${file}: ${size}`);
  }
});

describe('a promise', () => {
  test('is read from the name of a file', () => {
    assert.deepEqual(promiseOf('01-admitted-pod.json'), { outcome: 'admitted' });
    assert.deepEqual(promiseOf('02-label-churn.json'), { outcome: 'denied', finding: 'label-churn' });
    assert.deepEqual(promiseOf('03-relabel-pod.json'), { outcome: 'admitted', finding: 'relabel-pod' });
    assert.deepEqual(promiseOf('05-dead-allow-cidr.json'), { outcome: 'denied', finding: 'dead-allow' });
    assert.equal(promiseOf('06-dead-allowance.json'), undefined);
  });

  test('is broken by another verdict, by a missing finding, and by a finding where none is expected', () => {
    const denied = { outcome: 'denied', finding: 'label-churn' } as const;
    assert.equal(brokenPromise(denied, { allowed: false, findings: ['label-churn'] }), undefined);
    assert.match(brokenPromise(denied, { allowed: true, findings: ['label-churn'] }) ?? '', /it was admitted/);
    assert.match(brokenPromise(denied, { allowed: false, findings: ['dead-allow'] }) ?? '', /expected label-churn/);
    assert.match(brokenPromise({ outcome: 'admitted' }, { allowed: true, findings: ['x'] }) ?? '', /no finding/);
  });
});

describe('an answer is shown as kubectl shows it', () => {
  const review = { group: '', resource: 'pods', singular: 'pod', name: 'web-0', operation: 'CREATE' };
  const hook = 'pods.cilium-bulkhead.io';

  function shown(response: unknown, changed: Partial<typeof review> = {}): readonly string[] {
    const answer = readAnswer({ response });
    assert.ok(answer.ok);
    return kubectlOutput({ fileName: 'pod.json', hook, review: { ...review, ...changed }, answer: answer.value });
  }

  test('a denial, with its warnings first', () => {
    const status = { code: 403, reason: 'Forbidden', message: 'first line\n  second line' };
    assert.deepEqual(shown({ uid: 'u', allowed: false, status, warnings: ['mind the gap'] }), [
      'Warning: mind the gap',
      'Error from server (Forbidden): error when creating "pod.json": admission webhook "pods.cilium-bulkhead.io" ' +
        'denied the request: first line\n  second line',
    ]);
  });

  test('a creation and an update', () => {
    assert.deepEqual(shown({ allowed: true }), ['pod/web-0 created']);
    const policy = { group: 'cilium.io', singular: 'ciliumnetworkpolicy', name: 'dns', operation: 'UPDATE' };
    assert.deepEqual(shown({ allowed: true }, policy), ['ciliumnetworkpolicy.cilium.io/dns configured']);
  });

  test('findings come from the audit annotation', () => {
    const answer = readAnswer({
      response: { allowed: true, auditAnnotations: { findings: 'dead-allow,partial-allow' } },
    });
    assert.deepEqual(answer.ok && findingsOf(answer.value), ['dead-allow', 'partial-allow']);
    assert.equal(readAnswer({ response: {} }).ok, false);
  });
});

test('every hook that the demo can name is one of the registration', () => {
  const text = readFileSync(join(ROOT, 'deploy/50-validating-webhook-configuration.yaml'), 'utf8');
  const names = (at(parse(text), 'webhooks') as readonly { name: string }[]).map(({ name }) => name);
  assert.ok(names.includes(hookFor({ group: 'cilium.io', resource: 'ciliumnetworkpolicies' })));
  assert.throws(() => hookFor({ group: '', resource: 'secrets' }));
});
