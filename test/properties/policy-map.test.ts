/**
 * What holds for every policy map, over random policies and random keys.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { wildcardFor } from '../../src/cilium/policy/map/aggregates.ts';
import type { ParseContext } from '../../src/cilium/policy/context.ts';
import { distill } from '../../src/cilium/policy/map/distill.ts';
import type { Contribution } from '../../src/cilium/policy/map/contributions.ts';
import { entryCountSteps, gainedCountSteps } from '../../src/cilium/policy/map/entry-count.ts';
import { IdentitySlots } from '../../src/cilium/policy/map/identity-slots.ts';
import { l4Key, type L4Key } from '../../src/cilium/policy/map/l4-key.ts';
import { mapState } from '../../src/cilium/policy/map/map-state.ts';
import { NO_ORIGINS } from '../../src/cilium/policy/map/origin-table.ts';
import type { PolicyMap, PolicyMapEntry } from '../../src/cilium/policy/map/policy-map.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { precedenceOf } from '../../src/cilium/policy/precedence.ts';
import { resolve, selectsSubject, type SelectorPolicy } from '../../src/cilium/policy/resolve.ts';
import type { Rule } from '../../src/cilium/policy/rule.ts';
import { isWildcard, matches } from '../../src/cilium/policy/selector.ts';
import { lookup, type PeerFlow } from '../../src/cilium/policy/map/verdict.ts';
import { naiveMapState, type NaiveEntry, type NaiveKey } from '../support/naive-map-state.ts';
import { contextFor, inputsOf, podLabels, rulesOf, universeOf } from '../support/policies.ts';
import { PODS, policies, PREFIXES } from '../support/policy-arbitraries.ts';
import { runsOr, SEED } from '../support/random-cluster.ts';

const VERSIONS = ['1.18.8', '1.19.7', '1.20.2'] as const;
const SUBJECT = { identity: 1001, labels: podLabels('a', 'web') };

suite('the closed form equals inserting key by key, in any order', () => {
  const http = { parser: 'http', priority: 101, l7: true, serverNames: false };
  const dns = { ...http, parser: 'dns', priority: 121 };
  const precedence = fc.constantFrom(
    precedenceOf(0, { effect: 'allow' }),
    precedenceOf(0, { effect: 'allow' }),
    precedenceOf(0, { effect: 'deny' }),
    precedenceOf(0, { effect: 'redirect', redirect: http }),
    precedenceOf(0, { effect: 'redirect', redirect: dns }),
    precedenceOf(1, { effect: 'allow' }),
    precedenceOf(1, { effect: 'deny' }),
    precedenceOf(10, { effect: 'allow' }),
  );
  const block = fc.constantFrom(
    { protocol: 0, port: 0, prefixLength: 0 },
    { protocol: 6, port: 0, prefixLength: 0 },
    { protocol: 17, port: 0, prefixLength: 0 },
    { protocol: 6, port: 64, prefixLength: 10 },
    { protocol: 6, port: 80, prefixLength: 12 },
    { protocol: 6, port: 80, prefixLength: 16 },
    { protocol: 6, port: 81, prefixLength: 16 },
    { protocol: 17, port: 80, prefixLength: 16 },
  );
  const identity = fc.constantFrom(0, 1, 2, 11, 12, 13, 14, 1001, 1002, 131573, 16777217, 33554433);
  const entry: fc.Arbitrary<NaiveEntry> = fc
    .tuple(block, identity, precedence)
    .map(([key, id, value]) => ({ ...key, identity: id, precedence: value }));
  const orders = fc.array(entry, { maxLength: 40 }).chain((entries) => {
    const shuffled = fc.shuffledSubarray(entries, { minLength: entries.length });
    return fc.tuple(fc.constant(entries), shuffled, shuffled);
  });
  for (const version of ['1.19.7', '1.20.2']) {
    test(`with the wildcards of ${version}`, () => {
      const context = contextFor(version);
      const options = {
        wildcardFor: (id: number) => wildcardFor(id, context),
        aggregates: context.profile.aggregateIdentities,
      };
      const property = fc.property(orders, (shuffles) => {
        const expected = closedForm(shuffles[0], context);
        for (const order of shuffles) assert.deepEqual(sorted(naiveMapState(order, options)), expected);
      });
      fc.assert(property, { seed: SEED, numRuns: runsOr(3000) });
    });
  }
});

for (const version of VERSIONS) {
  suite(`random policies under ${version}`, () => {
    const context = contextFor(version);
    const universe = universeOf(context, [...PODS, ...PREFIXES]);
    const inputs = inputsOf(universe, context);

    test('the order of the rules never changes the map', () => {
      const property = fc.property(policies, fc.infiniteStream(fc.nat()), (objects, numbers) => {
        const rules = objects.flatMap((object) => rulesOf(object, context));
        const other = shuffled(rules, numbers);
        const [one, two] = [policyFrom(rules, context), policyFrom(other, context)];
        assert.deepEqual(entryTexts(mapState(one, inputs)), entryTexts(mapState(two, inputs)));
      });
      fc.assert(property, { seed: SEED, numRuns: runsOr(300) });
    });

    test('the count is the size of the map, whether or not identities are alike', () => {
      const copies = PODS.flatMap(([id, labels]) => [1, 2].map((copy) => [id + copy * 5000, labels] as const));
      const crowded = inputsOf(universeOf(context, [...PODS, ...copies, ...PREFIXES]), context);
      const property = fc.property(policies, (objects) => {
        const policy = policyFrom(
          objects.flatMap((object) => rulesOf(object, context)),
          context,
        );
        for (const each of [inputs, crowded]) {
          assert.equal(runToEnd(entryCountSteps(policy, each)), mapState(policy, each).size);
        }
      });
      fc.assert(property, { seed: SEED, numRuns: runsOr(300) });
    });

    test('what an identity gains is the difference that it makes', () => {
      const property = fc.property(
        policies,
        fc.constantFrom(...PODS.slice(1), ...PREFIXES),
        (objects, [id, labels]) => {
          const policy = policyFrom(
            objects.flatMap((object) => rulesOf(object, context)),
            context,
          );
          const without = inputsOf(new Map([...universe].filter(([other]) => other !== id)), context);
          const added = { identity: id, labels };
          const gained = runToEnd(gainedCountSteps(policy, added, { ...inputs, labelsOf: (one) => universe.get(one) }));
          const [before, after] = [mapState(policy, without), mapState(policy, inputs)];
          const own = [...after.entriesOf('ingress', id), ...after.entriesOf('egress', id)].map(entryText);
          assert.deepEqual([...entryTexts(before), ...own].sort(), entryTexts(after));
          assert.equal(gained, own.length);
        },
      );
      fc.assert(property, { seed: SEED, numRuns: runsOr(300) });
    });

    test('the datapath answers a flow as the rules do', () => {
      const flow: fc.Arbitrary<PeerFlow> = fc.record({
        direction: fc.constantFrom('ingress', 'egress'),
        identity: fc.constantFrom(...universe.keys()).filter((id) => id < 11 || id > 14),
        protocol: fc.constantFrom(1, 6, 17, 132, 47),
        port: fc.constantFrom(0, 3, 8, 53, 64, 79, 80, 81, 443, 9999),
      });
      const property = fc.property(policies, fc.array(flow, { maxLength: 20 }), (objects, flows) => {
        const rules = objects.flatMap((object) => rulesOf(object, context));
        const map = mapState(policyFrom(rules, context), inputs);
        for (const asked of flows) {
          const labels = universe.get(asked.identity) ?? [];
          if (asked.identity === 1 && asked.direction === 'ingress') continue; // the allow of the host is no rule
          assert.equal(lookup(map, asked).verdict, byRules(rules, asked, labels), JSON.stringify(asked));
        }
      });
      fc.assert(property, { seed: SEED, numRuns: runsOr(300) });
    });
  });
}

function policyFrom(rules: readonly Rule[], context: ParseContext): SelectorPolicy {
  const resolved = resolve(
    rules.filter((rule) => selectsSubject(rule, SUBJECT)),
    SUBJECT,
    context,
  );
  assert.ok(resolved.ok);
  return resolved.value;
}

/** Deny beats allow; nothing said: allowed without default deny, else dropped. */
function byRules(rules: readonly Rule[], flow: PeerFlow, labels: Parameters<typeof matches>[1]): string {
  const applying = rules.filter((rule) => selectsSubject(rule, SUBJECT) && rule.direction === flow.direction);
  const verdicts = new Set(applying.filter((rule) => concerns(rule, flow, labels)).map(({ verdict }) => verdict));
  if (verdicts.has('deny')) return 'deny';
  return verdicts.has('allow') || !applying.some(({ defaultDeny }) => defaultDeny) ? 'allow' : 'none';
}

function concerns(rule: Rule, flow: PeerFlow, labels: Parameters<typeof matches>[1]): boolean {
  if (rule.peers.kind === 'none') return false;
  const takesPeer =
    rule.peers.kind === 'any' ||
    rule.peers.items.some(({ selectors }) => selectors.some((one) => isWildcard(one) || matches(one, labels)));
  const takesPort =
    rule.ports.kind === 'any' ||
    rule.ports.items.some(({ protocol, first, last }) => {
      return protocol === flow.protocol && (first === 0 || (first <= flow.port && flow.port <= last));
    });
  return takesPeer && takesPort;
}

function closedForm(entries: readonly NaiveEntry[], context: ParseContext): readonly string[] {
  const slots = new IdentitySlots();
  slots.add(entries.map(({ identity }) => identity));
  slots.seal();
  const columns = new Map<L4Key, Contribution[]>();
  for (const { identity, protocol, port, prefixLength, precedence } of entries) {
    const key = l4Key(protocol, { port, prefixLength });
    const column = columns.get(key) ?? [];
    const ids = Uint32Array.of(identity);
    columns.set(key, [...column, { ids: () => ids, precedence, origin: 0 }]);
  }
  const wildcards = Int32Array.from(slots.ids, (id) => {
    const wildcard = wildcardFor(id, context);
    return wildcard === id ? -1 : slots.slotOf(wildcard);
  });
  const left: NaiveEntry[] = [];
  const sink = {
    take: (slot: number, key: L4Key, precedence: number): void => {
      const parts = { protocol: key >>> 21, port: (key >>> 5) & 0xffff, prefixLength: key & 31 };
      left.push({ identity: slots.ids[slot] ?? -1, ...parts, precedence });
    },
  };
  const aggregates = context.profile.aggregateIdentities;
  const undecided = 'fewest';
  runToEnd(distill(columns, sink, { slots, wildcards, aggregates, origins: NO_ORIGINS, undecided }));
  return sorted(left);
}

function sorted(entries: readonly NaiveEntry[]): readonly string[] {
  return entries.map((entry) => `${keyText(entry)} ${entry.precedence}`).sort();
}

function keyText({ identity, protocol, port, prefixLength }: NaiveKey): string {
  return `${identity} ${protocol} ${port}/${prefixLength}`;
}

function entryTexts(map: PolicyMap): readonly string[] {
  return [...map.entries()].map(entryText).sort();
}

function entryText(entry: PolicyMapEntry): string {
  const origins = entry.origins.map(({ object, field }) => `${object.kind}/${object.name} ${field}`).sort();
  return `${entry.direction} ${keyText(entry)} ${entry.effect} ${[...new Set(origins)].join(', ')}`;
}

function shuffled<Item>(items: readonly Item[], numbers: Iterator<number>): readonly Item[] {
  const keyed = items.map((item) => ({ item, at: Number(numbers.next().value) }));
  return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
