/**
 * ClusterNetworkPolicies beside all other kinds: policy maps and the second evaluator against the tiers asked one by one, as
 * anybody would who reads the rules.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { LabelArray } from '../../src/cilium/identity/label.ts';
import type { PolicyObject } from '../../src/cilium/objects.ts';
import { wildcardFor } from '../../src/cilium/policy/map/aggregates.ts';
import { entryCountSteps, gainedCountSteps } from '../../src/cilium/policy/map/entry-count.ts';
import { leastEntrySteps } from '../../src/cilium/policy/map/least-entries.ts';
import { mapState } from '../../src/cilium/policy/map/map-state.ts';
import type { PolicyMap } from '../../src/cilium/policy/map/policy-map.ts';
import { lookup, type PeerFlow } from '../../src/cilium/policy/map/verdict.ts';
import { selectsSubject } from '../../src/cilium/policy/resolve.ts';
import type { Rule } from '../../src/cilium/policy/rule.ts';
import { isWildcard, matches } from '../../src/cilium/policy/selector.ts';
import type { ReplayPeer } from '../../src/cilium/replay/flow.ts';
import { replay } from '../../src/cilium/replay/replay.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import {
  contextFor,
  EVERY_KIND,
  inputsOf,
  kcnp,
  podLabels,
  policyOf,
  rulesOf,
  universeOf,
  type Spec,
} from '../support/policies.ts';
import { PODS, policies, PREFIXES } from '../support/policy-arbitraries.ts';
import { runsOr, SEED } from '../support/random-cluster.ts';

const options = { seed: SEED, numRuns: runsOr(400) };
const context = contextFor('1.20.2', EVERY_KIND);
const universe = universeOf(context, [...PODS, ...PREFIXES]);
const inputs = inputsOf(universe, context);
const SUBJECT = { identity: 1001, labels: podLabels('a', 'web') };
const HOST = 1;

const selecting: readonly Spec[] = [
  { namespaces: {} },
  { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'b' } } },
  { namespaces: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['a'] }] } },
  { pods: { podSelector: { matchLabels: { app: 'db' } } } },
  { pods: { podSelector: {}, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'a' } } } },
  {},
];
const networks: Spec = { networks: ['10.0.0.0/8', '8.8.8.8/32'] };

const protocol = fc.constantFrom<Spec>(
  { tcp: { destinationPort: { number: 80 } } },
  { tcp: { destinationPort: { range: { start: 64, end: 95 } } } },
  { udp: { destinationPort: { number: 53 } } },
  { tcp: {} },
);

function element(side: 'from' | 'to'): fc.Arbitrary<Spec> {
  const peer = fc.constantFrom(...selecting, ...(side === 'to' ? [networks, networks] : []));
  return fc.record(
    {
      action: fc.constantFrom('Accept', 'Deny'),
      [side]: fc.array(peer, { minLength: 1, maxLength: 2 }),
      protocols: fc.array(protocol, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['action'] },
  );
}

const clusterPolicy = fc
  .record(
    {
      tier: fc.constantFrom('Admin', 'Baseline'),
      priority: fc.nat(2),
      ingress: fc.array(element('from'), { minLength: 1, maxLength: 3 }),
      egress: fc.array(element('to'), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['tier', 'priority'] },
  )
  .chain((spec) => fc.constantFrom('x', 'y', 'z').map((name) => kcnp(spec, name)));

const world: fc.Arbitrary<readonly PolicyObject[]> = fc
  .tuple(policies, fc.array(clusterPolicy, { minLength: 1, maxLength: 3 }))
  .map(([others, tiered]) => [...others, ...tiered]);

const flow: fc.Arbitrary<PeerFlow> = fc.record({
  direction: fc.constantFrom('ingress', 'egress'),
  identity: fc.constantFrom(...universe.keys()).filter((id) => id < 11 || id > 14),
  protocol: fc.constantFrom(1, 6, 17, 132, 47),
  port: fc.constantFrom(3, 8, 53, 64, 79, 80, 95, 96, 443),
});

function mapOf(objects: readonly PolicyObject[]): PolicyMap {
  return mapState(policyOf(objects, SUBJECT, context), inputs);
}

suite('policies in tiers', () => {
  test('the datapath answers a flow as the tiers do, one after the other', () => {
    const property = fc.property(world, fc.array(flow, { minLength: 1, maxLength: 20 }), (objects, flows) => {
      const map = mapOf(objects);
      const rules = objects.flatMap((object) => rulesOf(object, context));
      for (const asked of flows) {
        assert.equal(lookup(map, asked).verdict, byTiers(rules, asked), JSON.stringify(asked));
      }
    });
    fc.assert(property, options);
  });

  test('the second evaluator answers a flow as the map does', () => {
    let decided = 0;
    const property = fc.property(world, fc.array(flow, { minLength: 1, maxLength: 20 }), (objects, flows) => {
      const map = mapOf(objects);
      for (const asked of flows) {
        const { direction, protocol, port } = asked;
        const question = { direction, subject: SUBJECT.labels, peer: peerOf(asked.identity), protocol, port };
        const { verdict } = replay(question, objects, context);
        if (verdict === 'unknown') continue;
        decided += 1;
        const expected = lookup(map, asked).verdict;
        assert.equal(verdict === 'default-deny' ? 'none' : verdict, expected, JSON.stringify(asked));
      }
    });
    fc.assert(property, options);
    assert.ok(decided > 2000, `${decided} decided`);
  });

  test('the order of the policies never changes the map', () => {
    const property = fc.property(world, (objects) => {
      assert.deepEqual(texts(mapOf(objects)), texts(mapOf([...objects].reverse())));
    });
    fc.assert(property, options);
  });

  test('the count is the size of the map, grows by what an identity gains, and is never below the least', () => {
    const property = fc.property(world, fc.constantFrom(...PODS.slice(1), ...PREFIXES), (objects, [id, labels]) => {
      const policy = policyOf(objects, SUBJECT, context);
      const without = inputsOf(new Map([...universe].filter(([other]) => other !== id)), context);
      const labelsIn = (identity: number) => universe.get(identity);
      const gained = runToEnd(gainedCountSteps(policy, { identity: id, labels }, { ...inputs, labelsOf: labelsIn }));
      assert.equal(runToEnd(entryCountSteps(policy, inputs)), mapState(policy, inputs).size);
      assert.equal(runToEnd(entryCountSteps(policy, without)) + gained, mapState(policy, inputs).size);
      const rules = objects
        .flatMap((object) => rulesOf(object, context))
        .filter((rule) => selectsSubject(rule, SUBJECT));
      assert.ok(runToEnd(leastEntrySteps(rules, inputs, Infinity)) <= mapState(policy, inputs).size);
    });
    fc.assert(property, options);
  });
});

/** The first level with a rule about the peer, or about the aggregate that stands for it, decides: a deny of it beats an allow. */
function byTiers(rules: readonly Rule[], asked: PeerFlow): string {
  const applying = rules.filter((rule) => selectsSubject(rule, SUBJECT) && rule.direction === asked.direction);
  const ends = [asked.identity, wildcardFor(asked.identity, context)].map((id) => universe.get(id) ?? []);
  const about = applying.filter((rule) => ends.some((labels) => labels.length > 0 && concerns(rule, asked, labels)));
  const first = Math.min(...about.map(levelOf));
  const verdicts = new Set(about.filter((rule) => levelOf(rule) === first).map(({ verdict }) => verdict));
  if (verdicts.size > 0) return verdicts.has('deny') ? 'deny' : 'allow';
  const isClosed = applying.some(({ defaultDeny }) => defaultDeny);
  const isHost = asked.direction === 'ingress' && asked.identity === HOST;
  return isClosed && !isHost ? 'none' : 'allow';
}

function levelOf({ tierPlace }: Rule): number {
  if (tierPlace === undefined) return 1000;
  return tierPlace.tier === 'Admin' ? tierPlace.priority : 2000 + tierPlace.priority;
}

function concerns(rule: Rule, asked: PeerFlow, labels: LabelArray): boolean {
  const { peers, ports } = rule;
  if (peers.kind === 'none') return false;
  const selects = (selector: Parameters<typeof matches>[0]): boolean =>
    isWildcard(selector) || matches(selector, labels);
  const takesPeer = peers.kind === 'any' || peers.items.some(({ selectors }) => selectors.some(selects));
  const takesPort =
    ports.kind === 'any' ||
    ports.items.some(({ protocol: own, first, last }) => {
      return own === asked.protocol && (first === 0 || (first <= asked.port && asked.port <= last));
    });
  return takesPeer && takesPort;
}

const ADDRESSES = new Map([
  [2, '1.1.1.1'],
  [16777217, '10.9.9.9'],
  [16777218, '10.1.2.3'],
  [16777219, '8.8.8.8'],
]);

function peerOf(identity: number): ReplayPeer {
  const address = ADDRESSES.get(identity);
  if (address !== undefined) return { kind: 'address', address };
  return { kind: 'endpoint', labels: universe.get(identity) ?? [] };
}

function texts(map: PolicyMap): readonly string[] {
  return [...map.entries()].map((entry) => JSON.stringify({ ...entry, origins: [] })).sort();
}
