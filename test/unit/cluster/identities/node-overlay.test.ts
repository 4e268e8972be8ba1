/**
 * What-if layers over the node-local identities, and identities that were kept up, against those of a cluster built so.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalKey } from '../../../../src/cilium/identity/label.ts';
import type { CiliumCIDRGroup, ObjectRef } from '../../../../src/cilium/objects.ts';
import { cidrLabelKey, formatPrefix, parsePrefix } from '../../../../src/cilium/policy/prefixes/cidr.ts';
import { groupPrefixes } from '../../../../src/cilium/policy/prefixes/cidr-groups.ts';
import type { PrefixChange } from '../../../../src/cilium/policy/prefixes/local-identities.ts';
import { endpointSelector, equals, exists, type EndpointSelector } from '../../../../src/cilium/policy/selector.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { NodeIdentities } from '../../../../src/cluster/identities/node-identities.ts';
import { identityOfAddress, type NodeLayer } from '../../../../src/cluster/identities/node-layer.ts';
import { nodeOverlay } from '../../../../src/cluster/identities/node-overlay.ts';
import { PolicyOverlay } from '../../../../src/cluster/policies/policy-overlay.ts';
import { PolicyRepository } from '../../../../src/cluster/policies/policy-repository.ts';
import { storedPolicy } from '../../../../src/cluster/policies/stored-policy.ts';
import type { Settings } from '../../../../src/cluster/settings.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import { decoded, policy, version } from '../../../support/objects.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';

function nodesOf(
  settings: Settings,
  named: Iterable<string>,
  groups: readonly CiliumCIDRGroup[],
  below?: NodeLayer,
): NodeIdentities {
  return new NodeIdentities(settings, named, groupPrefixes(groups, settings.profile), below);
}

const ADDRESSES = [
  '10.0.0.0',
  '10.0.3.255',
  '10.255.3.0',
  '11.0.0.1',
  'fd00:0:0:1::1',
  'fd00:ffff::',
  '2001:db8::1',
  '::ffff:10.0.3.0',
];

/** Few of them, so that they lie in each other, end where others end and come and go. */
const prefix = fc
  .oneof(
    fc
      .record({ end: fc.constantFrom(0, 255), bits: fc.constantFrom(1, 8, 13, 24, 31, 32) })
      .map(({ end, bits }) => `10.${end}.3.${end}/${bits}`),
    fc
      .record({ end: fc.constantFrom(0, 255), bits: fc.constantFrom(97, 109, 120, 128) })
      .map(({ end, bits }) => `::ffff:10.${end}.3.${end}/${bits}`),
    fc.constant('0.0.0.0/0'),
    fc
      .record({ end: fc.constantFrom('0', 'ffff'), bits: fc.constantFrom(7, 16, 100, 128) })
      .map(({ end, bits }) => `fd00:${end}::${end}/${bits}`),
  )
  .map((text) => {
    const parsed = parsePrefix(text);
    return parsed === undefined ? text : formatPrefix(parsed);
  });

const prefixes = fc.uniqueArray(prefix, { maxLength: 10 });

const groups = fc.uniqueArray(
  fc
    .record({
      name: fc.constantFrom('a', 'b', 'c'),
      labels: fc.dictionary(fc.constantFrom('zone', '10.0.0.0/8'), fc.constantFrom('', 'x'), { maxKeys: 2 }),
      cidrs: fc.array(fc.oneof(prefix, fc.constantFrom('0.0.0.0/0', '::/0')), { maxLength: 5 }),
    })
    .map(({ name, labels, cidrs }): CiliumCIDRGroup => {
      return {
        kind: 'CiliumCIDRGroup',
        name,
        uid: '',
        terminating: false,
        labels: new Map(Object.entries(labels)),
        cidrs,
      };
    }),
  { selector: ({ name }) => name, maxLength: 3 },
);

const keyOf = prefix.map((text) => {
  const parsed = parsePrefix(text);
  return parsed === undefined ? text : cidrLabelKey(parsed);
});

const selector: fc.Arbitrary<EndpointSelector> = fc
  .array(
    fc.oneof(
      keyOf.map((key) => exists('cidr', key)),
      keyOf.map((key) => ({ ...exists('cidr', key), operator: 'DoesNotExist' }) as const),
      keyOf.map((key) => exists('any', key)),
      fc.constantFrom(
        exists('reserved', 'world'),
        exists('reserved', 'world-ipv4'),
        exists('cidrgroup', 'zone'),
        equals('cidrgroup', 'zone', 'x'),
      ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((requirements) => endpointSelector(requirements));

function settingsOf(ciliumVersion: string) {
  return new ClusterStore({ version: version(ciliumVersion) }).view().settings;
}

const SETTINGS = { '1.18.8': settingsOf('1.18.8'), '1.20.2': settingsOf('1.20.2') };

function changeFrom(before: readonly string[], after: readonly string[]): PrefixChange {
  return {
    named: after.filter((text) => !before.includes(text)),
    unnamed: before.filter((text) => !after.includes(text)),
  };
}

function keysOf(ids: Iterable<number>, layer: NodeLayer): readonly string[] {
  const keys = [...ids].map((id) => canonicalKey(layer.labelsOf(id) ?? []));
  assert.equal(new Set(keys).size, keys.length, 'each label set has one number');
  return keys.sort();
}

/** Everything that a layer answers, by labels: numbers are made up. */
function answersOf(layer: NodeLayer, selectors: readonly EndpointSelector[]): unknown {
  const all = [...layer.all()];
  assert.deepEqual(
    all,
    [...all].sort((a, b) => a - b),
  );
  return {
    all: keysOf(all, layer),
    numbered: all.filter((id) => layer.numberOf(canonicalKey(layer.labelsOf(id) ?? [])) === id).length,
    selected: selectors.map((asked) => keysOf(layer.matching(asked), layer)),
    addresses: ADDRESSES.map((address) => canonicalKey(layer.labelsOf(identityOfAddress(layer, address) ?? -1) ?? [])),
  };
}

const cases = fc.record({
  settings: fc.constantFrom(...Object.values(SETTINGS)),
  before: prefixes,
  middle: prefixes,
  after: prefixes,
  groups,
  selectors: fc.array(selector, { maxLength: 4 }),
});

describe('a what-if over node-local identities', () => {
  test('has what a cluster built with these prefixes has, also over another what-if', () => {
    fc.assert(
      fc.property(cases, ({ settings, before, middle, after, groups: stored, selectors }) => {
        const live = nodesOf(settings, before, stored);
        const untouched = answersOf(live, selectors);
        const once = runToEnd(nodeOverlay(live, changeFrom(before, middle)));
        const twice = runToEnd(nodeOverlay(once, changeFrom(middle, after)));
        assert.deepEqual(answersOf(once, selectors), answersOf(nodesOf(settings, middle, stored), selectors));
        assert.deepEqual(answersOf(twice, selectors), answersOf(nodesOf(settings, after, stored), selectors));
        assert.deepEqual(answersOf(live, selectors), untouched);
      }),
      { seed: SEED, numRuns: RUNS * 5 },
    );
  });

  test('tells what is new in it', () => {
    fc.assert(
      fc.property(cases, ({ settings, before, after, groups: stored, selectors }) => {
        const live = nodesOf(settings, before, stored);
        const known = new Set(keysOf(live.all(), live));
        for (const layer of [
          runToEnd(nodeOverlay(live, changeFrom(before, after))),
          nodesOf(settings, after, stored, live),
        ]) {
          const added = keysOf(layer.added.ids, layer);
          assert.deepEqual(
            added,
            keysOf(layer.all(), layer).filter((key) => !known.has(key)),
          );
          for (const asked of selectors) {
            assert.deepEqual(
              keysOf(layer.added.matching(asked), layer),
              keysOf(layer.matching(asked), layer).filter((key) => added.includes(key)),
            );
          }
        }
      }),
      { seed: SEED, numRuns: RUNS * 2 },
    );
  });

  test('answers with the very set of the layer below where nothing in it changes', () => {
    const live = nodesOf(SETTINGS['1.20.2'], ['10.0.0.0/8', '192.0.2.0/24'], []);
    const overlay = runToEnd(nodeOverlay(live, { named: ['198.51.100.7/32'], unnamed: ['192.0.2.0/24'] }));
    const asked = endpointSelector([exists('cidr', '10.0.0.0/8')]);
    assert.equal(overlay.matching(asked), live.matching(asked));
  });
});

test('identities that were kept up are those of a cluster built so', () => {
  fc.assert(
    fc.property(cases, ({ settings, before, middle, after, groups: stored, selectors }) => {
      const live = nodesOf(settings, before, stored);
      for (const [from, to] of [[before, middle] as const, [middle, after] as const]) {
        live.change(changeFrom(from, to));
        assert.deepEqual(answersOf(live, selectors), answersOf(nodesOf(settings, to, stored), selectors));
      }
    }),
    { seed: SEED, numRuns: RUNS * 2 },
  );
});

/** Counts how often its elements are gone through. */
class CountedList extends Array<string> {
  visits = 0;

  override *[Symbol.iterator](): ArrayIterator<string> {
    for (const element of this.values()) {
      this.visits += 1;
      yield element;
    }
  }
}

/** Counts how often it is asked. */
class CountedIdentities extends NodeIdentities {
  questions = 0;

  override labelsOf(identity: number) {
    this.questions += 1;
    return super.labelsOf(identity);
  }

  override numberOf(key: Parameters<NodeIdentities['numberOf']>[0]) {
    this.questions += 1;
    return super.numberOf(key);
  }
}

test('a what-if of a policy with one prefix looks at a few of 50,000 stored ones', () => {
  const object = decoded(policy('a/stored', { endpointSelector: {} }));
  assert.ok(object.kind === 'CiliumNetworkPolicy');
  const stored = new CountedList();
  for (let index = 0; index < 50_000; index += 1) {
    stored.push(`${20 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.0/24`);
  }
  const repository = new PolicyRepository();
  const ref = (name: string): ObjectRef => ({ kind: 'CiliumNetworkPolicy', namespace: 'a', name });
  repository.set(object, { kind: 'parsed', object: ref('stored'), rules: [], prefixes: stored });
  const live = new CountedIdentities(SETTINGS['1.20.2'], repository.prefixes(), []);
  stored.visits = 0;
  live.questions = 0;
  const named = { kind: 'parsed', object: ref('new'), rules: [], prefixes: ['198.51.100.7/32'] } as const;
  const policies = new PolicyOverlay(repository, ref('new'), storedPolicy({ ...object, name: 'new' }, named, 0));
  const change = policies.prefixChange();
  assert.deepEqual(change, { named: ['198.51.100.7/32'], unnamed: [] });
  const steps = nodeOverlay(live, change);
  const overlay = runToEnd(steps);
  assert.equal([...overlay.added.ids].length, 1);
  assert.ok(stored.visits + live.questions <= 4, `${stored.visits} visits, ${live.questions} questions`);
});

test('a what-if of 5,000 prefixes pauses', () => {
  const live = nodesOf(SETTINGS['1.20.2'], [], []);
  const named = Array.from({ length: 5_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
  let pauses = 0;
  for (const steps = nodeOverlay(live, { named, unnamed: [] }); steps.next().done !== true;) pauses += 1;
  assert.ok(pauses >= 40, `${pauses}`);
});
