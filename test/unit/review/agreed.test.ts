/**
 * What is found while agents run with several versions: what holds with all of them, and what with some only.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../../src/checks/check.ts';
import { DEFAULT_CHECK_SETTINGS } from '../../../src/checks/settings.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { DEFAULT_SETTINGS_OPTIONS, deriveSettings, type Settings } from '../../../src/cluster/settings.ts';
import { agreedJudgement, agreedWitnesses } from '../../../src/review/agreed.ts';
import { audit } from '../../../src/review/audit.ts';
import { messageOf } from '../../../src/review/message.ts';
import { decoded, namespace, pod, version, type Json } from '../../support/objects.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';

const NEW = settings('1.20.2');
const OLD = settings('1.19.5');

function settings(text: string): Settings {
  return deriveSettings(
    1,
    { ...DEFAULT_SETTINGS_OPTIONS, version: version(text) },
    { configMap: undefined, agentImages: [] },
  );
}

function overflow(entriesAfter: number, rest: Partial<Finding> = {}): Finding {
  return {
    id: 'policy-map-overflow',
    severity: 'violation',
    certainty: 'exact',
    subject: { kind: 'NetworkPolicy', namespace: 'a', name: 'wide' },
    audience: 'author',
    field: 'spec.ingress[0]',
    facts: { identity: 1, endpoints: 1, entriesBefore: 0, entriesAfter, entriesSettled: 0, limit: 256 },
    details: { shares: [] },
    causes: [],
    proposals: [{ kind: 'words', text: 'less' }],
    ...rest,
  } as Finding;
}

function reserved(label: string): Finding {
  return {
    id: 'reserved-labels',
    severity: 'violation',
    certainty: 'exact',
    subject: { kind: 'Pod', namespace: 'a', name: 'x' },
    audience: 'author',
    field: 'metadata.labels',
    facts: { reason: 'policy-off', label },
    causes: [],
    proposals: [],
  };
}

function agreed(byNew: readonly Finding[], byOld: readonly Finding[]): readonly Finding[] {
  return agreedJudgement([
    { settings: NEW, judgement: { findings: byNew, unknowns: [] } },
    { settings: OLD, judgement: { findings: byOld, unknowns: [] } },
  ]).findings;
}

function texts(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ severity, certainty, onlyIn = [] }) => [severity, certainty, ...onlyIn].join(' '));
}

describe('a violation', () => {
  test('by all settings stays one, with the smallest number', () => {
    assert.deepEqual(agreed([overflow(400)], [overflow(300)]), [overflow(300)]);
    assert.deepEqual(agreed([overflow(300)], [overflow(400)]), [overflow(300)]);
  });

  test('is as certain as it is where it is least so', () => {
    const estimate = overflow(900, { certainty: 'estimate' });
    assert.deepEqual(agreed([overflow(300)], [estimate]), [estimate]);
  });

  test('by some only is advice that names them, without a fix', () => {
    const [finding, ...more] = agreed([overflow(400)], []);
    assert.ok(finding !== undefined && more.length === 0);
    assert.deepEqual(texts([finding]), ['advice exact Cilium 1.20.2']);
    assert.deepEqual(finding.proposals, []);
    assert.match(messageOf(finding), /^with Cilium 1\.20\.2 only: the policy map /);
    assert.deepEqual(texts(agreed([], [overflow(400)])), ['advice exact Cilium 1.19.5']);
  });

  test('by some and advice by the others is advice that names them', () => {
    const advice = overflow(250, { severity: 'advice' });
    assert.deepEqual(texts(agreed([advice], [overflow(400)])), ['advice exact Cilium 1.19.5']);
  });

  test('of another place, or of another label of the place, is another', () => {
    const elsewhere = overflow(300, { field: 'spec.ingress[1]' });
    assert.deepEqual(texts(agreed([overflow(300)], [elsewhere])), [
      'advice exact Cilium 1.20.2',
      'advice exact Cilium 1.19.5',
    ]);
    assert.deepEqual(texts(agreed([reserved('b')], [reserved('a'), reserved('b')])), [
      'violation exact',
      'advice exact Cilium 1.19.5',
    ]);
  });

  test('that comes several times counts as often as all have it', () => {
    assert.deepEqual(texts(agreed([overflow(300)], [overflow(300), overflow(310)])), [
      'violation exact',
      'advice exact Cilium 1.19.5',
    ]);
  });

  test('whose witness one of them does not confirm is not confirmed', () => {
    const [byNew, byOld] = [overflow(300), overflow(400)];
    const witnesses = (unconfirmed: readonly Finding[]) => ({
      unconfirmed: new Set(unconfirmed),
      unknowns: [],
      replayMismatches: [],
    });
    const { judgement, witnesses: together } = agreedWitnesses([
      { settings: NEW, judgement: { findings: [byNew], unknowns: [] }, witnesses: witnesses([]) },
      { settings: OLD, judgement: { findings: [byOld], unknowns: [] }, witnesses: witnesses([byOld]) },
    ]);
    assert.deepEqual([...together.unconfirmed], judgement.findings);
  });
});

test('what could not be judged is told once, by whichever settings', () => {
  const unknown = { reason: 'not modelled' };
  const only = { reason: 'not modelled in this version' };
  const { unknowns } = agreedJudgement([
    { settings: NEW, judgement: { findings: [], unknowns: [unknown] } },
    { settings: OLD, judgement: { findings: [], unknowns: [{ ...unknown }, only] } },
  ]);
  assert.deepEqual(unknowns, [unknown, only]);
});

test('an audit during an upgrade tells what is so in both versions as a violation, and the rest as advice', () => {
  const store = new ClusterStore();
  const image = (tag: string): Json => ({ spec: { containers: [{ image: `quay.io/cilium/cilium:${tag}` }] } });
  for (const raw of [
    namespace('a'),
    pod('kube-system/new', { 'k8s-app': 'cilium' }, image('v1.20.2')),
    pod('kube-system/old', { 'k8s-app': 'cilium' }, image('v1.19.5')),
    pod('a/both', { 'io.kubernetes.pod.namespace': 'b' }),
    pod('a/one', { host: 'true' }),
  ]) {
    store.apply({ type: 'upsert', object: decoded(raw) });
  }
  const { findings } = runToEnd(audit(store.view(), DEFAULT_CHECK_SETTINGS));
  const found = findings.map(({ subject, severity, onlyIn }) => [subject.name, severity, onlyIn]);
  assert.deepEqual(found, [
    ['both', 'violation', undefined],
    ['one', 'advice', ['Cilium 1.19.5']],
  ]);
});
