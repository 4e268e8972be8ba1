/**
 * What the denies check says, against the second evaluator: of units that are told to be dead every flow is denied, and of those
 * that are not one that goes through can be named.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { assess, factsOf, type Assessment } from '../../src/checks/deny-contradiction/assess.ts';
import { DenyIndex } from '../../src/checks/deny-contradiction/denies.ts';
import { howJudged } from '../../src/checks/deny-contradiction/judged-rules.ts';
import { partsOf } from '../../src/checks/deny-contradiction/proof.ts';
import { contentOf, elementsOf, unitsOf, type Unit } from '../../src/checks/deny-contradiction/units.ts';
import type { Label } from '../../src/cilium/identity/label.ts';
import { refOf, type PolicyObject } from '../../src/cilium/objects.ts';
import { uncoveredProduct, type FlowWitness } from '../../src/cilium/policy/containment/product.ts';
import { rulesOf } from '../../src/cilium/policy/rule.ts';
import type { ReplayFlow, ReplayPeer, ReplayVerdict } from '../../src/cilium/replay/flow.ts';
import { Replayer } from '../../src/cilium/replay/replay.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { decoded, namespace, pod, policy, storeWith, type Json } from '../support/objects.ts';
import { anyClusterwidePolicy, anyPolicy, NAMESPACES, ownSelector, runsOr, SEED } from '../support/random-cluster.ts';
import { seededRandom } from '../support/hostile-random.ts';
import { flowInside } from '../support/unit-flows.ts';

const RUNS = runsOr(100);
const FLOWS = 200;

const FEW_PODS = NAMESPACES.flatMap((name) => [namespace(name), pod(`${name}/web-0`, { app: 'web' })]);

const kubernetesPolicy: fc.Arbitrary<Json> = fc
  .record({
    podSelector: ownSelector,
    peers: fc.subarray<Json>(
      [
        { podSelector: { matchLabels: { app: 'db' } } },
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'beta' } } },
        { namespaceSelector: {}, podSelector: { matchLabels: { tier: 'back' } } },
        { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.2.0/24'] } },
        { ipBlock: { cidr: '169.254.169.254/32' } },
      ],
      { minLength: 1 },
    ),
    ports: fc.subarray<Json>([{ port: 80 }, { port: 8000, endPort: 9000 }, { protocol: 'UDP', port: 53 }]),
    isEgress: fc.boolean(),
  })
  .map(({ podSelector, peers, ports, isEgress }) => {
    const lists = isEgress ? { egress: [{ to: peers, ports }] } : { ingress: [{ from: peers, ports }] };
    return policy(
      'alpha/plain',
      { podSelector, policyTypes: isEgress ? ['Egress'] : ['Ingress'], ...lists },
      'NetworkPolicy',
    );
  });

function hasList(raw: Json, end: string): boolean {
  return Object.keys(raw['spec'] as Json).some((list) => list.endsWith(end));
}

const denies = fc.array(
  anyClusterwidePolicy.filter((raw) => hasList(raw, 'Deny')),
  { minLength: 1, maxLength: 4 },
);
const allows = fc.oneof(
  { weight: 3, arbitrary: anyPolicy.filter((raw) => !hasList(raw, 'Deny')) },
  { weight: 1, arbitrary: kubernetesPolicy },
);

const asked = fc.record({
  version: fc.constantFrom('1.18.8', '1.19.7', '1.20.2'),
  denies: denies.map((list) => list.map((raw, index) => renamed(raw, `deny-${index}`))),
  allow: allows,
  seed: fc.integer(),
});

function renamed(raw: Json, name: string): Json {
  return { ...raw, metadata: { name } };
}

interface Told {
  readonly view: ClusterView;
  readonly submitted: PolicyObject;
  readonly policies: readonly PolicyObject[];
  readonly assessments: readonly Assessment[];
}

function toldOf({ version, denies: guards, allow }: { version: string; denies: readonly Json[]; allow: Json }): Told {
  const view = storeWith([...FEW_PODS, ...guards, allow], version).view();
  const submitted = decoded(allow) as PolicyObject;
  const parsed = view.policy(refOf(submitted));
  const assessments = parsed === undefined ? [] : runToEnd(assess(parsed, { view, denies: new DenyIndex(view) }));
  const policies = [submitted, ...guards.map((raw) => decoded(raw) as PolicyObject)].filter((policyObject) => {
    return view.policy(refOf(policyObject))?.kind === 'parsed';
  });
  return { view, submitted, policies, assessments };
}

/** At both ends. */
class Verdicts {
  readonly #replayer: Replayer;
  readonly #policies: readonly PolicyObject[];

  constructor({ view, policies }: Told) {
    this.#replayer = new Replayer(view.settings);
    this.#policies = policies;
  }

  own(flow: ReplayFlow): ReplayVerdict['verdict'] {
    return runToEnd(this.#replayer.verdictOf(flow, this.#policies)).verdict;
  }

  /** undefined: there is no endpoint of this cluster that has a policy. */
  other({ direction, subject, peer, protocol, port }: ReplayFlow): ReplayVerdict['verdict'] | undefined {
    if (peer.kind !== 'endpoint' || !peer.labels.every(isOfEndpoint)) return undefined;
    const opposite = direction === 'ingress' ? 'egress' : 'ingress';
    return this.own({
      direction: opposite,
      subject: peer.labels,
      peer: { kind: 'endpoint', labels: subject },
      protocol,
      port,
    });
  }
}

function isOfEndpoint({ source, key }: Label): boolean {
  return source !== 'reserved' || key === 'health' || key === 'init';
}

function deadIn({ assessments }: Told): readonly Unit[] {
  return assessments.flatMap((assessment) => (assessment.kind === 'dead' ? [assessment.unit] : []));
}

function say(t: TestContext, counts: Readonly<Record<string, number>>): void {
  t.diagnostic(`seed ${SEED}, ${RUNS} runs: ${JSON.stringify(counts)}`);
}

test('every flow of a unit that is told to be dead is denied, by identities that do not exist too', (t) => {
  const counts = { dead: 0, flows: 0, unknown: 0 };
  const property = fc.property(asked, (question) => {
    const told = toldOf(question);
    const verdicts = new Verdicts(told);
    const random = seededRandom(question.seed);
    for (const unit of deadIn(told)) {
      counts.dead += 1;
      for (let left = FLOWS; left > 0; left -= 1) {
        const flow = flowInside(unit, told.view, random);
        if (flow === undefined) break;
        counts.flows += 1;
        const verdict = verdicts.own(flow);
        if (verdict === 'unknown') counts.unknown += 1;
        if (verdict === 'deny' || verdict === 'unknown') continue;
        assert.equal(verdicts.other(flow), 'deny', `${unit.field}: ${verdict} ${JSON.stringify(flow)}`);
      }
    }
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  say(t, counts);
  assert.ok(counts.dead > RUNS / 4 && counts.flows > 50 * counts.dead, JSON.stringify(counts));
  assert.ok(counts.unknown < counts.flows / 10, JSON.stringify(counts));
});

/** A flow of the unit that no deny takes; `none`: it gives no flow at all. */
function survivor(unit: Unit, view: ClusterView): FlowWitness | 'none' | 'undecided' {
  const { filter } = view.settings;
  assert.ok(filter.kind === 'known');
  const facts = factsOf(view.settings, filter.filter);
  const covers = new DenyIndex(view).against(unit.rule.direction).known.map(({ deny }) => deny);
  let answer: 'none' | 'undecided' = 'none';
  for (const part of partsOf(unit)) {
    const found = uncoveredProduct(part, covers, facts);
    if (found.kind === 'uncovered') return found.witness;
    if (found.kind === 'undecided') answer = 'undecided';
  }
  return answer;
}

function flowOf({ subject, peer, protocol, port }: FlowWitness, { rule }: Unit): ReplayFlow {
  return { direction: rule.direction, subject, peer: replayPeer(peer), protocol, port };
}

function replayPeer(peer: FlowWitness['peer']): ReplayPeer {
  if (peer.kind !== 'address') return { kind: 'endpoint', labels: peer.labels };
  return { kind: 'address', address: peer.ip, labels: peer.labels.filter(({ key }) => !key.startsWith('world')) };
}

test('of a unit that is not told to be dead a flow can be named that goes through', (t) => {
  const counts = { alive: 0, through: 0, unknown: 0, undecided: 0 };
  const property = fc.property(asked, (question) => {
    const told = toldOf(question);
    const verdicts = new Verdicts(told);
    const dead = new Set(deadIn(told).map(contentOf));
    for (const element of elementsOf(rulesOf(told.view.policy(refOf(told.submitted)))).values()) {
      if (howJudged(element[0]) !== 'whole') continue;
      const { items, ports } = unitsOf(element);
      for (const unit of items.flatMap((item) => ports.map((ranges) => ({ ...item, ranges })))) {
        if (dead.has(contentOf(unit))) continue;
        const flow = survivor(unit, told.view);
        if (flow === 'none') continue;
        counts.alive += 1;
        if (flow === 'undecided') counts.undecided += 1;
        else counts[assertThrough(flowOf(flow, unit), verdicts, unit)] += 1;
      }
    }
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  say(t, counts);
  assert.ok(counts.through > 0.8 * counts.alive && counts.undecided < 0.01 * counts.alive, JSON.stringify(counts));
});

/** At the other end a deny turns default deny on, which is no deny of the flow. */
function assertThrough(flow: ReplayFlow, verdicts: Verdicts, unit: Unit): 'through' | 'unknown' {
  const own = verdicts.own(flow);
  assert.ok(own === 'allow' || own === 'unknown', `${unit.field}: ${own} ${JSON.stringify(flow)}`);
  assert.notEqual(verdicts.other(flow), 'deny', `${unit.field}: at the other end ${JSON.stringify(flow)}`);
  return own === 'allow' ? 'through' : 'unknown';
}
