/**
 * How sure the number of entries is where DNS names have a part in it.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { entriesCertainty } from '../../../../src/checks/facts/certainty.ts';
import { ciliumIdentity, policy, storeWith, type Json } from '../../../support/objects.ts';

const NAMES = { toFQDNs: [{ matchName: 'a.example' }] };
const ANY_CLUSTER: Json = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'kube-system', name: 'cilium-config' },
  data: { 'policy-default-local-cluster': 'false' },
};

function certaintyOf(egress: Json, ...others: readonly Json[]): string {
  const web = ciliumIdentity(1001, { 'k8s:app': 'web', 'k8s:io.kubernetes.pod.namespace': 'a' });
  const own = policy('a/own', { endpointSelector: { matchLabels: { app: 'web' } }, egress: [egress] });
  const view = storeWith([ANY_CLUSTER, web, own, ...others]).view();
  return entriesCertainty(view, view.classOf(view.labelsOf(1001) ?? [], 1001));
}

describe('entries of a map', () => {
  const others = policy('b/others', { endpointSelector: {}, egress: [NAMES] });

  test('with names of its own are no fewer', () => {
    assert.equal(certaintyOf(NAMES), 'lower-bound');
  });

  test('of the world are no fewer where others on a node may ask for names', () => {
    for (const peers of [{ toEntities: ['world'] }, { toCIDR: ['0.0.0.0/0'] }]) {
      assert.equal(certaintyOf(peers), 'exact');
      assert.equal(certaintyOf(peers, others), 'lower-bound');
    }
  });

  test('of pods, of everybody and of nobody are what they are', () => {
    for (const peers of [{ toEndpoints: [{}] }, { toEntities: ['all'] }, {}]) {
      assert.equal(certaintyOf(peers, others), 'exact');
    }
  });

  test('of all but a name are fewer or more', () => {
    const excluding = { toEndpoints: [{ matchExpressions: [{ key: 'fqdn:a.example', operator: 'DoesNotExist' }] }] };
    assert.equal(certaintyOf(excluding), 'estimate');
  });
});
