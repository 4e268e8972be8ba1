import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, FindingOf, Flow } from '../../../src/checks/check.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { replayWitnesses } from '../../../src/review/witness.ts';
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
  details: { content: '', peer: { kind: 'everybody' }, unpoliced: 0 },
  causes: [{ object: { kind: 'CiliumClusterwideNetworkPolicy', name: 'deny' }, field: 'spec.egressDeny[0]' }],
  proposals: [],
};

const unbounded = { expired: () => false, isEnough: () => false };

function flowTo(address: string): Flow {
  return {
    direction: 'egress',
    source: { kind: 'endpoint', labels: labels('k8s:app=web', 'k8s:io.kubernetes.pod.namespace=a') },
    destination: { kind: 'address', address },
    protocol: 6,
    port: 80,
  };
}

function replayed(witness: Flow) {
  return runToEnd(replayWitnesses([{ ...finding, witness }], () => view, unbounded));
}

test('a witness that the policy allows alone and the denies take is confirmed', () => {
  const { unconfirmed, replayMismatches } = replayed(flowTo('169.254.169.254'));
  assert.deepEqual([unconfirmed.size, replayMismatches], [0, []]);
});

test('a witness that goes through in spite of the denies is a disagreement', () => {
  const [mismatch] = replayed(flowTo('169.254.1.1')).replayMismatches;
  assert.match(
    mismatch?.detail ?? '',
    /CiliumNetworkPolicy\/a\/web spec\.egress\[0\]\.toCIDR\[0\]: alone allow, with the denies allow/,
  );
});

test('a witness that the policy does not even allow alone is a disagreement', () => {
  assert.equal(replayed(flowTo('192.0.2.1')).replayMismatches.length, 1);
});

test('every violation that has a witness is asked about, whatever its certainty', () => {
  const wrong: Finding = { ...finding, certainty: 'upper-bound', witness: flowTo('169.254.1.1') };
  const right: Finding = { ...finding, witness: flowTo('169.254.169.254') };
  const advice: Finding = { ...wrong, severity: 'advice' };
  const { unconfirmed, replayMismatches } = runToEnd(replayWitnesses([wrong, right, advice], () => view, unbounded));
  assert.deepEqual([...unconfirmed], [wrong]);
  assert.deepEqual(
    replayMismatches.map((mismatch) => mismatch.finding),
    ['dead-allow'],
  );
});

function confirmable(count: number): readonly Finding[] {
  return Array.from({ length: count }, () => ({ ...finding, witness: flowTo('169.254.169.254') }));
}

test('once as many are confirmed as an answer shows, the others count as advice, and that is said', () => {
  const violations = confirmable(5);
  const { unconfirmed, unknowns } = runToEnd(
    replayWitnesses(violations, () => view, { ...unbounded, isEnough: (count) => count >= 3 }),
  );
  assert.deepEqual([...unconfirmed], violations.slice(3));
  assert.deepEqual(unknowns, [
    { reason: '2 violations count as advice, as their witnesses were not replayed', unfinished: 'size' },
  ]);
  const bounds = { ...unbounded, isEnough: (count: number) => count >= 4 };
  const [one] = runToEnd(replayWitnesses(violations, () => view, bounds)).unknowns;
  assert.equal(one?.reason, '1 violation counts as advice, as its witness was not replayed');
});

test('a witness that disagrees confirms nothing: the next one is asked about', () => {
  const wrong: Finding = { ...finding, witness: flowTo('169.254.1.1') };
  const [right, left] = confirmable(2);
  assert.ok(right !== undefined && left !== undefined);
  const { unconfirmed } = runToEnd(
    replayWitnesses([wrong, right, left], () => view, { ...unbounded, isEnough: (count) => count >= 1 }),
  );
  assert.deepEqual([...unconfirmed], [wrong, left]);
});

test('once the time is up no witness is replayed, and nothing is confirmed', () => {
  const violations = confirmable(4);
  let asked = 0;
  const expired = (): boolean => ++asked > 2;
  const { unconfirmed, unknowns } = runToEnd(replayWitnesses(violations, () => view, { ...unbounded, expired }));
  assert.deepEqual([...unconfirmed], violations.slice(2));
  assert.deepEqual(
    unknowns.map(({ unfinished }) => unfinished),
    ['time'],
  );
});

test('a replay gives way to others between rules and between long lists, and reads what is written once', () => {
  const prefixes = Array.from({ length: 10_000 }, (_, index) => `11.${index >> 8}.${index & 255}.0/24`);
  const long = storeWith([
    clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] }),
    policy('a/web', { endpointSelector: {}, egress: [{ toCIDR: ['169.254.0.0/16'] }, { toCIDR: prefixes }] }),
  ]).view();
  const pauses = (count: number): number => [...replayWitnesses(confirmable(count), () => long, unbounded)].length;
  const [one, two] = [pauses(1), pauses(2)];
  assert.ok(one >= 10, `${one} pauses`);
  assert.ok(two - one < 10, `${two - one} pauses for the second`);
});

test('no policy of this cluster stands at a node, whatever it would say of one', () => {
  const closed = storeWith([
    clusterwidePolicy('deny', { endpointSelector: {}, ingressDeny: [{ fromEntities: ['all'] }] }),
    policy('a/web', { endpointSelector: {}, egress: [{ toEntities: ['remote-node'] }] }),
  ]).view();
  const toNode: Flow = { ...flowTo(''), destination: { kind: 'endpoint', labels: labels('reserved:remote-node') } };
  const { replayMismatches } = runToEnd(replayWitnesses([{ ...finding, witness: toNode }], () => closed, unbounded));
  assert.match(replayMismatches[0]?.detail ?? '', /alone allow, with the denies allow/);
});
