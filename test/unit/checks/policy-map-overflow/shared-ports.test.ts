/**
 * The rules of a NetworkPolicy share their list of ports, which is walked once and not for each of thousands of peers.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contributorsOf } from '../../../../src/checks/policy-map-overflow/contributors.ts';
import { narrowProtocol } from '../../../../src/checks/policy-map-overflow/narrow-protocol.ts';
import { leastEntrySteps } from '../../../../src/cilium/policy/map/least-entries.ts';
import type { PortRange, Rule } from '../../../../src/cilium/policy/rule.ts';
import type { PolicyClass } from '../../../../src/cluster/policy-class.ts';
import { countedReads } from '../../../support/counted-reads.ts';
import { cnp, contextFor, rulesOf } from '../../../support/policies.ts';
import { storeWith } from '../../../support/objects.ts';

const PEERS = 3_000;
const PORTS = 40;
const CONTEXT = contextFor('1.19.7');

/** One rule for each of the peers, all of one place and with one list of ports. */
function sharing(protocol: string): { readonly rules: readonly Rule[]; readonly reads: () => number } {
  const ports = Array.from({ length: PORTS }, (_, index) => ({ port: String(10_001 + index), protocol }));
  const [written] = rulesOf(cnp({ endpointSelector: {}, egress: [{ toPorts: [{ ports }] }] }), CONTEXT);
  assert.ok(written?.ports.kind === 'list');
  const { items, reads } = countedReads<PortRange>(written.ports.items);
  const toCIDR = Array.from({ length: PEERS }, (_, index) => `9.${index >> 8}.${index & 255}.0/24`);
  const [{ peers }] = rulesOf(cnp({ endpointSelector: {}, egress: [{ toCIDR }] }), CONTEXT) as readonly [Rule];
  const shared = { ...written, ports: { ...written.ports, items } };
  const listed = peers.kind === 'list' ? peers.items : [];
  const rules = listed.map((peer): Rule => ({ ...shared, peers: { kind: 'list', items: [peer] } }));
  assert.equal(rules.length, PEERS);
  return { rules, reads };
}

interface Run<Result> {
  readonly pauses: number;
  readonly result: Result;
}

function run<Result>(steps: Generator<unknown, Result>): Run<Result> {
  for (let pauses = 0; ; pauses += 1) {
    const step = steps.next();
    if (step.done === true) return { pauses, result: step.value };
  }
}

test('where it is told who asks for most of a map that nobody counts', () => {
  const { rules, reads } = sharing('TCP');
  const uncounted = { key: '', rules, uncounted: 'too much' } as unknown as PolicyClass;
  const { pauses, result } = run(contributorsOf(uncounted, storeWith([]).view()));
  assert.deepEqual(
    result.map(({ entries, percent }) => [entries, percent]),
    [[PEERS * PORTS, 100]],
  );
  assert.ok(reads() <= 2 * PORTS, `${reads()} reads`);
  assert.ok(pauses >= 2, `${pauses} pauses`);
});

test('where a narrower protocol is looked for', () => {
  for (const [protocol, isNarrowed] of [
    ['TCP', false],
    ['ANY', true],
  ] as const) {
    const { rules, reads } = sharing(protocol);
    const [{ ref }] = rules as readonly [Rule];
    const { result, pauses } = run(narrowProtocol(rules, [{ rule: ref, entries: 1, percent: 100 }]));
    assert.equal(result !== undefined, isNarrowed);
    assert.ok(reads() <= 6 * PORTS, `${reads()} reads`);
    assert.ok(pauses >= 1);
  }
});

test('where it is asked whether a proxy takes part', () => {
  const { rules, reads } = sharing('TCP');
  const inputs = { context: CONTEXT, selections: () => new Uint32Array() };
  assert.equal(run(leastEntrySteps(rules, inputs, 1)).result, 0);
  assert.ok(reads() <= 2 * PORTS, `${reads()} reads`);
});
