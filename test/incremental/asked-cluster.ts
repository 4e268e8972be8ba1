/**
 * Who asks while the cluster changes: answers fill what the store keeps, and answers that take a while are half given when the
 * next event comes, as those of reviews are.
 */
import type { ClusterObject } from '../../src/cilium/objects.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import type { PolicyClass } from '../../src/cluster/policy-class.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import type { Newcomer } from './newcomers.ts';
import type { Question } from './steps.ts';
import { classesOf, told } from './told.ts';

/** Answers that are waited for at a time. */
const MOST_WAITED_FOR = 4;

export class AskedCluster {
  readonly #store: ClusterStore;
  readonly #waitedFor: Iterator<unknown>[] = [];

  constructor(store: ClusterStore) {
    this.#store = store;
  }

  ask(question: Question): void {
    const view = this.#store.view();
    switch (question.about) {
      case 'count':
        for (const policyClass of classAt(view, question.pick)) assertCounted(view, policyClass);
        break;
      case 'map':
        for (const policyClass of classAt(view, question.pick)) view.policyMap(policyClass);
        break;
      case 'identity':
        for (const id of at([...view.identities()], question.pick)) {
          exhaust(view.classesGaining(view.labelsOf(id) ?? []));
        }
        break;
      case 'settled':
        for (const steps of countSteps(view.settled(), question.pick)) runToEnd(steps);
        break;
      case 'node':
        for (const { name } of at([...view.nodes()], question.pick)) {
          for (const steps of countSteps(view.seenFrom(name), question.pick)) runToEnd(steps);
        }
        break;
      case 'everything':
        for (const [, policyClass] of classesOf(view)) assertCounted(view, policyClass);
        break;
      case 'gains':
        exhaust(view.classesGaining(question.newcomer.labels, question.newcomer.ports));
        break;
      case 'unused':
        for (const { name } of view.namespaces()) runToEnd(unusedSteps(view, name, question.newcomer));
        break;
      case 'what-if':
        told(view.after(changeTo(this.#store, question.object)), { newcomers: [], maps: 'checksum' });
        break;
      case 'count-meanwhile':
        this.#wait(...countSteps(view, question.pick));
        break;
      case 'gains-meanwhile':
        this.#wait(view.classesGaining(question.newcomer.labels, question.newcomer.ports)[Symbol.iterator]());
        break;
      case 'what-if-meanwhile':
        this.#wait(whatIfSteps(view, changeTo(this.#store, question.object), question.pick));
        break;
      case 'go-on':
        this.#goOn(question.steps);
        break;
    }
  }

  #wait(...all: readonly Iterator<unknown>[]): void {
    for (const steps of all) {
      steps.next();
      this.#waitedFor.push(steps);
      if (this.#waitedFor.length > MOST_WAITED_FOR) this.#waitedFor.shift();
    }
  }

  #goOn(steps: number): void {
    const first = this.#waitedFor[0];
    if (first === undefined) return;
    for (let taken = 0; taken < steps; taken += 1) {
      if (first.next().done !== true) continue;
      this.#waitedFor.shift();
      return;
    }
  }
}

export function changeTo(store: ClusterStore, after: ClusterObject) {
  const before = store.get(after);
  return before === undefined ? ({ op: 'create', after } as const) : ({ op: 'update', before, after } as const);
}

function* whatIfSteps(view: ClusterView, change: ReturnType<typeof changeTo>, pick: number): Iterator<undefined> {
  const after = yield* view.afterSteps(change);
  yield;
  for (const steps of countSteps(after, pick)) yield* steps;
}

function* unusedSteps(view: ClusterView, namespace: string, { labels }: Newcomer): Generator<undefined, void> {
  yield* view.usage.nearUnusedSteps(namespace, labels);
  const differences = yield* view.usage.differencesSteps(namespace, labels, () => true);
  differences.merged(differences.groups);
}

/** The count that is kept is that of the map. */
function assertCounted(view: ClusterView, policyClass: PolicyClass): void {
  const kept = runToEnd(view.entriesSteps(policyClass));
  const { size } = view.policyMap(policyClass);
  if (kept !== size) throw new Error(`${kept} entries are kept of a map of ${size}: ${policyClass.key}`);
}

/** None where there is no class. */
function countSteps(view: ClusterView, pick: number): readonly Generator<undefined, number>[] {
  return classAt(view, pick).map((policyClass) => view.entriesSteps(policyClass));
}

function classAt(view: ClusterView, pick: number) {
  return at([...classesOf(view)], pick).map(([, policyClass]) => policyClass);
}

/** One of them, or none where there are none. */
function at<Item>(items: readonly Item[], pick: number): readonly Item[] {
  return items.slice(pick % Math.max(1, items.length)).slice(0, 1);
}

function exhaust(answers: Iterable<unknown>): void {
  const all = answers[Symbol.iterator]();
  while (all.next().done !== true);
}
