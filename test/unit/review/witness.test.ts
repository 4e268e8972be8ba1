import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, FindingOf, Flow } from '../../../src/checks/check.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { replayWitness, replayWitnesses } from '../../../src/review/witness.ts';
import { clusterwidePolicy, labels, policy, storeWith } from '../../support/objects.ts';

const view = storeWith([
  clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] }),
  policy('a/web', { endpointSelector: {}, egress: [{ toCIDR: ['169.254.0.0/16'] }] }),
]).view();

const finding: FindingOf<'dead-allow'> = {
  id: 'dead-allow',
  severity: 'violation',
  certainty: 'exact',
  subject: { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'web' },
  audience: 'author',
  field: 'spec.egress[0].toCIDR[0]',
  facts: { direction: 'egress', protocol: 'TCP', port: 80 },
  details: { content: '', unpoliced: 0 },
  causes: [{ object: { kind: 'CiliumClusterwideNetworkPolicy', name: 'deny' }, field: 'spec.egressDeny[0]' }],
  proposals: [],
};

function flowTo(address: string): Flow {
  return {
    direction: 'egress',
    source: { kind: 'endpoint', labels: labels('k8s:app=web', 'k8s:io.kubernetes.pod.namespace=a') },
    destination: { kind: 'address', address },
    protocol: 6,
    port: 80,
  };
}

test('a witness that the policy allows alone and the denies take is confirmed', () => {
  assert.deepEqual(replayWitness(finding, flowTo('169.254.169.254'), view), { kind: 'agrees' });
});

test('a witness that goes through in spite of the denies is a disagreement', () => {
  const replayed = replayWitness(finding, flowTo('169.254.1.1'), view);
  assert.ok(replayed.kind === 'disagrees');
  assert.match(
    replayed.detail,
    /CiliumNetworkPolicy\/a\/web spec\.egress\[0\]\.toCIDR\[0\]: alone allow, with the denies allow/,
  );
});

test('a witness that the policy does not even allow alone is a disagreement', () => {
  assert.equal(replayWitness(finding, flowTo('192.0.2.1'), view).kind, 'disagrees');
});

test('every violation that has a witness is asked about, whatever its certainty', () => {
  const wrong: Finding = { ...finding, certainty: 'upper-bound', witness: flowTo('169.254.1.1') };
  const right: Finding = { ...finding, witness: flowTo('169.254.169.254') };
  const advice: Finding = { ...wrong, severity: 'advice' };
  const { unconfirmed, replayMismatches } = runToEnd(replayWitnesses([wrong, right, advice], view));
  assert.deepEqual([...unconfirmed], [wrong]);
  assert.deepEqual(
    replayMismatches.map((mismatch) => mismatch.finding),
    ['dead-allow'],
  );
});
