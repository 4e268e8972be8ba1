import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterStore, type StoreOptions } from '../../../src/cluster/store.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { modelFigures } from '../../../src/server/model-figures.ts';
import { Model } from '../../../src/server/model.ts';
import { identityIn } from '../../support/churn.ts';
import { sample } from '../../support/http-log.ts';
import { decoded, version, type Json } from '../../support/objects.ts';

const answered = { kind: 'Pod', operation: 'CREATE', decision: 'allow', seconds: 0.0004 } as const;

test('an answered review is counted by kind, operation and decision, and timed', async () => {
  const metrics = createMetrics({ process: false });
  metrics.reviewAnswered(answered);
  metrics.reviewAnswered({ ...answered, seconds: 0.01 });
  const labels = 'kind="Pod",operation="CREATE",decision="allow"';
  assert.equal(await sample(metrics, `cilium_bulkhead_admission_reviews_total{${labels}}`), 2);
  const bucket = 'cilium_bulkhead_admission_review_duration_seconds_bucket';
  assert.equal(await sample(metrics, `${bucket}{le="0.0005"}`), 1);
  assert.equal(await sample(metrics, `${bucket}{le="0.025"}`), 2);
});

test('the buckets hold those of the API server', async () => {
  const metrics = createMetrics({ process: false });
  metrics.reviewAnswered(answered);
  const { text } = await metrics.exposition();
  for (const edge of ['0.005', '0.025', '0.1', '0.5', '1', '2.5', '10', '25']) {
    assert.ok(text.includes(`duration_seconds_bucket{le="${edge}"}`), edge);
  }
});

test('outside text never becomes a label value', async () => {
  const metrics = createMetrics({ process: false });
  for (let index = 0; index < 100; index += 1) {
    metrics.reviewAnswered({ ...answered, kind: `Kind${index}`, operation: `OP${index}` });
  }
  metrics.reviewAnswered({ ...answered, kind: '__proto__', operation: 'constructor' });
  const labels = 'kind="other",operation="other",decision="allow"';
  assert.equal(await sample(metrics, `cilium_bulkhead_admission_reviews_total{${labels}}`), 101);
});

test('gauges of the model are refreshed when they are read', async () => {
  const metrics = createMetrics({ process: false });
  let revision = 6;
  metrics.beforeExposition(() => {
    revision += 1;
    metrics.model({
      objects: new Map([['Pod', 40]]),
      revision,
      identitiesInUse: 221,
      identitiesUnused: 212,
      identitySpace: 65_280,
      watchAgesSeconds: revision === 7 ? new Map([['Node', 2]]) : new Map([['Pod', 1.5]]),
      selfCheck: { compared: 30, different: 2, isTrusted: false, labelKeys: [{ key: `tier-${revision}`, pods: 2 }] },
    });
  });
  assert.equal(await sample(metrics, 'cilium_bulkhead_model_revision'), 7);
  assert.equal(await sample(metrics, 'cilium_bulkhead_model_revision'), 8);
  assert.equal(await sample(metrics, 'cilium_bulkhead_model_objects{kind="Pod"}'), 40);
  assert.equal(await sample(metrics, 'cilium_bulkhead_identities_in_use'), 221);
  assert.equal(await sample(metrics, 'cilium_bulkhead_identities_unused'), 212);
  assert.equal(await sample(metrics, 'cilium_bulkhead_identity_space'), 65_280);
  assert.equal(await sample(metrics, 'cilium_bulkhead_self_check_trusted'), 0);
  assert.equal(await sample(metrics, 'cilium_bulkhead_self_check_pods{result="same"}'), 28);
  assert.equal(await sample(metrics, 'cilium_bulkhead_self_check_pods{result="different"}'), 2);
  assert.equal(await sample(metrics, `cilium_bulkhead_self_check_differing_pods{key="tier-${revision + 1}"}`), 2);
  assert.equal(await sample(metrics, 'cilium_bulkhead_watch_age_seconds{kind="Pod"}'), 1.5);
  const { text } = await metrics.exposition();
  assert.doesNotMatch(text, /watch_age_seconds\{kind="Node"/, 'a kind that is not watched any more has no age');
  assert.equal(text.match(/self_check_differing_pods\{/g)?.length, 1, 'keys that no pod differs in any more are gone');
});

test('how fast identities come is told where a clock knows it, and not at all elsewhere', async () => {
  const metrics = createMetrics({ process: false });
  const clock = { now: Date.UTC(2026, 10, 23, 12, 5) };
  const raw = identityIn('ci', 1000, { app: 'a' });
  const dated = { ...raw, metadata: { ...(raw['metadata'] as Json), creationTimestamp: '2026-11-23T12:00:00Z' } };
  const modelWith = (options: StoreOptions) => {
    const store = new ClusterStore({ version: version('1.20.2'), ...options });
    store.apply({ type: 'upsert', object: decoded(dated) });
    return new Model(store, () => 0);
  };
  metrics.model(modelFigures(modelWith({})));
  assert.doesNotMatch((await metrics.exposition()).text, /identities_(minted|foreseen)/);
  metrics.model(modelFigures(modelWith({ clock: () => clock.now })));
  assert.equal(await sample(metrics, 'cilium_bulkhead_identities_minted_10m'), 1);
  // One, and 75 minutes of a tenth of one each.
  assert.equal(await sample(metrics, 'cilium_bulkhead_identities_foreseen'), 9);
});

test('where no configuration file is given, none is told to be faulty', async () => {
  const metrics = createMetrics({ process: false });
  assert.equal(await sample(metrics, 'cilium_bulkhead_config_last_reload_successful'), 1);
});

test('findings and faults are counted', async () => {
  const metrics = createMetrics({ process: false });
  metrics.finding({ check: 'identity-churn', id: 'label-churn', severity: 'violation' });
  metrics.httpError(413);
  metrics.internalError();
  metrics.witnessReplayMismatch();
  metrics.inflightReviews(3);
  metrics.certificateExpires(new Date(1_900_000_000_000));
  metrics.certificateReloadFailed();
  const labels = 'check="identity-churn",finding="label-churn",severity="violation"';
  assert.equal(await sample(metrics, `cilium_bulkhead_findings_total{${labels}}`), 1);
  assert.equal(await sample(metrics, 'cilium_bulkhead_http_errors_total{code="413"}'), 1);
  assert.equal(await sample(metrics, 'cilium_bulkhead_internal_errors_total'), 1);
  assert.equal(await sample(metrics, 'cilium_bulkhead_witness_replay_mismatches_total'), 1);
  assert.equal(await sample(metrics, 'cilium_bulkhead_inflight_reviews'), 3);
  assert.equal(await sample(metrics, 'cilium_bulkhead_certificate_expiry_timestamp_seconds'), 1_900_000_000);
  assert.equal(await sample(metrics, 'cilium_bulkhead_certificate_reload_failures_total'), 1);
});

test('the process is measured where it is asked for', async () => {
  assert.ok((await sample(createMetrics({ process: true }), 'process_resident_memory_bytes')) > 0);
});
