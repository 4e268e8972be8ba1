/**
 * What `explain flow` says of random flows in random clusters: the two evaluators agree, and the rules that are named fit what is
 * said.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { flowExplanation } from '../../src/cli/explain-flow.ts';
import { usesIdentity } from '../../src/cilium/objects.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import type { FlowSide } from '../../src/review/explanations.ts';
import { storeWith } from '../support/objects.ts';
import { anyCluster, NAMESPACES, runsOr, SEED, WITH_TIERS } from '../support/random-cluster.ts';
import { pick, seededRandom, type Random } from '../support/hostile-random.ts';

const RUNS = runsOr(40);
const FLOWS = 20;

const OTHERS = [
  '10.1.2.3',
  '10.9.9.9',
  '169.254.169.254',
  '192.0.2.7',
  '203.0.113.5',
  'reserved:host',
  'reserved:health',
];
const PORTS = ['80/TCP', '443/TCP', '53/UDP', '8080/TCP', '85/UDP', '8/ICMP'];

const asked = fc.record({
  version: fc.constantFrom('1.18.8', '1.19.7', '1.20.2'),
  objects: anyCluster,
  seed: fc.integer(),
});

function endpointsIn(view: ClusterView): readonly string[] {
  const pods = NAMESPACES.flatMap((name) => [...view.podsIn(name)].filter(usesIdentity));
  const imagined = ['app=web,tier=back', 'app=new'].map((labels) => `${labels},io.kubernetes.pod.namespace=beta`);
  return [...pods.map(({ namespace, name }) => `${namespace}/${name}`), ...imagined];
}

test('of no flow the evaluators disagree, and what is said follows from the rules that are named', (t) => {
  const counts = { allow: 0, deny: 0, unknown: 0 };
  const property = fc.property(asked, ({ version, objects, seed }) => {
    const view = storeWith([WITH_TIERS, ...objects], version).view();
    const random = seededRandom(seed);
    const pods = endpointsIn(view);
    for (let left = FLOWS; left > 0; left -= 1) {
      const flow = randomFlow(pods, random);
      const explained = flowExplanation(view, flow);
      counts[explained.verdict] += 1;
      for (const side of [explained.egress, explained.ingress]) assertConsistent(side, JSON.stringify(flow));
    }
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  t.diagnostic(`seed ${SEED}, ${RUNS} runs: ${JSON.stringify(counts)}`);
  assert.ok(counts.allow > RUNS && counts.deny > RUNS, JSON.stringify(counts));
});

function randomFlow(pods: readonly string[], random: Random) {
  const ends = [pick(pods, random), pick([...pods, ...OTHERS], random)];
  const [from = '', to = ''] = random() < 0.5 ? ends : ends.toReversed();
  return { from, to, port: pick(PORTS, random) };
}

function assertConsistent({ verdict, reason, allows, denies }: FlowSide, flow: string): void {
  assert.doesNotMatch(reason, /disagree/, flow);
  if (reason === 'a rule denies it') assert.ok(verdict === 'deny' && denies.length > 0, flow);
  if (reason.startsWith('a rule allows it')) assert.ok(verdict === 'allow' && allows.length > 0, flow);
  if (reason.startsWith('no rule allows it'))
    assert.ok(verdict === 'deny' && allows.length + denies.length === 0, flow);
}
