/**
 * How sure the number of entries is, and why not.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityCertainty } from '../../../../src/checks/facts/certainty.ts';
import { doubtsAbout, entriesCertainty } from '../../../../src/checks/facts/entries-certainty.ts';
import { ciliumConfig, ciliumIdentity, policy, storeWith, type Json } from '../../../support/objects.ts';
import { endpoints, endpointSlice } from '../../../support/services.ts';

const NAMES = { toFQDNs: [{ matchName: 'a.example' }] };
const ANY_CLUSTER: Json = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'kube-system', name: 'cilium-config' },
  data: { 'policy-default-local-cluster': 'false' },
};

function certaintyOf(egress: Json, ...others: readonly Json[]): string {
  const { view, policyClass } = mapOf(egress, ...others);
  return entriesCertainty(view, policyClass);
}

function mapOf(egress: Json, ...others: readonly Json[]) {
  const web = ciliumIdentity(1001, { 'k8s:app': 'web', 'k8s:io.kubernetes.pod.namespace': 'a' });
  const own = policy('a/own', { endpointSelector: { matchLabels: { app: 'web' } }, egress: [egress] });
  const view = storeWith([ANY_CLUSTER, web, own, ...others]).view();
  return { view, policyClass: view.classOf(view.labelsOf(1001) ?? [], 1001) };
}

describe('entries of a map', () => {
  const slice = endpointSlice('default/kubernetes', 'kubernetes', ['192.0.2.1']);
  const others = policy('b/others', { endpointSelector: {}, egress: [NAMES] });

  test('with names of its own are no fewer', () => {
    assert.equal(certaintyOf(NAMES), 'lower-bound');
  });

  test('of the world are no fewer where others on a node may ask for names', () => {
    for (const peers of [{ toEntities: ['world'] }, { toCIDR: ['0.0.0.0/0'] }]) {
      assert.equal(certaintyOf(peers, slice), 'exact');
      assert.equal(certaintyOf(peers, slice, others), 'lower-bound');
    }
  });

  test('of API servers are no fewer where neither EndpointSlices nor Endpoints say which these are', () => {
    const ofOthers = [endpointSlice('a/x', 'x', ['192.0.2.1']), endpoints('a/kubernetes', ['192.0.2.1'])];
    for (const peers of [{ toEntities: ['kube-apiserver'] }, { toEntities: ['world'] }]) {
      assert.equal(certaintyOf(peers), 'lower-bound');
      assert.equal(certaintyOf(peers, ...ofOthers), 'lower-bound');
      assert.equal(certaintyOf(peers, slice), 'exact');
      assert.equal(certaintyOf(peers, endpoints('default/kubernetes', ['192.0.2.1'])), 'exact');
    }
  });

  test('of API servers are no fewer where one is a node, whose host is one, too; from a node they are what they are', () => {
    const spec = { addresses: [{ type: 'InternalIP', ip: '192.0.2.1' }] };
    const node: Json = { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name: 'n1' }, spec };
    const servers = { toEntities: ['kube-apiserver'] };
    assert.equal(certaintyOf(servers, slice, node), 'lower-bound');
    const { view, policyClass } = mapOf(servers, slice, node);
    assert.equal(entriesCertainty(view.seenFrom('n1'), policyClass), 'exact');
    assert.equal(certaintyOf({ toEntities: ['cluster'] }, slice, node), 'exact');
  });

  test('and identities are unknown where prefixes select pods, whose addresses then choose their identities', () => {
    const ofPods = ciliumConfig({ 'policy-cidr-match-mode': 'nodes pods', 'policy-default-local-cluster': 'false' });
    assert.equal(certaintyOf({ toEndpoints: [{}] }, ofPods), 'unknown');
    assert.equal(identityCertainty(mapOf({}, ofPods).view.settings), 'unknown');
    const ofNodes = ciliumConfig({ 'policy-cidr-match-mode': 'nodes', 'policy-default-local-cluster': 'false' });
    assert.equal(identityCertainty(mapOf({}, ofNodes).view.settings), 'exact');
  });

  test('of prefixes are no fewer where names or API servers may be among their addresses', () => {
    const group: Json = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumCIDRGroup',
      metadata: { name: 'g' },
      spec: { externalCIDRs: ['198.51.100.0/24'] },
    };
    const except = ['192.0.2.128/25'];
    for (const peers of [
      { toCIDR: ['192.0.2.0/24'] },
      { toCIDR: ['2001:db8::/32'] },
      { toCIDRSet: [{ cidr: '192.0.2.0/24', except }] },
      { toCIDRSet: [{ cidrGroupRef: 'g' }] },
    ]) {
      assert.equal(certaintyOf(peers, group), 'lower-bound');
      assert.equal(certaintyOf(peers, group, slice), 'exact');
      assert.equal(certaintyOf(peers, group, slice, others), 'lower-bound');
    }
    assert.equal(certaintyOf({ toCIDR: ['192.0.2.1/32', '2001:db8::1/128'] }, others), 'exact');
  });

  test('of groups of a provider are no fewer before the operator has filled their CIDR group', () => {
    const peers = { toGroups: [{ aws: { securityGroupsIds: ['sg-1'] } }] };
    const labels = { 'extgrp.cilium.io/zbNb9W6aenSjAJK8RoTgcPT5ygDqKmqJKoQb4w': '' };
    const group = (metadata: Json): Json => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumCIDRGroup',
      metadata: { name: 'auto', ...metadata },
      spec: { externalCIDRs: ['198.51.100.7/32'] },
    });
    assert.equal(certaintyOf(peers, slice, group({})), 'lower-bound');
    assert.equal(certaintyOf(peers, slice, group({ labels })), 'exact');
  });

  test('of pods, of everybody and of nobody are what they are', () => {
    for (const peers of [{ toEndpoints: [{}] }, { toEntities: ['all'] }, {}]) {
      assert.equal(certaintyOf(peers, others), 'exact');
    }
  });

  test('have a reason where they are not exact, and none where they are', () => {
    const reasonsOf = (egress: Json): readonly string[] => {
      const { view, policyClass } = mapOf(egress, others);
      return doubtsAbout(view, policyClass).map(({ reason }) => reason);
    };
    assert.deepEqual(reasonsOf({ toEndpoints: [{}] }), []);
    assert.deepEqual(reasonsOf(NAMES), ['what agents learn of its DNS names adds entries']);
    const listener = { envoyConfig: { kind: 'CiliumEnvoyConfig', name: 'e' }, name: 'l' };
    const listening = { toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], listener }] };
    assert.match(reasonsOf(listening).join('; '), /a rule with a listener has no entries/);
    const terminatingTLS = { secret: { name: 's' } };
    const reading = { toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }], terminatingTLS }] };
    assert.match(reasonsOf(reading).join('; '), /agents read the secrets of its TLS contexts/);
    const { view, policyClass } = mapOf(reading, others, ciliumConfig({ 'enable-policy': 'never' }));
    assert.deepEqual(doubtsAbout(view, policyClass), []);
  });

  test('of all but a name are fewer or more', () => {
    const excluding = { toEndpoints: [{ matchExpressions: [{ key: 'fqdn:a.example', operator: 'DoesNotExist' }] }] };
    assert.equal(certaintyOf(excluding), 'estimate');
  });
});
