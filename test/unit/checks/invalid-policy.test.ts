/**
 * A policy is invalid exactly where Cilium's recorded answer of that version refuses it, and denied only for a fault that its
 * former version did not have.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { audit } from '../../../src/review/audit.ts';
import type { JudgedFinding } from '../../../src/review/results.ts';
import { recordedQuestions } from '../../conformance/recorded-questions.ts';
import { configOf, type SanitizeQuestion } from '../../conformance/sanitize-answer.ts';
import { decodeObject } from '../../../src/kubernetes/decode/decode-object.ts';
import {
  ciliumConfig,
  clusterwidePolicy,
  decoded,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../support/objects.ts';
import { ENFORCE, finding, findings, settingsWith, submit } from '../../support/review.ts';

const team = [namespace('team-a'), pod('team-a/web-0', { app: 'web' })];
const ALLOW: Json = { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] };
const BAD_PREFIX: Json = { endpointSelector: {}, egress: [{ toCIDR: ['no prefix'] }] };
const NO_PEER_KINDS: Json = { endpointSelector: {}, egress: [{ toCIDR: ['10.0.0.0/8'], toEntities: ['world'] }] };

describe('a policy is found invalid where Cilium refuses it, and nowhere else', () => {
  for (const { name, cilium, question, answer } of recordedQuestions<SanitizeQuestion>(['sanitize'])) {
    // What does not decode, or is left to chance, is no policy that anybody could judge.
    if (!decodeObject(question.object).ok || answer['nondeterministic'] === true || answer['stage'] === 'decode')
      continue;
    test(`${name} (${cilium})`, () => {
      const store = storeWith([namespace('default'), ciliumConfig(Object.fromEntries(configOf(question)))], cilium);
      const found = findings(submit(store, question.object as Json), 'invalid-policy');
      const panics = found.some(({ message }) => message.includes('break down on'));
      assert.equal(found.length > 0 && !panics, answer['ok'] === false, JSON.stringify(found));
      for (const { severity, field } of found)
        assert.ok(severity === 'violation' && field !== undefined && field !== '');
    });
  }
});

describe('a new policy that agents refuse is denied with its field and their reason', () => {
  for (const raw of [policy('team-a/p', BAD_PREFIX), clusterwidePolicy('p', BAD_PREFIX)]) {
    test(String(raw['kind']), () => {
      const decision = submit(storeWith(team), raw);
      const { field, facts, certainty, message } = finding(decision, 'invalid-policy');
      assert.equal(decision.verdict, 'deny');
      assert.deepEqual([field, certainty], ['spec.egress[0].toCIDR[0]', 'exact']);
      const reason = '"no prefix" is neither a CIDR nor an address';
      assert.deepEqual(facts, { reason, inForce: 'nothing', faults: 1 });
      assert.match(message, /it would be stored, and do nothing$/);
      assert.deepEqual(decision.unknowns, []);
    });
  }

  test('in any of specs', () => {
    const raw: Json = { ...policy('team-a/p', {}), spec: undefined, specs: [ALLOW, BAD_PREFIX] };
    assert.equal(finding(submit(storeWith(team), raw), 'invalid-policy').field, 'specs[1].egress[0].toCIDR[0]');
  });

  test('and with all other faults, so that nobody mends one after the other', () => {
    const raw = policy('team-a/p', { ...NO_PEER_KINDS, ingress: [{ fromCIDR: ['10.0.0.0/99'] }] });
    const { fix, facts } = finding(submit(storeWith(team), raw), 'invalid-policy');
    assert.equal(facts['faults'], 2);
    assert.match(
      fix?.text ?? '',
      /^correct spec\.ingress\[0\]\.fromCIDR\[0\]; and then spec\.egress\[0\]\.toEntities /,
    );
  });

  test('and recorded only where the version of the agents is not known', () => {
    const store = new ClusterStore({});
    for (const raw of team) store.apply({ type: 'upsert', object: decoded(raw) });
    const decision = submit(store, policy('team-a/p', BAD_PREFIX));
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'invalid-policy').certainty, 'unknown');
  });
});

describe('an update', () => {
  const update = (before: Json, after: Json) => {
    const raw = policy('team-a/p', before);
    return submit(storeWith([...team, raw]), policy('team-a/p', after), { before: raw });
  };
  const inForce = (found: JudgedFinding) => found.facts['inForce'];

  test('of a policy that was taken leaves the version before in force', () => {
    const decision = update(ALLOW, BAD_PREFIX);
    assert.equal(decision.verdict, 'deny');
    assert.equal(inForce(finding(decision, 'invalid-policy')), 'version-before');
  });

  test('of one that was refused for the same reason denies nothing, wherever the fault stands now', () => {
    const moved = { ...BAD_PREFIX, egress: [{ toCIDR: ['10.0.0.0/8', 'no prefix'] }] };
    const decision = update(BAD_PREFIX, moved);
    assert.equal(decision.verdict, 'allow');
    const found = finding(decision, 'invalid-policy');
    assert.deepEqual([found.severity, inForce(found)], ['advice', 'last-taken']);
  });

  test('that mends the first of two faults denies nothing', () => {
    const both = { endpointSelector: {}, egress: [{ toCIDR: ['no prefix'] }, { toCIDR: ['10.0.0.0/99'] }] };
    const left = { endpointSelector: {}, egress: [{ toCIDR: ['10.0.0.0/99'] }] };
    assert.equal(update(both, left).verdict, 'allow');
  });

  test('that puts another fault in the place of one is denied', () => {
    assert.equal(update(BAD_PREFIX, NO_PEER_KINDS).verdict, 'deny');
  });

  test('that mends the policy has nothing to say', () => {
    assert.deepEqual(update(BAD_PREFIX, ALLOW).findings, []);
  });
});

test('what a version takes and then panics on is told to break agents', () => {
  const raw = policy('team-a/p', { endpointSelector: {}, egress: [{ toCIDR: ['fe80::1%eth0'] }] });
  assert.match(finding(submit(storeWith(team, '1.20.2'), raw), 'invalid-policy').message, / break down on /);
  assert.deepEqual(findings(submit(storeWith(team, '1.18.8'), raw), 'invalid-policy'), []);
});

describe('an audit', () => {
  const stored = [
    ...team,
    policy('team-a/p', BAD_PREFIX),
    clusterwidePolicy('cp', NO_PEER_KINDS),
    policy('team-a/q', ALLOW),
  ];

  test('finds every stored policy that agents refuse, once, and does not call it unknown', () => {
    const report = runToEnd(audit(storeWith(stored).view(), ENFORCE));
    const found = report.findings.filter(({ id }) => id === 'invalid-policy');
    assert.deepEqual(found.map(({ subject, severity }) => `${severity} ${subject.name}`).sort(), [
      'violation cp',
      'violation p',
    ]);
    assert.deepEqual(report.unknowns, []);
  });

  test('leaves system namespaces alone', () => {
    const raw = policy('kube-system/p', BAD_PREFIX);
    const { findings: found } = runToEnd(audit(storeWith([namespace('kube-system'), raw]).view(), ENFORCE));
    assert.deepEqual(found, []);
  });
});

test('where the check is off, such a policy is unknown, so that no fix leads to one', () => {
  const settings = settingsWith('enforce');
  const off = { ...settings, modes: { ...settings.modes, 'invalid-policy': 'off' as const } };
  const { verdict, unknowns } = submit(storeWith(team), policy('team-a/p', BAD_PREFIX), { settings: off });
  assert.equal(verdict, 'allow');
  assert.match(unknowns[0]?.reason ?? '', /^the agent would refuse this policy: /);
});
