/**
 * One engine: `check -f` and the webhook find the same in the same sequence of objects.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refOf } from '../../src/cilium/objects.ts';
import type { Review } from '../../src/kubernetes/admission-review.ts';
import { boundedWarnings } from '../../src/kubernetes/warnings.ts';
import { Checking } from '../../src/cli/checking.ts';
import type { Decision } from '../../src/review/results.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { judgedCluster, requestFor, settingsIn, stored, type JudgedCluster } from '../support/cluster-webhook.ts';
import { send } from '../support/http-client.ts';
import { reviewBody } from '../support/http-reviews.ts';
import { startWebhook, type TestWebhook } from '../support/http-server.ts';
import { ciliumIdentity, clusterwidePolicy, decoded, pod, storeWith, type Json } from '../support/objects.ts';
import {
  anyCluster,
  anyNamespace,
  anyPod,
  anyPolicy,
  NAMESPACES,
  anyClusterwidePolicy,
  RUNS,
  SEED,
} from '../support/random-cluster.ts';
import { isToldAtAdmission } from '../support/told-at-admission.ts';

const spoofingPod = fc
  .record({
    inNamespace: fc.constantFrom(...NAMESPACES),
    key: fc.constantFrom('io.cilium.k8s.policy.cluster', 'remote-node', 'cluster'),
  })
  .map(({ inNamespace, key }) => pod(`${inNamespace}/spoof`, { app: 'web', [key]: 'x' }));

const anySubmission = fc.oneof(anyPod, anyPod, spoofingPod, anyPolicy, anyPolicy, anyNamespace, anyClusterwidePolicy);

/** Denies that make some of the random allows dead, and unused identities that make some of the random pods churn. */
const TROUBLE: readonly Json[] = [
  clusterwidePolicy('deny-private', { endpointSelector: {}, egressDeny: [{ toCIDR: ['10.0.0.0/8', '192.0.2.0/24'] }] }),
  clusterwidePolicy('deny-gamma', {
    endpointSelector: {},
    egressDeny: [{ toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'gamma' } }] }],
  }),
  ...NAMESPACES.flatMap((name, index) =>
    ['7', '8', '9'].map((build, offset) =>
      ciliumIdentity(2000 + index * 10 + offset, {
        'k8s:app': 'web',
        'k8s:build-id': build,
        'k8s:io.kubernetes.pod.namespace': name,
        'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': name,
        'k8s:io.cilium.k8s.namespace.labels.team': 'red',
        'k8s:io.cilium.k8s.policy.cluster': 'default',
        'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
      }),
    ),
  ),
];

interface WireAnswer {
  readonly allowed: boolean;
  readonly warnings: readonly string[];
  readonly causes: readonly { readonly reason: string; readonly field: string; readonly message: string }[];
}

function wireAnswer(json: unknown): WireAnswer {
  const { response } = json as {
    response: { allowed: boolean; warnings?: string[]; status?: { details?: { causes?: WireAnswer['causes'] } } };
  };
  return {
    allowed: response.allowed,
    warnings: response.warnings ?? [],
    causes: response.status?.details?.causes ?? [],
  };
}

/** What the webhook has to send for a decision: causes only with a denial. */
function expectedAnswer({ verdict, findings, warnings }: Decision): WireAnswer {
  const shown = findings.filter(isToldAtAdmission).filter(({ denies, audience }) => denies || audience === 'author');
  return {
    allowed: verdict === 'allow',
    warnings: boundedWarnings(warnings),
    causes:
      verdict === 'allow'
        ? []
        : shown
            .slice(0, 32)
            .map(({ id, field, message }) => ({ reason: id, field: field ?? '', message: message.slice(0, 512) })),
  };
}

async function overTheWire(
  webhook: TestWebhook,
  { model }: JudgedCluster,
  objects: readonly Json[],
): Promise<readonly WireAnswer[]> {
  const answers: WireAnswer[] = [];
  const raws = new Map<string, Json>();
  for (const [index, object] of objects.entries()) {
    const ref = JSON.stringify(refOf(decoded(object)));
    const known = model.store.get(refOf(decoded(object)));
    const oldObject = known === undefined ? undefined : raws.get(ref);
    const response = await send(webhook, { body: reviewBody(requestFor(`uid-${index}`, object, oldObject)) });
    assert.equal(response.status, 200, response.text);
    const answer = wireAnswer(response.json);
    answers.push(answer);
    if (!answer.allowed) continue;
    // Stands in for the watch.
    model.apply({ type: 'upsert', object: decoded(object) });
    raws.set(ref, object);
  }
  return answers;
}

/** What a manifest says of the status of a pod does not come to a webhook. */
function created(raw: Json): Json {
  return raw['kind'] === 'Pod' ? { ...stored(raw), status: { phase: 'Pending' } } : stored(raw);
}

test('check and the webhook find the same in 200 random sequences', async (t) => {
  let current: Judge = () => Promise.reject(new Error('no cluster yet'));
  const webhook = await startWebhook(t, {
    judge: (review: Review, deadline, signal) => current(review, deadline, signal),
  });
  const modes = fc.constantFrom('enforce' as const, 'warn' as const);
  const sequences = fc.array(anySubmission, { minLength: 1, maxLength: 6 });
  let denials = 0;
  await fc.assert(
    fc.asyncProperty(anyCluster, sequences, modes, async (random, submissions, mode) => {
      const cluster = [...random, ...TROUBLE];
      const settings = { ...settingsIn(mode), labelChurn: { unused: 1, ratio: 0 } };
      // Objects that are there already would need their old form: the sequence brings its own.
      const taken = new Set(cluster.map((raw) => JSON.stringify(refOf(decoded(raw)))));
      const objects = submissions.map(created).filter((raw) => !taken.has(JSON.stringify(refOf(decoded(raw)))));
      const judged = judgedCluster(storeWith(cluster), settings);
      current = judged.judge;
      const wire = await overTheWire(webhook, judged, objects);

      const checking = new Checking(storeWith(cluster), settings);
      for (const raw of objects) {
        checking.take({
          type: 'object',
          object: decoded(raw),
          raw,
          origin: { file: 'test', line: 1 },
          lineOf: () => 1,
        });
      }
      assert.deepEqual(checking.problems, []);
      const decisions = checking.result().decisions.map(({ decision }) => decision);
      denials += decisions.filter(({ verdict }) => verdict === 'deny').length;
      assert.deepEqual(wire, decisions.map(expectedAnswer));
    }),
    { seed: SEED, numRuns: Math.max(RUNS, 200) },
  );
  assert.ok(denials > 20, `only ${denials} denials: the sequences show too little`);
});
