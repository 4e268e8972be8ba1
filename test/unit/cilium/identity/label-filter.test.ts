import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatRuleOrigin,
  splitFilterEntry,
  writeFilterEntry,
  type FilterRule,
} from '../../../../src/cilium/identity/filter-rule.ts';
import { LabelFilter, parseLabelFilter, type FilterDecision } from '../../../../src/cilium/identity/label-filter.ts';
import { profileFor } from '../../../support/profile.ts';

function filter(labels = '', version = '1.20.2'): LabelFilter {
  const result = parseLabelFilter({ labels, profile: profileFor(version) });
  assert.ok(result.ok, `the agent refuses "${labels}"`);
  return result.value;
}

function keptKeys(labels: string, keys: readonly string[], version?: string): readonly string[] {
  const parsed = filter(labels, version);
  return keys.filter((key) => parsed.keeps({ source: 'k8s', key, value: 'v' }));
}

function decision(labels: string, key: string, source = 'k8s'): FilterDecision {
  return filter(labels).decide({ source, key, value: 'v' });
}

const POD_NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_TEAM = 'io.cilium.k8s.namespace.labels.team';
const NAMESPACE_HASH = 'io.cilium.k8s.namespace.labels.pod-template-hash';

// The consequences a-m of the decision rule, each as Cilium answers it.
const CONSEQUENCES: readonly (readonly [
  what: string,
  labels: string,
  kept: readonly string[],
  dropped: readonly string[],
])[] = [
  [
    'a tie is excluded, and an include costs all else',
    'apps\\.kubernetes\\.io/pod-index',
    [],
    ['apps.kubernetes.io/pod-index', 'app'],
  ],
  [
    'a longer include beats a shorter exclude',
    'topology\\.kubernetes\\.io/zone',
    ['topology.kubernetes.io/zone'],
    ['topology.kubernetes.io/region'],
  ],
  [
    'an exclude of a namespace label works alone',
    `!io\\.cilium\\.k8s\\.namespace\\.labels\\.team$`,
    [],
    [NAMESPACE_TEAM],
  ],
  [
    'a shorter exclude undoes a longer one',
    `!io\\.cilium\\.k8s\\.namespace\\.labels\\.team$ !io\\.cilium`,
    [NAMESPACE_TEAM],
    [],
  ],
  [
    'the order of those two does not matter',
    `!io\\.cilium !io\\.cilium\\.k8s\\.namespace\\.labels\\.team$`,
    [NAMESPACE_TEAM],
    [],
  ],
  [
    'a short exclude drops nothing that a built-in include names',
    '!io\\.cilium',
    [NAMESPACE_TEAM, 'io.cilium.k8s.policy.cluster'],
    [],
  ],
  ['the namespace cannot be excluded', '!io\\.kubernetes\\.pod\\.namespace', [POD_NAMESPACE], []],
  [
    'an exclude of everything keeps the namespace only',
    '!.*',
    [POD_NAMESPACE],
    ['app', NAMESPACE_TEAM, 'io.cilium.k8s.policy.cluster'],
  ],
  [
    'an include of everything brings prefix-excluded keys back',
    '.*',
    ['kubernetes.io/hostname', 'pod-template-hash-x', 'app'],
    ['pod-template-hash', 'annotation.x', 'controller-uid'],
  ],
  ['a zero-length exclude after another unsets it', '!foo !x*', ['foo'], []],
  ['a zero-length exclude before another does nothing', '!x* !foo', [], ['foo']],
  ['an exclude of a plain key does not touch the namespace label', '!team', [NAMESPACE_TEAM], ['team']],
  [
    'an exclude as long as a built-in include drops the family',
    '!app\\.kubernetes\\.io',
    [],
    ['app.kubernetes.io/name'],
  ],
  ['a shorter one drops nothing', '!app\\.kube', ['app.kubernetes.io/name'], []],
  [
    'a longer one drops what starts so',
    '!app\\.kubernetes\\.io/instance',
    ['app.kubernetes.io/name'],
    ['app.kubernetes.io/instance', 'app.kubernetes.io/instance-id'],
  ],
  [
    'rules match from the start of the key',
    '',
    ['foo.kubernetes.io/x', 'x.k8s.io/y', 'my-controller-uid'],
    ['kubernetes.io/x', 'k8s.io/y'],
  ],
  [
    'built-in rules match prefixes',
    '',
    [],
    ['pod-template-hash-x', 'controller-uidx', 'etcd_nodepool', 'annotationsX'],
  ],
  ['content excludes do not reach namespace labels', '', [NAMESPACE_HASH], ['pod-template-hash']],
];

for (const [what, labels, kept, dropped] of CONSEQUENCES) {
  test(`${what} ("${labels}")`, () => {
    assert.deepEqual(keptKeys(labels, [...kept, ...dropped]), kept);
  });
}

const GRAMMAR: readonly (readonly [entry: string, source: string, effect: string])[] = [
  ['foo', '', 'include'],
  [':foo', '', 'include'],
  ['k8s:foo', 'k8s', 'include'],
  ['!foo', '', 'exclude'],
  [':!foo', '', 'exclude'],
  ['k8s:!foo', 'k8s', 'exclude'],
  ['!k8s:foo', '!k8s', 'include'],
  ['any:!foo', 'any', 'exclude'],
  ['-foo', '', 'include'],
  ['!', '', 'exclude'],
  ['!!foo', '', 'exclude'],
  ['a:b:c', 'a', 'include'],
];

for (const [entry, source, effect] of GRAMMAR) {
  test(`the entry "${entry}" is an ${effect} for source "${source}"`, () => {
    const rule = filter(entry).rules.at(-1);
    assert.deepEqual({ source: rule?.source, effect: rule?.effect }, { source, effect });
    assert.deepEqual(rule?.origin, { kind: 'labels', entry, position: 0 });
  });
}

for (const entry of ['k8s:', ':', '(?:a|b)$', '!(', 'a(?=b)', 'a{1001}', '(a)\\1', '[']) {
  test(`the agent does not start with the entry "${entry}", and the error names it`, () => {
    const result = parseLabelFilter({ labels: `!a ${entry}`, profile: profileFor('1.20.2') });
    assert.ok(!result.ok);
    assert.equal(result.error.entry, entry);
    assert.notEqual(result.error.reason, '');
  });
}

test('a comma separates nothing', () => {
  assert.deepEqual(keptKeys('app,team', ['app', 'team', POD_NAMESPACE]), [POD_NAMESPACE]);
});

test('any Unicode white space separates entries', () => {
  assert.deepEqual(keptKeys('!a\u00a0!b\u2003!c\u0085!d', ['a', 'b', 'c', 'd', 'e']), ['e']);
});

test('built-in includes do not turn include mode on, one of the user does', () => {
  assert.equal(filter().includeMode, false);
  assert.equal(filter('!app').includeMode, false);
  assert.equal(filter('app').includeMode, true);
});

test('a rule with a source leaves labels of other sources alone', () => {
  assert.equal(decision('k8s:!app', 'app', 'k8s').kept, false);
  assert.equal(decision('k8s:!app', 'app', 'cni').kept, true);
  assert.equal(decision('', 'host', 'reserved').kept, true);
});

test('what was decided for one source is not remembered for another', () => {
  const parsed = filter('k8s:!app');
  assert.equal(parsed.keeps({ source: 'k8s', key: 'app', value: '' }), false);
  assert.equal(parsed.keeps({ source: 'cni', key: 'app', value: '' }), true);
});

const DROPPED_BY_DEFAULT = [
  'io.kubernetes.pod.name',
  'kubernetes.io/hostname',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/controller-uid',
  'failure-domain.beta.kubernetes.io/zone',
  'k8s.io/x',
  'pod-template-generation',
  'pod-template-hash',
  'controller-revision-hash',
  'controller-uid',
  'annotation.x',
  'etcd_node',
  'topology.kubernetes.io/zone',
];

for (const key of DROPPED_BY_DEFAULT) {
  test(`${key} is dropped by default`, () => assert.deepEqual(keptKeys('', [key]), []));
}

test('topology labels are kept by default in 1.18.6 and dropped in 1.18.8', () => {
  const key = 'topology.kubernetes.io/zone';
  assert.deepEqual(keptKeys('', [key], '1.18.6'), [key]);
  assert.deepEqual(keptKeys('', [key], '1.18.8'), []);
});

test('a decision names the rules that decided, with lengths in bytes', () => {
  const { kept, include, exclude, includeMode } = decision(
    '!app\\.kubernetes\\.io/instance',
    'app.kubernetes.io/instance',
  );
  assert.equal(kept, false);
  assert.equal(includeMode, false);
  assert.equal(include?.length, 17);
  assert.equal(exclude?.length, 26);
  assert.equal(formatRuleOrigin(include.rule.origin), 'built-in "app\\.kubernetes\\.io"');
  assert.equal(formatRuleOrigin(exclude.rule.origin), 'labels entry "!app\\.kubernetes\\.io/instance"');
});

test('of rules that match as much, the first decides', () => {
  const { include, exclude } = decision('fo. foo !f.. !foo', 'foo');
  assert.deepEqual(
    [include?.rule.origin, exclude?.rule.origin].map((origin) => origin && formatRuleOrigin(origin)),
    ['labels entry "fo."', 'labels entry "!f.."'],
  );
});

test('what was read of an entry is written as an entry that reads the same, without a colon that it needs not', () => {
  for (const entry of [...GRAMMAR.map(([text]) => text), ':b:c', ':!b:c']) {
    const written = splitFilterEntry(entry);
    assert.ok(written !== undefined, entry);
    const again = writeFilterEntry(written);
    assert.deepEqual(splitFilterEntry(again), written, entry);
    assert.equal(again, /^:[^:]+$/.test(entry) ? entry.slice(1) : entry);
  }
});

test('a decision of no rule names none', () => {
  assert.deepEqual(decision('', 'app'), { kept: true, includeMode: false });
});

test('a zero-length exclude is not named', () => {
  assert.deepEqual(decision('!foo !x*', 'foo'), { kept: true, includeMode: false });
});

/** A filter with one rule, and how often it was asked. */
function countingFilter() {
  let asked = 0;
  const rule: FilterRule = {
    source: '',
    effect: 'include',
    origin: { kind: 'built-in', entry: 'x' },
    matchLength: (key) => {
      asked += 1;
      return key.length;
    },
  };
  const counted = new LabelFilter([rule]);
  const asks = (key: string): number => {
    const before = asked;
    for (let time = 0; time < 2; time += 1) counted.keeps({ source: 'k8s', key, value: '' });
    return asked - before;
  };
  return { counted, asks };
}

test('a decision is remembered, also after thousands of keys that nobody uses any more', () => {
  const { counted, asks } = countingFilter();
  assert.equal(asks('first'), 1);
  for (let index = 0; index < 25_000; index += 1) counted.keeps({ source: 'k8s', key: `key-${index}`, value: '' });
  assert.equal(asks('last'), 1);
});

test('a key longer than Kubernetes takes is decided and not remembered', () => {
  const { asks } = countingFilter();
  assert.equal(asks('k'.repeat(1_000)), 2);
});

test('keeps and decide agree, also for keys beyond those that are remembered', () => {
  const parsed = filter('!team !job-name$ k8s:.*uid');
  for (let index = 0; index < 10_500; index += 1) parsed.keeps({ source: 'k8s', key: `key-${index}`, value: '' });
  const keys = ['team', 'job-name', 'job-name-x', 'controller-uid', 'xuid', 'app', '__proto__', 'constructor', ''];
  const key = fc.oneof(fc.constantFrom(...keys), fc.string());
  const source = fc.constantFrom('k8s', 'cni', 'reserved', 'gen');
  fc.assert(
    fc.property(source, key, fc.string(), (s, k, value) => {
      const label = { source: s, key: k, value };
      assert.equal(parsed.keeps(label), parsed.decide(label).kept);
      assert.equal(parsed.keeps(label), parsed.decide(label).kept);
    }),
    { seed: 20 },
  );
});
