/**
 * What holds for a policy map in whose direction rules say how peers authenticate, whatever the order in which it is made.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wildcardFor } from '../../src/cilium/policy/map/aggregates.ts';
import type { ParseContext } from '../../src/cilium/policy/context.ts';
import type { Contribution } from '../../src/cilium/policy/map/contributions.ts';
import { distillAuthenticated } from '../../src/cilium/policy/map/distill-authenticated.ts';
import { IdentitySlots } from '../../src/cilium/policy/map/identity-slots.ts';
import { l4Key, portOf, prefixLengthOf, protocolOf, type L4Key } from '../../src/cilium/policy/map/l4-key.ts';
import { NO_ORIGINS } from '../../src/cilium/policy/map/origin-table.ts';
import { isDeny, precedenceOf } from '../../src/cilium/policy/precedence.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { keyOf, naiveAuthenticatedMap, type AuthenticatedEntry } from '../support/naive-authenticated-map-state.ts';
import { contextFor } from '../support/policies.ts';
import { RUNS, SEED } from '../support/random-cluster.ts';

const http = { parser: 'http', priority: 101, l7: true, serverNames: false };
const precedence = fc.constantFrom(
  precedenceOf(0, { effect: 'allow' }),
  precedenceOf(0, { effect: 'allow' }),
  precedenceOf(0, { effect: 'deny' }),
  precedenceOf(0, { effect: 'redirect', redirect: http }),
);
const block = fc.constantFrom(
  { protocol: 0, port: 0, prefixLength: 0 },
  { protocol: 6, port: 0, prefixLength: 0 },
  { protocol: 6, port: 80, prefixLength: 12 },
  { protocol: 6, port: 80, prefixLength: 16 },
  { protocol: 6, port: 81, prefixLength: 16 },
  { protocol: 17, port: 80, prefixLength: 16 },
);
const entry: fc.Arbitrary<AuthenticatedEntry> = fc
  .record({
    key: block,
    identity: fc.constantFrom(0, 1, 11, 13, 1001, 1002, 16777217),
    precedence,
    requirement: fc.constantFrom(0, 0, 1, 2, 3),
  })
  .map(({ key, requirement, ...rest }) => ({
    ...key,
    ...rest,
    requirement: isDeny(rest.precedence) ? 0 : requirement,
  }));
const orders = fc.array(entry, { maxLength: 12 }).chain((entries) => {
  const shuffled = fc.shuffledSubarray(entries, { minLength: entries.length });
  return fc.tuple(shuffled, shuffled, shuffled);
});

for (const version of ['1.19.7', '1.20.2']) {
  test(`no order leaves less than the fewest entries or more than the most, with the wildcards of ${version}`, () => {
    const context = contextFor(version);
    const options = {
      wildcardFor: (id: number) => wildcardFor(id, context),
      aggregates: context.profile.aggregateIdentities,
    };
    const property = fc.property(orders, (shuffles) => {
      const fewest = keysLeft(shuffles[0], context, 'fewest');
      const most = keysLeft(shuffles[0], context, 'most');
      for (const order of shuffles) {
        const left = naiveAuthenticatedMap(order, options);
        assert.deepEqual(
          [...fewest].filter((key) => !left.has(key)),
          [],
        );
        assert.deepEqual(
          [...left.keys()].filter((key) => !most.has(key)),
          [],
        );
      }
    });
    fc.assert(property, { seed: SEED, numRuns: RUNS * 30 });
  });
}

test('without a deny of everybody every order leaves the same until 1.19', () => {
  const context = contextFor('1.19.7');
  const isDecided = ({ identity, precedence: value }: AuthenticatedEntry): boolean => identity !== 0 || !isDeny(value);
  const property = fc.property(orders, ([entries]) => {
    const decided = entries.filter(isDecided);
    assert.deepEqual(keysLeft(decided, context, 'fewest'), keysLeft(decided, context, 'most'));
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS * 10 });
});

function keysLeft(
  entries: readonly AuthenticatedEntry[],
  context: ParseContext,
  undecided: 'fewest' | 'most',
): ReadonlySet<string> {
  const slots = new IdentitySlots();
  slots.add(entries.flatMap(({ identity }) => [identity, wildcardFor(identity, context)]));
  slots.seal();
  const wildcards = Int32Array.from(slots.ids, (id) => {
    const wildcard = wildcardFor(id, context);
    return wildcard === id ? -1 : slots.slotOf(wildcard);
  });
  const columns = new Map<L4Key, Contribution[]>();
  for (const { identity, precedence: value, requirement, ...key } of entries) {
    const ids = Uint32Array.of(identity);
    const column = columns.get(l4Key(key.protocol, key)) ?? [];
    columns.set(l4Key(key.protocol, key), [...column, { ids: () => ids, precedence: value, origin: 0, requirement }]);
  }
  const left = new Set<string>();
  const sink = {
    take: (slot: number, key: L4Key): void => {
      const identity = slots.ids[slot] ?? 0;
      const place = { protocol: protocolOf(key), port: portOf(key), prefixLength: prefixLengthOf(key) };
      left.add(keyOf({ identity, ...place }));
    },
  };
  const aggregates = context.profile.aggregateIdentities;
  runToEnd(distillAuthenticated(columns, sink, { slots, wildcards, aggregates, origins: NO_ORIGINS, undecided }));
  return left;
}
