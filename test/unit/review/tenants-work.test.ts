/**
 * What a decision looks at does not grow with the tenants of the cluster: counted in questions to the view, not in time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import { admit } from '../../../src/review/admit.ts';
import { identityIn } from '../../support/churn.ts';
import { ciliumConfig, namespace, pod, storeWith, type Json } from '../../support/objects.ts';
import { settingsWith, submissionOf } from '../../support/review.ts';

/** Names of the questions, and for lists how many items were taken out of them. */
type Count = (question: string) => void;

function watched<Value extends object>(value: Value, count: Count): Value {
  return new Proxy(value, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      const question = String(name);
      if (question === 'usage') return watched(member as object, (inner) => count(`usage.${inner}`));
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        count(question);
        return counted(Reflect.apply(member, target, args), () => count(`${question}[]`));
      };
    },
  });
}

/** Iterables that are no arrays or sets of a known size: what is taken out of them is work. */
function counted(answer: unknown, count: () => void): unknown {
  if (typeof answer !== 'object' || answer === null || !('next' in answer)) return answer;
  const items = answer as Iterator<unknown> & Iterable<unknown>;
  return {
    next: (): IteratorResult<unknown> => {
      count();
      return items.next();
    },
    [Symbol.iterator]() {
      return this;
    },
  };
}

/** Each with one pod, and one identity that nobody uses. */
function clusterOf(tenants: number): ClusterView {
  const objects = Array.from({ length: tenants }, (_, index): readonly Json[] => {
    const name = `n${index}`;
    return [
      namespace(name, { tenant: `t${index}` }),
      pod(`${name}/web`, { app: 'web' }),
      identityIn(name, 1000 + index, { app: 'old' }),
    ];
  });
  const config = ciliumConfig({ 'max-connected-clusters': '511' });
  return storeWith([config, ...objects.flat()], '1.20.2', { tenantLabel: 'tenant' }).view();
}

function workOf(view: ClusterView, raw: Json): ReadonlyMap<string, number> {
  const work = new Map<string, number>();
  const count = (question: string): void => void work.set(question, (work.get(question) ?? 0) + 1);
  const settings = settingsWith('enforce', { identityBudget: 100 });
  const modes = { ...settings.modes, 'policy-map-overflow': 'off' as const };
  const { verdict } = runToEnd(admit(watched(view, count), submissionOf(raw), { settings: { ...settings, modes } }));
  assert.equal(verdict, 'allow');
  return work;
}

for (const [statement, raw] of [
  ['a pod with an identity of its own', pod('n1/fresh', { app: 'fresh' })],
  ['a pod of an identity that exists', pod('n1/more', { app: 'web' })],
  ['a new namespace', namespace('fresh', { tenant: 't1' })],
] as const) {
  test(`${statement} is decided with the same questions at 10, 100 and 1,000 tenants`, () => {
    const [few, ...more] = [10, 100, 1_000].map((tenants) => workOf(clusterOf(tenants), raw));
    assert.ok(few !== undefined && few.size > 0);
    for (const work of more) assert.deepEqual(work, few);
    const lists = ['usage.tenants', 'usage.namespacesOf', 'identities', 'policies', 'workloads'];
    assert.deepEqual(
      lists.filter((question) => few.has(question)),
      [],
    );
  });
}
