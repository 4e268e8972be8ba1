import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ccnp, contextFor, podLabels, policyOf, type Spec } from '../../../support/policies.ts';

const CLUSTER = { toEntities: ['cluster'] };
const DB = { toEndpoints: [{ matchLabels: { app: 'db' } }] };
const CLIENT = { toEndpoints: [{ matchLabels: { app: 'client' } }] };

/** On port 80, unless it says otherwise. */
function through(name: string, peers: Spec, { port = '80', priority = 0 } = {}): Spec {
  const listener = { envoyConfig: { kind: 'CiliumClusterwideEnvoyConfig', name: 'c' }, name, priority };
  return { ...peers, toPorts: [{ ports: [{ port, protocol: 'TCP' }], listener }] };
}

/** `spec.egress[0].toEntities[0]` of each listener of which it is not known whether it keeps its entry. */
function told(spec: Spec, version = '1.20.2'): readonly string[] {
  const subject = { identity: 1001, labels: podLabels('a', 'web') };
  const { unsupported } = policyOf([ccnp({ endpointSelector: {}, ...spec })], subject, contextFor(version));
  assert.ok(unsupported.every(({ feature, object }) => feature === 'listener' && object.name === 'cp'));
  return unsupported.map(({ field }) => field);
}

const BOTH = ['spec.egress[0].toEntities[0]', 'spec.egress[1].toEndpoints[0]'];

test('two listeners of one priority, one of them of an aggregate, are told', () => {
  assert.deepEqual(told({ egress: [through('a', CLUSTER), through('b', DB)] }), BOTH);
});

test('a selector of what is absent takes an aggregate, where no cluster is added to it', () => {
  const others = { toEndpoints: [{ matchExpressions: [{ key: 'reserved:world', operator: 'DoesNotExist' }] }] };
  const fields = ['spec.egress[0].toEndpoints[0]', 'spec.egress[1].toEndpoints[0]'];
  assert.deepEqual(told({ egress: [through('a', others), through('b', DB)] }), fields);
});

test('two listeners on two ports are told as well', () => {
  assert.deepEqual(told({ egress: [through('a', CLUSTER, { port: '443' }), through('b', DB)] }), BOTH);
});

test('the listener of everybody is one of an aggregate since 1.20', () => {
  const egress = [through('a', {}), through('b', DB)];
  assert.deepEqual(told({ egress }), ['spec.egress[0]', 'spec.egress[1].toEndpoints[0]']);
  assert.deepEqual(told({ egress }, '1.19.7'), []);
});

test('of rules that say the same the first is told', () => {
  const fields = told({ egress: [through('a', CLUSTER), through('b', DB), through('b', DB)] });
  assert.deepEqual(fields, BOTH);
});

const DECIDED: readonly (readonly [says: string, spec: Spec])[] = [
  ['one listener for both', { egress: [through('a', CLUSTER), through('a', DB)] }],
  ['listeners of two priorities', { egress: [through('a', CLUSTER, { priority: 7 }), through('b', DB)] }],
  ['two listeners without an aggregate', { egress: [through('a', DB), through('b', CLIENT)] }],
  ['an aggregate without a listener', { egress: [CLUSTER, through('a', DB), through('b', CLIENT)] }],
];

for (const [says, spec] of DECIDED) test(`${says}: nothing is left open`, () => assert.deepEqual(told(spec), []));
