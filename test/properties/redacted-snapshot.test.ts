/**
 * A snapshot whose label values are hashed gives the same answers: the hashes are as different as the values were.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { formatRef } from '../../src/cilium/objects.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { groupVersionKindOf } from '../../src/kubernetes/decode/decode-object.ts';
import { audit } from '../../src/review/audit.ts';
import { LabelRedaction } from '../../src/snapshot/redaction.ts';
import { whatIsRead } from '../../src/snapshot/what-is-read.ts';
import { settingsIn } from '../support/cluster-webhook.ts';
import { storeWith, type Json } from '../support/objects.ts';
import { anyCluster, RUNS, SEED } from '../support/random-cluster.ts';
import { answersOf } from '../support/view-answers.ts';

function redacted(objects: readonly Json[], key: Uint8Array): readonly Json[] {
  const redaction = new LabelRedaction(key);
  return objects.map((object) => {
    const gvk = groupVersionKindOf(object);
    assert.ok(gvk.ok);
    return redaction.object(whatIsRead(gvk.value, object));
  });
}

/** Without the values of labels: what identities there are, the entries of every map, what an audit finds. */
function answers(view: ClusterView): unknown {
  const identities = answersOf(view).map(({ numbers, pods, endpoints }) => ({
    numbers,
    pods,
    endpoints: endpoints.map(({ map, ...counts }) => ({ ...counts, map: map.map(withoutPeer).sort() })),
  }));
  const report = runToEnd(audit(view, settingsIn('enforce')));
  const findings = report.findings.map(({ id, severity, certainty, subject, field = '' }) =>
    [id, severity, certainty, formatRef(subject), field].join(' '),
  );
  return {
    identities: identities.map((identity) => JSON.stringify(identity)).sort(),
    inUse: report.capacity.identitiesInUse,
    findings: findings.sort(),
  };
}

/** `egress <peer> 6/443/16 allow`. */
function withoutPeer(line: string): string {
  const [direction = '', ...rest] = line.split(' ');
  return [direction, ...rest.slice(-2)].join(' ');
}

test('identities, the entries of maps and what an audit finds are the same once label values are hashed', () => {
  fc.assert(
    fc.property(anyCluster, fc.uint8Array({ minLength: 16, maxLength: 16 }), (objects, key) => {
      assert.deepEqual(answers(storeWith(redacted(objects, key)).view()), answers(storeWith(objects).view()));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
