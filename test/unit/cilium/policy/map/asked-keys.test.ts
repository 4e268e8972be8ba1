import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedKeys, asksForTooMuch } from '../../../../../src/cilium/policy/map/asked-keys.ts';
import type { Ports } from '../../../../../src/cilium/policy/rule.ts';
import { cnp, contextFor, rulesOf, type Spec } from '../../../../support/policies.ts';

const TWO_PEERS = { toEndpoints: [{ matchLabels: { app: 'a' } }, { matchLabels: { app: 'b' } }] };

function toPorts(...ports: readonly Spec[]): Spec {
  return { toPorts: [{ ports: ports.map((port) => ({ protocol: 'TCP', ...port })) }] };
}

const ROWS: readonly (readonly [says: string, egress: readonly Spec[], keys: number])[] = [
  ['a peer is one', [{ toEndpoints: [{}] }], 1],
  ['everybody is one', [toPorts({ port: '80' })], 1],
  ['each peer is one for each port', [{ ...TWO_PEERS, ...toPorts({ port: '80' }, { port: '81' }) }], 4],
  ['a range is as many as it has blocks', [{ ...TWO_PEERS, ...toPorts({ port: '80', endPort: 90 }) }], 2 * 3],
  ['a name of a port is one', [{ ...TWO_PEERS, ...toPorts({ port: 'web' }, { port: '80' }) }], 4],
  ['nobody is none', [{ toEndpoints: [], ...toPorts({ port: '80' }) }], 0],
  ['rules are counted one by one', [TWO_PEERS, { toEndpoints: [{}] }], 3],
];

for (const [says, egress, keys] of ROWS) {
  test(`${says}: ${keys}`, () => {
    const rules = rulesOf(cnp({ endpointSelector: {}, egress }), contextFor('1.20.2'));
    const blocks = new Map<Ports, number>();
    const counts = rules.map((rule) => askedKeys(rule, blocks));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      keys,
    );
    assert.deepEqual([asksForTooMuch(rules, keys), asksForTooMuch(rules, keys - 1)], [false, keys > 0]);
  });
}

test('a quarter of a million keys is not too much, and one more is', () => {
  const context = contextFor('1.20.2');
  const asked = (...egress: readonly Spec[]) => rulesOf(cnp({ endpointSelector: {}, egress }), context);
  const toEndpoints = Array.from({ length: 2 ** 9 }, (_, index) => ({ matchLabels: { app: `a${index}` } }));
  const ports = Array.from({ length: 2 ** 5 }, (_, index) => ({ port: `${1 + index * 2}`, protocol: 'TCP' }));
  const most = asked({ toEndpoints, toPorts: Array.from({ length: 2 ** 4 }, () => ({ ports })) });
  assert.equal(asksForTooMuch(most), false);
  assert.equal(asksForTooMuch([...most, ...asked({ toEndpoints: [{}] })]), true);
});
