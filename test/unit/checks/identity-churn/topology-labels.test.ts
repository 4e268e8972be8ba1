/**
 * Kubernetes 1.35 gives a pod the zone and region of its node when it is bound. Until Cilium 1.18.7, and with filters of one's
 * own, they are part of its identity: it is predicted when the pod is made.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deployment, identityIn } from '../../../support/churn.ts';
import { ciliumConfig, clusterwidePolicy, namespace, pod, storeWith, type Json } from '../../../support/objects.ts';
import { finding, findings, settingsWith, submit, submitChange } from '../../../support/review.ts';

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';
const KEEPING = '1.18.5';
/** None may be in use. */
const settings = settingsWith('enforce', { identityBudget: 0 });

function node(name: string, zone: string, kubeletVersion = 'v1.35.0'): Json {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [ZONE]: zone, [REGION]: 'r1', pool: name } },
    status: { nodeInfo: { kubeletVersion } },
  };
}

const NODES = [node('n1', 'a'), node('n2', 'b'), node('n3', 'b')];

function inZone(zone: string, id: number, labels: Readonly<Record<string, string>> = { app: 'web' }): Json {
  return identityIn('shop', id, { ...labels, [ZONE]: zone, [REGION]: 'r1' });
}

interface Cluster {
  readonly objects?: readonly Json[];
  readonly nodes?: readonly Json[];
  readonly version?: string;
}

/** The identity that the object brings, by budget that has no room. */
function brings(object: Json, { objects = [], nodes = NODES, version = KEEPING }: Cluster): boolean {
  const store = storeWith([namespace('shop'), ...nodes, ...objects], version);
  const found = findings(submit(store, object, { settings }), 'identity-budget');
  assert.ok(found.every(({ certainty, facts }) => certainty === 'exact' && facts['newIdentities'] === 1));
  return found.length === 1;
}

describe('where zones are part of identities', () => {
  const web = pod('shop/web', { app: 'web' });

  test('a pod has an identity that is there, in one zone or the other', () => {
    assert.equal(brings(web, { objects: [inZone('a', 1000)] }), false);
    assert.equal(brings(web, { objects: [inZone('b', 1000)] }), false);
  });

  test('a pod mints where no zone has its identity', () => {
    assert.equal(brings(web, {}), true);
    assert.equal(brings(web, { objects: [inZone('c', 1000), inZone('a', 1001, { app: 'api' })] }), true);
  });

  test('an identity without a zone is none of its own', () => {
    assert.equal(brings(web, { objects: [identityIn('shop', 1000, { app: 'web' })] }), true);
  });

  test('a zone that the pod claims is that of its node in the end', () => {
    const claims = pod('shop/web', { app: 'web', [ZONE]: 'mine' });
    assert.equal(brings(claims, { objects: [inZone('a', 1000)] }), false);
    assert.equal(brings(claims, { objects: [inZone('mine', 1000)] }), true);
  });

  test('a pod that is bound has what it says', () => {
    const bound = pod('shop/web', { app: 'web' }, { spec: { nodeName: 'n1', containers: [] } });
    assert.equal(brings(bound, { objects: [inZone('a', 1000)] }), true);
    assert.equal(brings(bound, { objects: [identityIn('shop', 1000, { app: 'web' })] }), false);
  });

  test('zones of nodes that are gone are nothing that the author of a pod or workload could leave out', () => {
    const gone = Array.from({ length: 60 }, (_, index) => inZone(`gone-${index}`, 5000 + index));
    const store = storeWith([namespace('shop'), ...NODES, ...gone], KEEPING);
    const claims = pod('shop/web', { app: 'web', [ZONE]: 'mine' });
    for (const object of [web, claims, deployment('shop/web', { app: 'web' })]) {
      const decision = submit(store, object);
      assert.equal(decision.verdict, 'allow');
      assert.deepEqual(findings(decision, 'label-churn'), []);
      const { facts, message } = finding(decision, 'filter-gap');
      assert.deepEqual(facts['labels'], [ZONE]);
      assert.match(message, /comes with the binding to a node/);
    }
  });

  test('a workload mints as its pods do', () => {
    const workload = deployment('shop/web', { app: 'web' });
    assert.equal(brings(workload, { objects: [inZone('b', 1000)] }), false);
    assert.equal(brings(workload, { objects: [identityIn('shop', 1000, { app: 'web' })] }), true);
  });

  test('a node without a zone leaves a pod as it is', () => {
    const bare = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n0' } };
    assert.equal(brings(web, { nodes: [...NODES, bare], objects: [identityIn('shop', 1000, { app: 'web' })] }), false);
  });

  test('the map of the pod is that of its zone', () => {
    const objects = [
      ciliumConfig({ 'bpf-policy-map-max': '256' }),
      clusterwidePolicy('zone-a', {
        endpointSelector: { matchLabels: { [ZONE]: 'a' } },
        ingress: [{ toPorts: [{ ports: Array.from({ length: 40 }, (_, index) => ports(index)).flat() }] }],
      }),
    ];
    const decision = submit(storeWith([namespace('shop'), ...NODES, ...objects], KEEPING), web);
    assert.equal(finding(decision, 'policy-map-overflow').facts['limit'], 256);
  });
});

/** A range of which half is another prefix. */
function ports(index: number): readonly Json[] {
  const first = 1_000 + index * 101;
  return [{ port: `${first}`, endPort: first + 60, protocol: 'TCP' }];
}

describe('nothing of it holds', () => {
  const plain = [identityIn('shop', 1000, { app: 'web' })];
  const zoned = [inZone('a', 1000)];
  const web = pod('shop/web', { app: 'web' });

  test('where the label filter drops zones, as it does by default since 1.18.7', () => {
    assert.equal(brings(web, { objects: plain, version: '1.19.7' }), false);
    const keeping = ciliumConfig({ labels: String.raw`.*` });
    assert.equal(brings(web, { objects: [...plain, keeping], version: '1.19.7' }), true);
    assert.equal(brings(web, { objects: [...zoned, keeping], version: '1.19.7' }), false);
  });

  test('where kubelets are older, and nothing says that the API server is not', () => {
    for (const old of ['v1.34.9', 'v0.99.0', '', 'next', 'v1.3']) {
      assert.equal(brings(web, { objects: plain, nodes: [node('n1', 'a', old)] }), false, old);
    }
    assert.equal(
      brings(web, { objects: plain, nodes: [node('n1', 'a', 'v1.34.9'), node('n2', 'a', 'v1.36.1+k3s1')] }),
      true,
    );
  });

  test('where an operator makes identities before pods are bound', () => {
    const managed = ciliumConfig({ 'identity-management-mode': 'operator' });
    assert.equal(brings(web, { objects: [...plain, managed] }), false);
  });
});

test('a Binding that brings an identity which is not there is advice, and never denied', () => {
  const store = storeWith([namespace('shop'), ...NODES, pod('shop/web', { app: 'web' })], KEEPING);
  const labels = new Map([[ZONE, 'b'] as const, [REGION, 'r1'] as const]);
  const change = { op: 'bind', pod: { kind: 'Pod', namespace: 'shop', name: 'web' }, labels } as const;
  const decision = submitChange(store, change, { settings });
  assert.equal(decision.verdict, 'allow');
  assert.equal(finding(decision, 'filter-gap').audience, 'platform');
});
