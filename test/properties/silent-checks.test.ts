/**
 * A check that is silent about a change would have had nothing to say: over random clusters, and changes of pods and workloads.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PAUSE, type Submission } from '../../src/checks/check.ts';
import { startedContext, type ChangeContext } from '../../src/checks/context.ts';
import { chargeOf } from '../../src/review/charge.ts';
import { CHECKS } from '../../src/checks/registry.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { deployment } from '../support/churn.ts';
import { ciliumConfig, storeWith, type Json } from '../support/objects.ts';
import { anyCluster, anyPod, podLabels, RUNS, SEED, WITH_EVERYTHING } from '../support/random-cluster.ts';
import { settingsWith, submissionOf } from '../support/review.ts';

const EAGER = { policyMapOverflow: { advicePercent: 1 } };
const SETTINGS = [
  settingsWith('enforce', EAGER),
  settingsWith('enforce', { ...EAGER, identityLabels: { allowed: ['app'] } }),
];
const CONFIGS: readonly Json[] = [ciliumConfig({}), WITH_EVERYTHING, ciliumConfig({ 'bpf-policy-map-max': '256' })];

/** Now and then a label that means something to Cilium. */
const labels = fc
  .record({ own: podLabels, more: fc.constantFrom({}, {}, { host: '' }, { init: 'x' }, { 'remote-node': '' }) })
  .map(({ own, more }) => ({ ...own, ...more }));
const namespaceName = fc.constantFrom('alpha', 'beta');
const anyDeployment = fc
  .record({ inNamespace: namespaceName, labels })
  .map((parts) => deployment(`${parts.inNamespace}/web`, parts.labels));
const oddPod = fc.record({ raw: anyPod, labels }).map(({ raw, labels: written }) => {
  const metadata = raw['metadata'] as Json;
  return { ...raw, metadata: { ...metadata, labels: written } };
});
const anySubmitted = fc.oneof(anyPod, anyPod, oddPod, anyDeployment);

/** A creation, an update of itself with other labels, or a binding. */
const anySubmission = fc
  .record({ raw: anySubmitted, labels, how: fc.constantFrom('create', 'update', 'bind') })
  .map(({ raw, labels: other, how }): Submission => {
    if (how !== 'update' && how !== 'bind') return submissionOf(raw);
    const metadata = raw['metadata'] as Json;
    if (how === 'update') return submissionOf(raw, { before: { ...raw, metadata: { ...metadata, labels: other } } });
    const ref = { kind: 'Pod', namespace: String(metadata['namespace']), name: String(metadata['name']) } as const;
    const change = { op: 'bind', pod: ref, labels: new Map(Object.entries(other as Record<string, string>)) } as const;
    return { ...submissionOf(raw), change };
  });

function assertNothingToSay(context: () => ChangeContext, view: ClusterView): number {
  let silent = 0;
  for (const { id, kinds, isSilent, onChange } of CHECKS) {
    if (!kinds.includes('Pod') || isSilent?.(context()) !== true) continue;
    silent += 1;
    const said = [...(onChange?.(context()) ?? [])].filter((answer) => answer !== PAUSE);
    assert.deepEqual(said, [], id);
    if (id === 'identity-churn') assert.equal(runToEnd(chargeOf(context())), undefined, `revision ${view.revision}`);
  }
  return silent;
}

test('a silent check has nothing to say, and what identity-churn is silent about is not charged', () => {
  const cases = fc.record({
    version: fc.constantFrom('1.18.8', '1.19.7', '1.20.2'),
    config: fc.constantFrom(...CONFIGS),
    settings: fc.constantFrom(...SETTINGS),
    objects: anyCluster,
    submission: anySubmission,
  });
  let silent = 0;
  fc.assert(
    fc.property(cases, ({ version, config, settings, objects, submission }) => {
      const view = storeWith([config, ...objects], version).view();
      silent += assertNothingToSay(() => startedContext(view, submission, settings), view);
    }),
    { seed: SEED, numRuns: Math.max(RUNS, 200) },
  );
  assert.ok(silent > RUNS / 2, `only ${silent} were silent`);
});
