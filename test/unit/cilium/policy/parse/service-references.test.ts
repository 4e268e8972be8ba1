/**
 * Which Services a reference is held against, and what that costs for each.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podsOf, serviceReference } from '../../../../../src/cilium/policy/parse/service-references.ts';
import { decoded } from '../../../../support/objects.ts';
import { contextFor } from '../../../../support/policies.ts';
import { catalogOf, service } from '../../../../support/services.ts';

class ReadLabels extends Map<string, string> {
  reads = 0;

  override [Symbol.iterator](): MapIterator<[string, string]> {
    this.reads += 1;
    return super[Symbol.iterator]();
  }
}

test('labels of a Service are gone through once, however many references look at them', () => {
  const labels = new ReadLabels([
    ['app', 'web'],
    ['tier', 'front'],
  ]);
  const read = decoded({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'a', name: 'web' } });
  assert.ok(read.kind === 'Service');
  const web = { ...read, labels };
  const meant = ['web', 'db', 'cache'].map((app) => {
    const selector = { matchLabels: new Map([['app', app]]), matchExpressions: [] };
    return serviceReference({ k8sServiceSelector: { selector, namespace: '' } }, contextFor('1.20.2')).means(web);
  });
  assert.deepEqual(meant, [true, false, false]);
  assert.equal(labels.reads, 1);
});

test('of labels in one namespace, the Services of others are not looked at', () => {
  const catalog = catalogOf(...['a/web', 'a/db', 'b/web'].map((path) => service(path)));
  const candidates = (namespace: string): readonly string[] => {
    const reference = serviceReference({ k8sServiceSelector: { namespace } }, contextFor('1.20.2'));
    return [...reference.candidates(catalog)].map(({ namespace: own, name }) => `${own}/${name}`);
  };
  assert.deepEqual(candidates('a').toSorted(), ['a/db', 'a/web']);
  assert.deepEqual(candidates('').toSorted(), ['a/db', 'a/web', 'b/web']);
});

test('what stands before the first dot of a key of a Service was the source of a label of its pods', () => {
  const read = decoded(service('a/web', { selector: { 'any.app.role': 'web', tier: 'front' } }));
  assert.ok(read.kind === 'Service');
  const keys = (version: string) => [...podsOf(read, contextFor(version).profile).matchLabels.keys()];
  assert.deepEqual(keys('1.18.8'), ['any:app.role', 'tier', 'k8s:io.kubernetes.pod.namespace']);
  assert.deepEqual(keys('1.20.2'), ['k8s:any.app.role', 'k8s:tier', 'k8s:io.kubernetes.pod.namespace']);
});
