/**
 * Each finding with an answer of Cilium that shows it to be true, and where a value is proposed with Cilium's answer to that.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FilterFindingId } from '../../../src/checks/facts/findings/label-filter.ts';
import { DEFAULT_CHECK_SETTINGS } from '../../../src/checks/settings.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { audit } from '../../../src/review/audit.ts';
import type { JudgedFinding, Report } from '../../../src/review/results.ts';
import type { IdentityQuestion } from '../../conformance/identity-answer.ts';
import { recordedQuestions, type RecordedCase } from '../../conformance/recorded-questions.ts';
import { MINORS, rawWorlds } from '../../conformance/recorded-worlds.ts';
import { deployment } from '../../support/churn.ts';
import { storeOf } from '../../support/label-filter.ts';
import { ciliumConfig, namespace, pod, policy, storeWith, type Json } from '../../support/objects.ts';

const NAMESPACE = 'io.cilium.k8s.namespace.labels.';
const CLUSTER = 'io.cilium.k8s.policy.cluster';

interface Shown {
  /** Of the recorded case: the trap. */
  readonly name: string;
  readonly reason: string;
  readonly keeps?: readonly string[];
  readonly drops?: readonly string[];
  /** Of the recorded case: what is proposed instead. Absent: nothing is. */
  readonly fixed?: { readonly name: string; readonly keeps?: readonly string[]; readonly drops?: readonly string[] };
}

const SHOWN: { readonly [Id in FilterFindingId]: readonly Shown[] } = {
  'filter-refused': [
    {
      name: 'cfg-error-noncapturing-group',
      reason: 'source',
      fixed: { name: 'lint-refused-group-fixed', keeps: ['app'] },
    },
    { name: 'lint-refused-star', reason: 'star', fixed: { name: 'lint-not-at-start-fixed', drops: ['build-hash'] } },
    { name: 'cfg-error-empty-after-colon', reason: 'nothing', fixed: { name: 'lint-defaults' } },
    { name: 'cfg-error-lookahead', reason: 'expression', fixed: { name: 'lint-defaults' } },
    { name: 'file-version-2', reason: 'file' },
    { name: 'file-null-entry', reason: 'file' },
  ],
  'filter-comma': [
    {
      name: 'lint-comma',
      reason: 'separator',
      drops: ['app', 'tier', 'k8s-app'],
      fixed: { name: 'lint-comma-fixed', keeps: ['app', 'tier'], drops: ['k8s-app'] },
    },
  ],
  'filter-source': [
    {
      name: 'lint-source-any',
      reason: 'any',
      keeps: ['build-hash'],
      fixed: { name: 'lint-source-any-fixed', drops: ['build-hash'] },
    },
    {
      name: 'lint-source-exclamation',
      reason: 'exclamation',
      drops: ['app', 'tier'],
      fixed: { name: 'lint-source-exclamation-fixed', keeps: ['app', 'tier'], drops: ['build-hash'] },
    },
    { name: 'lint-file-any', reason: 'any', keeps: ['pod-template-hash'] },
  ],
  'filter-no-such-key': [
    {
      name: 'lint-value',
      reason: 'value',
      drops: ['app', 'tier'],
      fixed: { name: 'lint-value-fixed', keeps: ['app'] },
    },
    {
      name: 'lint-quotes',
      reason: 'quotes',
      drops: ['app', 'tier'],
      fixed: { name: 'lint-comma-fixed', keeps: ['app', 'tier'] },
    },
    {
      name: 'lint-minus',
      reason: 'minus',
      drops: ['app', 'tier'],
      fixed: { name: 'lint-minus-fixed', keeps: ['tier'], drops: ['app'] },
    },
    {
      name: 'cfg-double-bang',
      reason: 'exclamation',
      keeps: ['app'],
      fixed: { name: 'lint-minus-fixed', drops: ['app'] },
    },
  ],
  'filter-not-at-start': [
    {
      name: 'lint-not-at-start',
      reason: 'middle',
      keeps: ['build-hash'],
      fixed: { name: 'lint-not-at-start-fixed', drops: ['build-hash'] },
    },
    {
      name: 'lint-namespace-label',
      reason: 'namespace-label',
      keeps: [`${NAMESPACE}team`],
      fixed: { name: 'lint-namespace-label-fixed', drops: [`${NAMESPACE}team`] },
    },
  ],
  'filter-empty-match': [
    {
      name: 'lint-empty-match',
      reason: 'undoes-excludes',
      keeps: ['pod-template-hash', 'kubernetes.io/hostname'],
      fixed: { name: 'lint-empty-match-fixed', drops: ['pod-template-hash', 'kubernetes.io/hostname'] },
    },
    {
      name: 'lint-single-bang',
      reason: 'undoes-excludes',
      keeps: ['pod-template-hash'],
      fixed: { name: 'lint-defaults', drops: ['pod-template-hash'] },
    },
  ],
  'filter-glob': [
    { name: 'lint-star', reason: 'star', drops: ['tie', 'tier'], fixed: { name: 'lint-star-fixed', keeps: ['tie'] } },
  ],
  'filter-unescaped-dot': [
    { name: 'lint-dot', reason: 'dot', drops: ['k8s-app'], fixed: { name: 'lint-dot-fixed', keeps: ['k8s-app'] } },
  ],
  'filter-prefix': [
    {
      name: 'lint-prefix',
      reason: 'longer-keys',
      drops: ['app', 'application'],
      fixed: { name: 'lint-prefix-fixed', keeps: ['application'], drops: ['app'] },
    },
  ],
  'filter-alternatives': [
    {
      name: 'lint-alternatives',
      reason: 'first-counts',
      drops: ['application'],
      fixed: { name: 'lint-alternatives-fixed', keeps: ['application'] },
    },
  ],
  'filter-outweighed': [
    {
      name: 'lint-tie',
      reason: 'tie',
      drops: ['pod-template-hash', 'app'],
      fixed: { name: 'lint-defaults', keeps: ['app'], drops: ['pod-template-hash'] },
    },
    {
      name: 'lint-too-short',
      reason: 'shorter',
      keeps: ['app.kubernetes.io/name'],
      fixed: { name: 'lint-too-short-fixed', drops: ['app.kubernetes.io/name'] },
    },
  ],
  'filter-shortest-exclude': [
    {
      name: 'lint-shortest-exclude',
      reason: 'undone',
      keeps: [`${NAMESPACE}team`],
      fixed: { name: 'lint-shortest-exclude-fixed', drops: [`${NAMESPACE}team`] },
    },
    { name: 'cfg-namespace-cannot-go', reason: 'undone', keeps: ['io.kubernetes.pod.namespace'] },
  ],
  'filter-dead-entry': [
    {
      name: 'lint-dead',
      reason: 'covered',
      drops: ['build-hash'],
      fixed: { name: 'lint-dead-fixed', drops: ['build-hash'] },
    },
  ],
  'filter-include-mode': [
    {
      name: 'lint-include-mode',
      reason: 'defaults-off',
      keeps: ['topology.kubernetes.io/zone'],
      drops: ['app', 'tier'],
      fixed: { name: 'lint-include-mode-fixed', keeps: ['topology.kubernetes.io/zone', 'app', 'tier'] },
    },
  ],
  'filter-readmitted': [
    {
      name: 'lint-wildcard',
      reason: 'wildcard',
      keeps: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'],
      fixed: { name: 'lint-defaults', drops: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'] },
    },
    { name: 'lint-file-any', reason: 'file', keeps: ['pod-template-hash', 'kubernetes.io/hostname'] },
  ],
  'filter-lost-label': [
    {
      name: 'lint-lost-cluster',
      reason: 'cluster',
      drops: [CLUSTER],
      fixed: { name: 'lint-defaults', keeps: [CLUSTER] },
    },
    {
      name: 'lint-lost-all',
      reason: 'service-account',
      drops: ['io.cilium.k8s.policy.serviceaccount'],
      fixed: { name: 'lint-defaults', keeps: ['io.cilium.k8s.policy.serviceaccount'] },
    },
    {
      name: 'cfg-drop-all-ns-labels',
      reason: 'namespace-labels',
      drops: [`${NAMESPACE}team`],
      fixed: { name: 'lint-defaults', keeps: [`${NAMESPACE}team`] },
    },
    { name: 'lint-file-loses-all', reason: 'namespace', drops: ['io.kubernetes.pod.namespace'] },
  ],
  // Below: it takes a policy.
  'filter-lost-selector': [],
  'filter-file-literal': [{ name: 'lint-file-expression', reason: 'expression', keeps: ['pod-template-hash'] }],
};

const recorded = recordedQuestions<IdentityQuestion>(['identity']);

for (const [id, cases] of Object.entries(SHOWN)) {
  describe(id, () => {
    for (const shown of cases) {
      const ofVersions = recorded.filter(({ name }) => name === shown.name);
      test(`${shown.name} is recorded of every version`, () => assert.equal(ofVersions.length, MINORS.length));
      for (const one of ofVersions) {
        test(`is found in ${one.name} under ${one.cilium}, as Cilium answers (${shown.reason})`, () => {
          assertKeys(one, shown);
          const found = filterFindings(reportOf(one)).filter((finding) => finding.id === id);
          const [finding] = found.filter(({ facts }) => String(facts['reason']).startsWith(shown.reason));
          assert.ok(finding !== undefined, `${found.length} findings of that id, none of that reason`);
          assertFix(finding, one, shown);
        });
      }
    }
  });
}

describe('a label that a policy selects by and the filter drops', () => {
  const web = pod('shop/web', { app: 'web', 'build-hash': 'abc' });
  const byHash = policy('shop/by-hash', {
    endpointSelector: { matchLabels: { app: 'web' } },
    ingress: [{ fromEndpoints: [{ matchLabels: { 'build-hash': 'abc' } }] }],
  });

  const findingWith = (labels: string, spec = byHash): JudgedFinding | undefined =>
    filterFindings(auditOf([ciliumConfig({ labels }), namespace('shop'), web, spec])).find(
      ({ id }) => id === 'filter-lost-selector',
    );

  test('because of an exclude is found with the policy, and kept without that exclude', () => {
    assert.ok(dropsHash('lint-source-any-fixed'));
    const found = findingWith('!build-hash');
    assert.deepEqual(found?.facts, { reason: 'excluded', entry: '!build-hash', position: 0, labels: ['build-hash'] });
    assert.deepEqual(
      found.causes.map(({ object, field }) => `${object.name} ${field}`),
      ['by-hash spec.ingress[0]'],
    );
    assert.match(found.fix?.text ?? '', /^leave `labels` out; it keeps "build-hash"/);
  });

  test('because no include names it is found, and kept by one more include', () => {
    assert.ok(dropsHash('lint-value-fixed'));
    const found = findingWith('app$');
    assert.deepEqual(found?.facts, { reason: 'not-included', labels: ['build-hash'] });
    assert.match(found.fix?.text ?? '', /^write labels: 'app\$ build-hash\$'/);
  });

  test('because an entry is mistaken is kept by the value that mends the entry', () => {
    const found = findingWith('app,build-hash');
    assert.equal(found?.facts['reason'], 'not-included');
    assert.match(found.fix?.text ?? '', /^write labels: 'app build-hash';/);
  });

  test('by default is no matter of this check', () => {
    const byTemplate = policy('shop/by-hash', {
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{ matchLabels: { 'pod-template-hash': 'abc' } }] }],
    });
    assert.equal(findingWith('!build-hash', byTemplate), undefined);
  });

  test('that must not be there is not lost', () => {
    const without = policy('shop/without', {
      endpointSelector: {},
      ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: 'build-hash', operator: 'DoesNotExist' }] }] }],
    });
    assert.equal(findingWith('!build-hash', without), undefined);
  });
});

function dropsHash(name: string): boolean {
  const cases = recorded.filter((one) => one.name === name);
  for (const { answer } of cases) assertKeys({ answer }, { drops: ['build-hash'] });
  return cases.length === 3;
}

test('without the label of the cluster peers select nobody where every peer asks for it, as since 1.19 by default', () => {
  const recordedWorld = rawWorlds().find(({ world: { name } }) => name === 'peers-without-cluster-label');
  assert.ok(recordedWorld !== undefined);
  const selected = MINORS.map((minor) => recordedWorld.answers[minor].entries.some(({ id }) => id === 1002));
  assert.deepEqual(selected, [true, false, false]);
  const reasons = ['1.18.8', '1.19.7', '1.20.2'].map((cilium) => {
    const objects = [ciliumConfig({ labels: String.raw`!io\.cilium\.k8s\.policy\.cluster` }), namespace('shop')];
    return filterFindings(auditOf(objects, cilium)).map(({ facts }) => facts['reason']);
  });
  assert.deepEqual(reasons, [['cluster'], ['cluster-of-every-peer'], ['cluster-of-every-peer']]);
});

describe('what is meant as it is written', () => {
  const values = [
    '',
    String.raw`!job-name$ !batch\.kubernetes\.io/job-name$`,
    String.raw`!io\.cilium\.k8s\.namespace\.labels\.team$`,
    String.raw`io\.kubernetes\.pod\.namespace !app\.kubernetes\.io`,
    'k8s:app$ k8s:tier$',
    ':!(?:job-name|build-hash)$',
    '!(?i)APP$',
    '!.*-hash$',
    '!rollouts-pod-template-hash',
  ];
  for (const labels of values) {
    test(`'${labels}' is found nothing wrong with`, () => {
      const objects = [
        ciliumConfig({ labels }),
        namespace('shop', { team: 'blue' }),
        pod('shop/p', { app: 'web', tier: 'x' }),
      ];
      assert.deepEqual(filterFindings(auditOf(objects)), []);
    });
  }
});

test('what is dead depends on the built-in rules of the version', () => {
  const idsUnder = (cilium: string): readonly string[] => {
    const objects = [ciliumConfig({ labels: String.raw`!topology\.kubernetes\.io` }), namespace('shop')];
    return filterFindings(auditOf(objects, cilium)).map(({ id }) => id);
  };
  assert.deepEqual(idsUnder('1.18.6'), []);
  assert.deepEqual(idsUnder('1.18.8'), ['filter-dead-entry']);
});

test('what would not decide anything either is not proposed', () => {
  const objects = [ciliumConfig({ labels: 'any:pod-template-hash' }), namespace('shop'), pod('shop/p', { app: 'web' })];
  const [found] = filterFindings(auditOf(objects));
  assert.equal(found?.id, 'filter-source');
  assert.match(found.fix?.text ?? '', /^leave `labels` out; it keeps "app"/);
});

describe('a corrected value', () => {
  const cases = [
    ['any:app,any:!tier', "write labels: 'app !tier'"],
    [',app;', "write labels: 'app'"],
    ['!:tier', "write labels: '!tier'"],
    ['-app -tier', "write labels: '!app !tier'"],
  ] as const;
  for (const [labels, expected] of cases) {
    test(`of "${labels}" is ${expected}`, () => {
      const labelled = pod('shop/p', { app: 'web', tier: 'front' });
      const [found] = filterFindings(auditOf([ciliumConfig({ labels }), namespace('shop'), labelled]));
      assert.ok(found?.fix?.text.startsWith(expected), found?.fix?.text);
    });
  }
});

test('a word that is the end of other keys is no mistake where its effect would change none of them', () => {
  const idsOf = (labels: string) => {
    const labelled = pod('shop/p', { app: 'web', 'app.kubernetes.io/name': 'web' });
    return filterFindings(auditOf([ciliumConfig({ labels }), namespace('shop'), labelled])).map(({ id }) => id);
  };
  assert.deepEqual(idsOf('k8s:app$ k8s:name'), []);
  assert.deepEqual(idsOf('!name'), ['filter-not-at-start']);
});

describe('an entry that ends in the middle of a word', () => {
  const idsWith = (object: Json) =>
    filterFindings(auditOf([ciliumConfig({ labels: '!app' }), namespace('shop'), object])).map(({ id }) => id);
  const application = { application: 'shop' };

  test('is found where only the longer key is there', () => {
    assert.deepEqual(idsWith(pod('shop/p', application)), ['filter-prefix']);
  });

  test('is not found for a family of keys', () => {
    assert.deepEqual(idsWith(pod('shop/p', { 'app.example.com/id': 'x' })), []);
  });

  test('is found in the template of a workload', () => {
    assert.deepEqual(idsWith(deployment('shop/d', application)), ['filter-prefix']);
  });

  test('is not found for pods that have no identity of their own', () => {
    assert.deepEqual(idsWith(pod('shop/p', application, { spec: { hostNetwork: true } })), []);
    assert.deepEqual(idsWith(pod('shop/p', application, { status: { phase: 'Succeeded' } })), []);
    const template = { metadata: { labels: application }, spec: { hostNetwork: true, containers: [] } };
    assert.deepEqual(idsWith({ ...deployment('shop/d', application), spec: { template } }), []);
  });
});

describe('entries that decide nothing', () => {
  const deadIn = (labels: string): readonly unknown[] => {
    const labelled = pod('shop/p', { app: 'web', 'app.kubernetes.io/name': 'web', tier: 'front' });
    const found = filterFindings(auditOf([ciliumConfig({ labels }), namespace('shop'), labelled]));
    return found
      .filter(({ id }) => id === 'filter-dead-entry')
      .map(({ facts }) => [facts['position'], facts['reason']]);
  };

  test('are told once where two do the same: not both can be left out', () => {
    assert.deepEqual(deadIn('!app$ !app$'), [[1, 'repeated']]);
    assert.deepEqual(deadIn('!app$ !app'), [[0, 'covered']]);
    assert.deepEqual(deadIn('!app !app$'), [[1, 'covered']]);
  });

  test('are those that can be left out alone: without the exclude here the include would decide', () => {
    assert.deepEqual(deadIn('!app app tier'), [[1, 'covered']]);
  });

  test('are none of which nobody knows what they will match', () => {
    assert.deepEqual(deadIn('!app !app.*'), []);
  });
});

test('a filter that agents refuse is a violation; nothing else about the filter is', () => {
  const severities = (labels: string) =>
    filterFindings(auditOf([ciliumConfig({ labels }), namespace('shop')])).map(({ severity }) => severity);
  assert.deepEqual(severities('!( any:app'), ['violation']);
  assert.deepEqual(severities('any:app !.*'), ['advice', 'advice', 'advice', 'advice']);
});

test('a value whose entries are refused one by one is corrected as a whole', () => {
  const found = filterFindings(auditOf([ciliumConfig({ labels: '(?:app|web)$ !a k8s: *x' }), namespace('shop')]));
  assert.deepEqual(
    found.map(({ facts, fix }) => [facts['position'], facts['reason'], fix?.text]),
    [
      [0, 'source', "write labels: ':(?:app|web)$ !a .*x'"],
      [2, 'nothing', "write labels: ':(?:app|web)$ !a .*x'"],
      [3, 'star', "write labels: ':(?:app|web)$ !a .*x'"],
    ],
  );
});

test('a label-prefix-file of which the content is not given leaves every identity unknown, and an audit says so', () => {
  const report = auditOf([ciliumConfig({ 'label-prefix-file': '/etc/prefixes' }), namespace('shop')]);
  assert.deepEqual(filterFindings(report), []);
  assert.match(report.unknowns.map(({ reason }) => reason).join(), /no identity of a pod is known: label-prefix-file/);
});

test('an entry that would be refused still is left out', () => {
  const [found] = filterFindings(auditOf([ciliumConfig({ labels: '*( !app$' }), namespace('shop')]));
  assert.deepEqual([found?.facts['reason'], found?.fix?.text], ['star', "write labels: '!app$'"]);
});

test('an include of only what is left out by default is meant to bring it back', () => {
  const labels = String.raw`topology\.kubernetes\.io/.*`;
  const found = filterFindings(auditOf([ciliumConfig({ labels }), namespace('shop'), pod('shop/p', { app: 'web' })]));
  assert.deepEqual(
    found.map(({ id }) => id),
    ['filter-include-mode'],
  );
});

test('of many entries that are refused the first are told', () => {
  const objects = [ciliumConfig({ labels: '( '.repeat(1000) }), namespace('shop')];
  assert.equal(filterFindings(auditOf(objects)).length, 20);
});

test('more label keys and entries than are looked at are told', () => {
  const labels = Object.fromEntries(Array.from({ length: 2100 }, (_, index) => [`key-${index}`, 'x']));
  const many = auditOf([ciliumConfig({ labels: '!key-7$' }), namespace('shop'), pod('shop/p', labels)]);
  assert.match(many.unknowns.map(({ reason }) => reason).join(), /looked at with 2000 label keys, and 10[0-9] others/);
  const entries = Array.from({ length: 101 }, (_, index) => `!key-${index}$`).join(' ');
  const long = auditOf([ciliumConfig({ labels: entries }), namespace('shop')]);
  assert.match(long.unknowns.map(({ reason }) => reason).join(), /no more than 100 entries .* there are 101/);
});

function auditOf(objects: readonly Json[], cilium?: string): Report {
  return runToEnd(audit(storeWith(objects, cilium).view(), DEFAULT_CHECK_SETTINGS));
}

function filterFindings({ findings }: Pick<Report, 'findings'>): readonly JudgedFinding[] {
  return findings.filter(({ check }) => check === 'label-filter');
}

function reportOf({ cilium, question }: RecordedCase<IdentityQuestion>): Report {
  return runToEnd(audit(storeOf(cilium, question).view(), DEFAULT_CHECK_SETTINGS));
}

function assertKeys(
  { answer }: Pick<RecordedCase<IdentityQuestion>, 'answer'>,
  shown: Pick<Shown, 'keeps' | 'drops'>,
): void {
  const keysOf = (labels: unknown) => ((labels ?? []) as readonly string[]).map((label) => /:([^=]*)/.exec(label)?.[1]);
  const kept = keysOf(answer['identityLabels']);
  const dropped = keysOf(answer['infoLabels']);
  for (const key of shown.keeps ?? []) assert.ok(kept.includes(key), `Cilium keeps ${key}`);
  for (const key of shown.drops ?? []) assert.ok(dropped.includes(key), `Cilium drops ${key}`);
}

/** What is proposed is the value of another recorded case, in which Cilium does what was meant. */
function assertFix(finding: JudgedFinding, { minor }: RecordedCase<IdentityQuestion>, { fixed }: Shown): void {
  if (fixed === undefined) {
    assert.equal(finding.fix, undefined);
    return;
  }
  const other = recorded.find((one) => one.name === fixed.name && one.minor === minor);
  assert.ok(other !== undefined, `no case ${fixed.name}`);
  const value = other.question.labelsConfig ?? '';
  const text = value === '' ? 'leave `labels` out' : `write labels: '${value}'`;
  assert.ok(finding.fix?.text.startsWith(text), finding.fix?.text);
  assert.equal(other.answer['ok'], true);
  assertKeys(other, fixed);
}
