import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterStore } from '../../../src/cluster/store.ts';
import { audit } from '../../../src/review/audit.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { ciliumConfig, clusterwidePolicy, namespace, pod, storeWith, type Json } from '../../support/objects.ts';
import { ENFORCE, finding, submit } from '../../support/review.ts';

/** The least that an agent takes. */
const LIMIT = 256;

/** Two nodes of one pool and one of another, and so many identities of pods. */
function cluster(identities: number, hostFirewall: boolean): ClusterStore {
  return storeWith([
    ciliumConfig({ 'bpf-policy-map-max': String(LIMIT), 'enable-host-firewall': String(hostFirewall) }),
    ...[node('n1', 'red'), node('n2', 'red'), node('n3', 'blue')],
    namespace('team-a'),
    ...Array.from({ length: identities }, (_, index) => pod(`team-a/p${index}`, { app: `a${index}` })),
  ]);
}

function node(name: string, pool: string): Json {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { pool } } };
}

function open(...ports: readonly string[]): Json {
  return clusterwidePolicy('hosts', opened('red', ports));
}

/** From every pod on these ports: an entry for each identity and port. */
function opened(pool: string, ports: readonly string[]): Json {
  const list = ports.map((port) => ({ port, protocol: 'TCP' }));
  return { nodeSelector: { matchLabels: { pool } }, ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: list }] }] };
}

test('a policy for hosts that makes the map of a host endpoint exceed the limit is denied, with the nodes that have it', () => {
  const decision = submit(cluster(100, true), open('80', '81', '82'));
  assert.equal(decision.verdict, 'deny');
  // 1.20: nothing selects egress, so five wildcard entries; the ten well-known identities are peers too; nothing lets the host in.
  assert.deepEqual(finding(decision, 'policy-map-overflow').facts, {
    identity: 1,
    endpoints: 2,
    entriesBefore: 10,
    entriesAfter: 335,
    entriesSettled: 335,
    limit: LIMIT,
  });
});

test('of hosts that a policy treats differently each has its own map', () => {
  const { apiVersion, kind, metadata } = clusterwidePolicy('hosts', {});
  for (const [red, blue] of [
    [['80'], ['80', '81', '82']],
    [['80', '81', '82'], ['80']],
  ] as const) {
    const decision = submit(cluster(100, true), {
      apiVersion,
      kind,
      metadata,
      specs: [opened('red', red), opened('blue', blue)],
    });
    assert.equal(decision.verdict, 'deny');
    const { endpoints, entriesAfter } = finding(decision, 'policy-map-overflow').facts;
    assert.deepEqual([endpoints, entriesAfter], [red.length > 1 ? 2 : 1, 335]);
  }
});

test('a policy for hosts is nothing to a map where hosts have no policy', () => {
  assert.deepEqual(submit(cluster(100, false), open('80', '81', '82')).findings, []);
});

test('an audit counts the maps of hosts where hosts have policies', () => {
  const mapsOfHosts = (hostFirewall: boolean) => {
    const { capacity } = runToEnd(audit(cluster(60, hostFirewall).view(), ENFORCE));
    return capacity.policyMaps.filter(({ identity }) => identity === 1);
  };
  const sure = { certainty: 'exact', doubts: [] };
  assert.deepEqual(mapsOfHosts(true), [{ identity: 1, namespace: '', node: 'n1', endpoints: 3, entries: 10, ...sure }]);
  assert.deepEqual(mapsOfHosts(false), []);
});
