/**
 * How many policy maps are counted for a change: a count is what a change of a broad policy costs.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAUSE } from '../../../../src/checks/check.ts';
import { changeContextSteps } from '../../../../src/checks/context.ts';
import { policyMapOverflow } from '../../../../src/checks/policy-map-overflow.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { ciliumConfig, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { countedView } from '../../../support/counted-view.ts';
import { ENFORCE, submissionOf } from '../../../support/review.ts';

const CLASSES = 20;
/** The least that an agent takes. */
const LIMIT = 256;

function prefixes(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `9.0.${index}.0/24`);
}

/** So many classes, each with a selector around every prefix of 9.0.0.0/8. */
function cluster(): ClusterView {
  const classes = Array.from({ length: CLASSES }, (_, index) => ({ app: `a${index}` }));
  return storeWith([
    ciliumConfig({ 'bpf-policy-map-max': String(LIMIT) }),
    namespace('a'),
    ...classes.flatMap((labels, index) => [
      pod(`a/p${index}`, labels),
      policy(`a/p${index}`, { endpointSelector: { matchLabels: labels }, egress: [{ toCIDR: ['9.0.0.0/8'] }] }),
    ]),
  ]).view();
}

/** The same view, which tells how often it counted. */
function watched(view: ClusterView): { readonly view: ClusterView; readonly counts: () => number } {
  let counts = 0;
  const handler: ProxyHandler<ClusterView> = {
    get(target, name) {
      if (name === 'entriesSteps') counts += 1;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  };
  return { view: new Proxy(view, handler), counts: () => counts };
}

function countsBefore(raw: Json): number {
  const { view, counts } = watched(cluster());
  const context = runToEnd(changeContextSteps(view, submissionOf(raw), ENFORCE));
  Array.from(policyMapOverflow.onChange?.(context) ?? []);
  return counts();
}

function naming(count: number): Json {
  return policy('a/names', {
    endpointSelector: { matchLabels: { app: 'nobody' } },
    egress: [{ toCIDR: prefixes(count) }],
  });
}

test('maps that are far from full once new prefixes are in them are not counted as they were before', () => {
  assert.equal(countsBefore(naming(10)), 0);
});

/** How many maps are counted, in what-ifs too, of a cluster all of whose maps were counted before. */
function countsOnceCounted(raw: Json): { readonly counts: number; readonly findings: number } {
  const live = cluster();
  for (const { policyClass } of live.keptClasses?.all() ?? []) runToEnd(live.entriesSteps(policyClass));
  const { view, calls } = countedView(live, 'entriesSteps');
  const context = runToEnd(changeContextSteps(view, submissionOf(raw), ENFORCE));
  const answers = Array.from(policyMapOverflow.onChange?.(context) ?? []);
  return { counts: calls(), findings: answers.filter((answer) => answer !== PAUSE && 'severity' in answer).length };
}

test('those whose maps were counted before are told by what prefixes can add at most', () => {
  assert.deepEqual(countsOnceCounted(naming(10)), { counts: 0, findings: 0 });
  assert.deepEqual(countsOnceCounted(naming(180)), { counts: 0, findings: 0 });
  const { counts, findings } = countsOnceCounted(naming(210));
  assert.ok(counts >= CLASSES);
  assert.equal(findings, 1);
});

test('each that they nearly fill is counted once', () => {
  assert.equal(countsBefore(naming(240)), CLASSES);
});

test('so it is for a policy that selects many', () => {
  const broad = (ports: number): Json => {
    const list = Array.from({ length: ports }, (_, index) => ({ port: String(2 * index + 1), protocol: 'TCP' }));
    return policy('a/broad', { endpointSelector: {}, egress: [{ toEndpoints: [{}], toPorts: [{ ports: list }] }] });
  };
  assert.equal(countsBefore(broad(1)), 0);
  assert.equal(countsBefore(broad(12)), CLASSES);
});
