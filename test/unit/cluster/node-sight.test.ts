import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatLabel } from '../../../src/cilium/identity/label.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { identityOfAddress } from '../../../src/cluster/identities/node-layer.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import { ciliumConfig, ciliumIdentity, policy, storeWith, type Json } from '../../support/objects.ts';
import { endpointSlice } from '../../support/services.ts';

const POD = 1001;
const HOST = 1;
const WEB = [{ ports: [{ port: '80', protocol: 'TCP' }] }];
const BY_PREFIX = { 'policy-cidr-match-mode': 'nodes' };
const BY_LABEL = { 'enable-node-selector-labels': 'true' };

function node(name: string, ...ips: readonly string[]): Json {
  const addresses = ips.map((ip) => ({ type: 'InternalIP', ip }));
  const metadata = { name, labels: { pool: 'red' } };
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata, spec: { addresses } };
}

function viewOf(config: Readonly<Record<string, string>>, peer: Json, version = '1.20.2'): ClusterView {
  const pod = ciliumIdentity(POD, { 'k8s:app': 'web', 'k8s:io.kubernetes.pod.namespace': 'a' });
  const own = policy('a/p', { endpointSelector: {}, ingress: [{ ...peer, toPorts: WEB }] });
  const servers = endpointSlice('default/kubernetes', 'kubernetes', ['10.0.0.1']);
  const nodes = [node('n1', '10.0.0.1', '192.0.2.1'), node('n2', '10.0.0.2')];
  return storeWith([ciliumConfig({ 'enable-ipv6': 'false', ...config }), pod, own, servers, ...nodes], version).view();
}

/** Peers that have the port of the rule. */
function peersOf(view: ClusterView): readonly number[] {
  const map = view.policyMap(view.classOf(view.labelsOf(POD) ?? [], POD));
  return [...map.entries()].filter(({ port }) => port === 80).map(({ identity }) => identity);
}

function numberOf(address: string, view: ClusterView): number | undefined {
  const { policy: own } = view.classOf(view.labelsOf(POD) ?? [], POD);
  return identityOfAddress(runToEnd(view.agentIdentitiesSteps(own)).nodes, address);
}

suite('a node sees', () => {
  test('its own addresses as the host, and those of others as remote nodes', () => {
    const view = viewOf({}, {}).seenFrom('n1');
    assert.deepEqual(
      ['192.0.2.1', '10.0.0.2'].map((address) => numberOf(address, view)),
      [HOST, 6],
    );
    assert.equal(view.ownNode, 'n1');
  });

  test('its host in each prefix that one of its addresses is in, where prefixes select nodes', () => {
    const isTaken = (peer: Json, config: Readonly<Record<string, string>> = BY_PREFIX): boolean =>
      peersOf(viewOf(config, peer).seenFrom('n1')).includes(HOST);
    assert.equal(isTaken({ fromCIDR: ['192.0.2.0/24'] }), true);
    assert.equal(isTaken({ fromCIDR: ['10.0.0.0/8'] }), true);
    assert.equal(isTaken({ fromCIDR: ['10.0.0.0/8'] }, {}), false);
    assert.equal(isTaken({ fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.0.0.1/32'] }] }), false);
    // The prefix itself, and n2 besides; n1 is the host.
    assert.equal(peersOf(viewOf(BY_PREFIX, { fromCIDR: ['10.0.0.0/8'] }).seenFrom('n2')).length, 3);
  });

  test('its host as an API server, if it is one', () => {
    const view = viewOf({}, { fromEntities: ['kube-apiserver'] });
    assert.deepEqual(peersOf(view), [7]);
    assert.deepEqual(peersOf(view.seenFrom('n1')), [HOST, 7]);
    assert.deepEqual(peersOf(view.seenFrom('n2')), [7]);
    assert.equal(view.hasServersOnNodes(), true);
  });

  test('its host with the labels of the node since 1.20', () => {
    const labels = (version: string) =>
      (viewOf(BY_LABEL, {}, version).seenFrom('n2').labelsOf(HOST) ?? []).map(formatLabel);
    assert.deepEqual(labels('1.19.7'), ['reserved:host']);
    assert.ok(labels('1.20.2').includes('node:pool=red'));
  });

  test('what any node sees, if it is not known', () => {
    const view = viewOf(BY_PREFIX, { fromCIDR: ['10.0.0.0/8'] });
    assert.equal(view.seenFrom('n3').ownNode, undefined);
    assert.deepEqual(peersOf(view.seenFrom('n3')), peersOf(view));
  });
});
