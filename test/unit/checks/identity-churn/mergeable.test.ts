/**
 * Which labels merge half of the unused identities of a namespace: the answer of the groups that events keep up, against every
 * set of labels tried on every identity.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { distance } from '../../../../src/checks/identity-churn/differing-keys.ts';
import { mergeableWith, type Mergeable } from '../../../../src/checks/identity-churn/mergeable.ts';
import { nearestIdentity } from '../../../../src/checks/identity-churn/nearest-identity.ts';
import { isPodLabel } from '../../../../src/checks/facts/pod-label.ts';
import { canonicalKey, compareBytes, labelOf, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { differencesSteps } from '../../../../src/cluster/usage/key-differences.ts';
import { UnusedKeys } from '../../../../src/cluster/usage/unused-keys.ts';
import { identityIn } from '../../../support/churn.ts';
import { countedReads } from '../../../support/counted-reads.ts';
import { decoded, labels as labelsOf, namespace, pod, version, type Json } from '../../../support/objects.ts';

const SEED = 20_261_123;
const KEYS = ['a', 'b', 'c', 'd'];

type Labels = Readonly<Record<string, string>>;

interface Shape {
  readonly labels: Labels;
  readonly serviceAccount: string;
}

type Step =
  | { readonly kind: 'add' | 'ask'; readonly shape: Shape }
  | { readonly kind: 'delete' | 'use' | 'end'; readonly which: number };

/** A value that most have, one that some have, one of many, or none. */
const VALUE = fc.oneof(
  { weight: 4, arbitrary: fc.constant('x') },
  { weight: 2, arbitrary: fc.constant('y') },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 30 }).map((number) => `v${number}`) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

const SHAPE: fc.Arbitrary<Shape> = fc
  .tuple(fc.tuple(...KEYS.map(() => VALUE)), fc.constantFrom('default', 'default', 'default', 'other'))
  .map(([values, serviceAccount]) => ({
    labels: Object.fromEntries(
      KEYS.flatMap((key, index) => (values[index] === undefined ? [] : [[key, values[index]]])),
    ),
    serviceAccount,
  }));

const WHICH = fc.nat({ max: 1_000 });
const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: SHAPE.map((shape): Step => ({ kind: 'add', shape })) },
  { weight: 4, arbitrary: WHICH.map((which): Step => ({ kind: 'delete', which })) },
  { weight: 1, arbitrary: WHICH.map((which): Step => ({ kind: 'use', which })) },
  { weight: 1, arbitrary: WHICH.map((which): Step => ({ kind: 'end', which })) },
  { weight: 3, arbitrary: SHAPE.map((shape): Step => ({ kind: 'ask', shape })) },
);

/** A namespace to which things happen. */
class Scene {
  readonly #store = new ClusterStore({ version: version('1.20.2') });
  readonly #shapes = new Map<number, Shape>();
  #next = 1000;
  #pod: string | undefined;

  constructor() {
    this.#apply(namespace('ci'));
  }

  get view() {
    return this.#store.view();
  }

  add(shape: Shape): void {
    this.#next += 1;
    this.#shapes.set(this.#next, shape);
    this.#apply(identityIn('ci', this.#next, shape.labels, shape.serviceAccount));
  }

  delete(which: number): void {
    const id = this.#pick(which);
    if (id === undefined) return;
    this.#shapes.delete(id);
    this.#store.apply({ type: 'delete', ref: { kind: 'CiliumIdentity', name: `${id}` } });
  }

  /** One pod at a time takes one of the identities. */
  use(which: number): void {
    const shape = this.#shapes.get(this.#pick(which) ?? 0);
    if (shape === undefined) return;
    this.end();
    this.#pod = 'user';
    const spec = { serviceAccountName: shape.serviceAccount, containers: [] };
    this.#apply(pod('ci/user', shape.labels, { spec }));
  }

  end(): void {
    if (this.#pod !== undefined)
      this.#store.apply({ type: 'delete', ref: { kind: 'Pod', namespace: 'ci', name: this.#pod } });
    this.#pod = undefined;
  }

  /** The labels that a pod of this shape has as an identity. */
  labelsOf({ labels, serviceAccount }: Shape): LabelArray {
    const shape = {
      labels: new Map(Object.entries(labels)),
      serviceAccountName: serviceAccount,
      hostNetwork: false,
      ports: [],
    };
    const identity = this.view.identityOfShape(shape, 'ci');
    assert.ok(identity.kind === 'global');
    return identity.labels;
  }

  /** Of each key once. */
  unused(): readonly LabelArray[] {
    const view = this.view;
    const unused = [...view.identitiesIn('ci')].filter((id) => view.useOf(id).pods + view.useOf(id).endpoints === 0);
    const byKey = new Map(unused.map((id) => [canonicalKey(view.labelsOf(id) ?? []), view.labelsOf(id) ?? []]));
    return [...byKey.values()];
  }

  #pick(which: number): number | undefined {
    const ids = [...this.#shapes.keys()];
    return ids[which % Math.max(1, ids.length)];
  }

  #apply(raw: Json): void {
    this.#store.apply({ type: 'upsert', object: decoded(raw) });
  }
}

/** Every set of keys on every identity: the smallest that merges enough, then the one that merges most, then the first. */
function byBruteForce(labels: LabelArray, unused: readonly LabelArray[], wanted: number) {
  const merged = (keys: readonly string[]) => unused.filter((others) => isMerged(labels, others, new Set(keys))).length;
  const sets = everySubset(KEYS).map((keys) => ({ keys, identities: merged(keys) }));
  const [best] = sets
    .filter(({ identities }) => identities >= wanted)
    .sort(
      (a, b) =>
        a.keys.length - b.keys.length || b.identities - a.identities || compareBytes(a.keys.join(), b.keys.join()),
    );
  return best;
}

function isMerged(a: LabelArray, b: LabelArray, left: ReadonlySet<string>): boolean {
  const rest = (labels: LabelArray) =>
    canonicalKey(labels.filter((label) => !isPodLabel(label) || !left.has(label.key)));
  return rest(a) === rest(b);
}

function everySubset(keys: readonly string[]): string[][] {
  return keys.reduce<string[][]>((sets, key) => [...sets, ...sets.map((set) => [...set, key])], [[]]);
}

/** What is kept up of those that merge is what counting them anew gives, for each way to tell their keys apart. */
function assertCounted({ merged, keys }: Mergeable, labels: readonly LabelArray[]): void {
  const counts = runToEnd(merged.countsSteps());
  assert.equal(counts.sets, labels.length);
  for (const key of keys) {
    const values = labels.map((others) => labelOf(others, key)?.value);
    assert.equal(counts.values(key), new Set(values).size);
    assert.equal(counts.holders(key), values.filter((value) => value !== undefined).length);
  }
  for (const coarse of everySubset(keys).slice(0, 6)) {
    const finer = keys.filter((key) => !coarse.includes(key));
    const crowding = runToEnd(merged.crowdingSteps({ coarse, finer, most: 2 }));
    const classOf = (others: LabelArray, of: readonly string[]) =>
      JSON.stringify(of.map((key) => labelOf(others, key)?.value));
    const finerOf = (name: string) =>
      new Set(labels.filter((others) => classOf(others, coarse) === name).map((others) => classOf(others, keys))).size;
    assert.equal(crowding.finer, new Set(labels.map((others) => classOf(others, keys))).size);
    assert.equal(crowding.crowded, labels.filter((others) => finerOf(classOf(others, coarse)) > 2).length);
  }
}

/** By a look at every identity of the namespace. */
function nearestByHand(labels: LabelArray, view: ClusterView): number | undefined {
  const neighbours = [...view.identitiesIn('ci')].filter((id) => view.hasNumber(id));
  const [nearest] = neighbours
    .map((id) => ({ id, keys: distance(labels, view.labelsOf(id) ?? []), pods: view.useOf(id).pods }))
    .sort((a, b) => a.keys - b.keys || b.pods - a.pods || a.id - b.id);
  return nearest?.id;
}

test('the labels that merge half of the unused identities are those that trying every set finds, whatever happened', () => {
  let [found, none] = [0, 0];
  const property = fc.property(fc.array(STEP, { minLength: 20, maxLength: 120 }), (steps) => {
    const scene = new Scene();
    for (const step of steps) {
      if (!('shape' in step)) scene[step.kind](step.which);
      else if (step.kind === 'add') scene.add(step.shape);
      else {
        const [labels, unused] = [scene.labelsOf(step.shape), scene.unused()];
        // What is an identity already is never asked about, and where nothing is unused there is nothing to merge.
        const isKnown = scene.view.identitiesWithKey(canonicalKey(labels)).length > 0;
        if (isKnown || unused.length === 0) continue;
        const wanted = Math.ceil(unused.length / 2);
        const answer = runToEnd(mergeableWith({ namespace: 'ci', labels, wanted }, scene.view));
        const expected = byBruteForce(labels, unused, wanted);
        assert.deepEqual(answer && { keys: answer.keys, identities: answer.identities }, expected);
        const handedOut = [...(answer?.merged.labels() ?? [])].map(canonicalKey).sort();
        const merged = unused.filter((others) => isMerged(labels, others, new Set(expected?.keys)));
        assert.deepEqual(handedOut, answer === undefined ? [] : merged.map(canonicalKey).sort());
        assert.equal(
          runToEnd(nearestIdentity(scene.view, { namespace: 'ci', labels })),
          nearestByHand(labels, scene.view),
        );
        if (answer !== undefined) assertCounted(answer, merged);
        if (answer === undefined) none += 1;
        else found += 1;
      }
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 150 });
  assert.ok(found > 300 && none > 100, `${found} were found, and ${none} times there was none`);
});

/** Two keys that follow one another, three applications, two tiers. */
function churning(index: number): LabelArray {
  const [app, tier] = [`a${index % 3}`, `t${index % 2}`];
  const texts = [`k8s:app=${app}`, `k8s:tier=${tier}`, `k8s:run=r${index}`, `k8s:task=t${index}`];
  return labelsOf(...texts);
}

interface Work {
  /** Labels that were looked at. */
  readonly reads: number;
  /** Times at which others might have had a turn, and what was handed out. */
  readonly groups: number;
}

/** Of one question about keys that were there before, and of a second one after so many more came and went. */
function workFor(keys: number): readonly [first: Work, second: Work] {
  let total = 0;
  const unused = new UnusedKeys();
  const counters = Array.from({ length: keys }, (_, index) => {
    const { items, reads } = countedReads(churning(index));
    unused.add(canonicalKey(churning(index)), items);
    return reads;
  });
  const asked = (): Work => {
    total = counters.reduce((sum, reads) => sum + reads(), 0);
    const { groups } = runToEnd(differencesSteps(churning(100_000), unused, isPodLabel));
    return { reads: counters.reduce((sum, reads) => sum + reads(), 0) - total, groups: groups.length };
  };
  const first = asked();
  unused.remove(canonicalKey(churning(1)));
  return [first, asked()];
}

test('once they are taken in, no unused identity is looked at, and there are as many groups whatever their number', () => {
  const [small, large] = [workFor(60), workFor(6_000)];
  assert.ok(small[0].reads > 0 && large[0].reads > 10 * small[0].reads);
  assert.deepEqual([small[1].reads, large[1].reads], [0, 0]);
  assert.equal(large[1].groups, small[1].groups);
  assert.ok(small[1].groups <= 6);
});

test('what comes later costs each key a look, and all of them again only once their number has doubled', () => {
  const unused = new UnusedKeys();
  const counters: (() => number)[] = [];
  for (let index = 0; index < 4_096; index += 1) {
    const { items, reads } = countedReads(churning(index));
    counters.push(reads);
    unused.add(canonicalKey(churning(index)), items);
    runToEnd(differencesSteps(churning(100_000), unused, isPodLabel));
  }
  const reads = counters.reduce((sum, read) => sum + read(), 0);
  // A label is read when it is counted and, a few times more, when its key is grouped.
  assert.ok(reads < 4_096 * 4 * 16, `${reads} labels were read`);
  assert.equal(labelOf(churning(1), 'run')?.value, 'r1');
});
