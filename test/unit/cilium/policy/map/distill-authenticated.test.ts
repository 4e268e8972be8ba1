/**
 * What comes out of few entries in every order, held against inserting them key by key; and that others get a turn meanwhile. More
 * entries, in some of their orders: test/properties/authenticated-map.test.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contribution } from '../../../../../src/cilium/policy/map/contributions.ts';
import { distillAuthenticated } from '../../../../../src/cilium/policy/map/distill-authenticated.ts';
import { wildcardFor } from '../../../../../src/cilium/policy/map/aggregates.ts';
import { IdentitySlots } from '../../../../../src/cilium/policy/map/identity-slots.ts';
import { L3_KEY, l4Key, portOf, prefixLengthOf, protocolOf } from '../../../../../src/cilium/policy/map/l4-key.ts';
import { NO_ORIGINS } from '../../../../../src/cilium/policy/map/origin-table.ts';
import { isDeny, precedenceOf, tierOf } from '../../../../../src/cilium/policy/precedence.ts';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';
import { below, pick, seededRandom } from '../../../../support/hostile-random.ts';
import {
  keyOf,
  naiveAuthenticatedMap,
  type AuthenticatedEntry,
} from '../../../../support/naive-authenticated-map-state.ts';
import { contextFor } from '../../../../support/policies.ts';

const IDENTITIES = Uint32Array.from({ length: 1_000 }, (_, index) => 1_000 + index);
const RULES = 200;

test('hundreds of rules that select all of many identities at one port are put together with pauses', () => {
  let asked = 0;
  const rule: Contribution = {
    ids: () => {
      asked += 1;
      return IDENTITIES;
    },
    precedence: 5,
    origin: 0,
  };
  const columns = new Map([[L3_KEY, Array.from({ length: RULES }, () => rule)]]);
  const slots = new IdentitySlots();
  slots.add(IDENTITIES);
  slots.seal();
  const taken: number[] = [];
  const sink = { take: (slot: number) => taken.push(slot) };
  const wildcards = Int32Array.from(slots.ids, () => -1);
  const options = { slots, wildcards, aggregates: false, origins: NO_ORIGINS, undecided: 'fewest' } as const;
  const steps = distillAuthenticated(columns, sink, options);
  let most = 0;
  for (let isDone = false; !isDone; most = Math.max(most, asked)) {
    asked = 0;
    isDone = steps.next().done === true;
  }
  assert.equal(taken.length, IDENTITIES.length);
  assert.ok(most <= 10, `${most} rules in one step`);
});

const http = { parser: 'http', priority: 101, l7: true, serverNames: false };
const PRECEDENCES = [
  precedenceOf(0, { effect: 'allow' }),
  precedenceOf(0, { effect: 'deny' }),
  precedenceOf(0, { effect: 'redirect', redirect: http }),
  precedenceOf(10, { effect: 'allow' }),
  precedenceOf(10, { effect: 'deny' }),
];
const NESTED = [
  { protocol: 0, port: 0, prefixLength: 0 },
  { protocol: 6, port: 0, prefixLength: 0 },
  { protocol: 6, port: 80, prefixLength: 16 },
];

/** Until 1.19 there is one tier. */
const WORLDS = [
  { version: '1.19.7', identities: [0, 1_001], precedences: PRECEDENCES.slice(0, 3) },
  { version: '1.20.2', identities: [11, 1_001], precedences: PRECEDENCES },
];

for (const { version, identities, precedences } of WORLDS) {
  test(`what is there in no order, in each, and as strong as it gets is told, with the wildcards of ${version}`, () => {
    const random = seededRandom(4711);
    for (let run = 0; run < 1_000; run += 1) {
      const entries = Array.from({ length: 3 + below(2, random) }, () => {
        const precedence = pick(precedences, random);
        const requirement = isDeny(precedence) ? 0 : below(3, random);
        return { ...pick(NESTED, random), identity: pick(identities, random), precedence, requirement };
      });
      const { always, ever } = inEveryOrder(entries, version);
      const [fewest, most] = [told(entries, version, 'fewest'), told(entries, version, 'most')];
      const text = JSON.stringify(entries);
      for (const key of fewest.keys()) assert.ok(always.has(key), `${key} of ${text}`);
      for (const [key, precedence] of ever) assert.ok((most.get(key) ?? 0) >= precedence, `${key} of ${text}`);
    }
  });
}

const [ALLOW, , REDIRECT, LATER_ALLOW, LATER_DENY] = PRECEDENCES;
const [EVERYTHING, TCP, HTTP] = NESTED;
const [POD, AGGREGATE] = [1_001, 11];

type Row = readonly [identity: number, block: typeof TCP, precedence: number | undefined, requirement?: number];

const EXACT: readonly (readonly [name: string, rows: readonly Row[]])[] = [
  [
    'is weaker than its aggregate',
    [
      [AGGREGATE, TCP, ALLOW],
      [POD, TCP, LATER_ALLOW, 2],
    ],
  ],
  [
    'is under an allow of an earlier tier, and a later deny is of its aggregate',
    [
      [AGGREGATE, HTTP, LATER_DENY],
      [POD, TCP, REDIRECT, 1],
      [POD, HTTP, LATER_ALLOW, 1],
    ],
  ],
  [
    'has an aggregate that is denied before, and asks for another thing than that',
    [
      [AGGREGATE, HTTP, LATER_ALLOW, 1],
      [POD, HTTP, LATER_ALLOW, 2],
      [AGGREGATE, TCP, PRECEDENCES[1]],
    ],
  ],
  [
    'has an aggregate that is denied before, and asks for the same',
    [
      [AGGREGATE, EVERYTHING, PRECEDENCES[1]],
      [POD, HTTP, LATER_ALLOW, 1],
      [AGGREGATE, HTTP, LATER_ALLOW, 1],
    ],
  ],
  [
    'takes a precedence from above, and has an aggregate that is denied',
    [
      [AGGREGATE, TCP, LATER_DENY],
      [AGGREGATE, HTTP, LATER_ALLOW, 2],
      [POD, TCP, REDIRECT],
      [POD, HTTP, LATER_ALLOW, 2],
    ],
  ],
  [
    'is under an allow that is there by chance, and under a deny',
    [
      [AGGREGATE, EVERYTHING, LATER_ALLOW, 2],
      [AGGREGATE, TCP, REDIRECT],
      [POD, TCP, REDIRECT],
      [POD, EVERYTHING, LATER_DENY],
      [POD, HTTP, LATER_ALLOW, 2],
    ],
  ],
];

for (const [name, rows] of EXACT) {
  test(`exactly what each order leaves is told where an allow ${name}`, () => {
    const entries = rows.map(([identity, block, precedence = 0, requirement = 0]) => {
      assert.ok(block);
      return { identity, ...block, precedence, requirement };
    });
    const fewest = [...told(entries, '1.20.2', 'fewest').keys()];
    assert.deepEqual(fewest.sort(), [...inEveryOrder(entries, '1.20.2').always].sort());
  });
}

/** Tiers are put in one after the other, whatever the order in each. */
function inEveryOrder(
  entries: readonly AuthenticatedEntry[],
  version: string,
): { readonly always: ReadonlySet<string>; readonly ever: ReadonlyMap<string, number> } {
  const context = contextFor(version);
  const aggregates = context.profile.aggregateIdentities;
  const options = { wildcardFor: (id: number) => wildcardFor(id, context), aggregates };
  const maps = ordersOf(entries)
    .map((order) => order.toSorted((a, b) => tierOf(b.precedence) - tierOf(a.precedence)))
    .map((order) => naiveAuthenticatedMap(order, options));
  const ever = new Map<string, number>();
  for (const [key, precedence] of maps.flatMap((map) => [...map])) {
    ever.set(key, Math.max(precedence, ever.get(key) ?? 0));
  }
  return { always: new Set([...ever.keys()].filter((key) => maps.every((map) => map.has(key)))), ever };
}

function ordersOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((one) => ordersOf(items.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

/** Precedences by key. */
function told(
  entries: readonly AuthenticatedEntry[],
  version: string,
  undecided: 'fewest' | 'most',
): ReadonlyMap<string, number> {
  const context = contextFor(version);
  const slots = new IdentitySlots();
  slots.add(entries.map(({ identity }) => identity));
  slots.seal();
  const wildcards = Int32Array.from(slots.ids, (id) => {
    const wildcard = wildcardFor(id, context);
    return wildcard === id ? -1 : slots.slotOf(wildcard);
  });
  const columns = new Map<number, Contribution[]>();
  for (const { identity, precedence, requirement, ...block } of entries) {
    const [key, ids] = [l4Key(block.protocol, block), Uint32Array.of(identity)];
    const column = columns.get(key) ?? [];
    columns.set(key, [...column, { ids: () => ids, precedence, origin: 0, requirement }]);
  }
  const left = new Map<string, number>();
  const sink = {
    take: (slot: number, key: number, precedence: number): void => {
      const block = { protocol: protocolOf(key), port: portOf(key), prefixLength: prefixLengthOf(key) };
      left.set(keyOf({ identity: slots.ids[slot] ?? 0, ...block }), precedence);
    },
  };
  const aggregates = context.profile.aggregateIdentities;
  runToEnd(distillAuthenticated(columns, sink, { slots, wildcards, aggregates, origins: NO_ORIGINS, undecided }));
  return left;
}
