/**
 * What a reference costs for each Service that it is held against.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceReference } from '../../../../../src/cilium/policy/parse/service-references.ts';
import { decoded } from '../../../../support/objects.ts';
import { contextFor } from '../../../../support/policies.ts';

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
