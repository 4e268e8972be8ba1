/**
 * The answering program, fed as a user feeds it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answerLine } from './answer.ts';
import { rawWorlds } from './recorded-worlds.ts';

const PROGRAM = fileURLToPath(new URL('answer.ts', import.meta.url));

const unanswerable: readonly (readonly [name: string, line: string, error: RegExp])[] = [
  ['no JSON', '{ broken', /^not JSON: /],
  ['no object', '[]', /^a case is an object: \{"cilium"/],
  [
    'a recorded case as it stands',
    '{"question": {"op": "filter"}, "answers": {}}',
    /^a recorded case is asked for one/,
  ],
  ['no version', '{"op": "map", "world": {}}', /^cilium must be a version such as "1\.20\.2"/],
  ['no op', '{"cilium": "1.20.2"}', /^op must be a word/],
  ['an op that is not known', '{"cilium": "1.20.2", "op": "unheard-of"}', /^not covered: op "unheard-of"$/],
  ['a policy that is none', '{"cilium": "1.20.2", "op": "sanitize", "question": {}}', /^question\.object must be/],
  [
    'a policy that is not sanitized',
    '{"cilium": "1.20.2", "op": "sanitize", "question": {"object": {"apiVersion": "policy.networking.k8s.io/v1alpha2", "kind": "ClusterNetworkPolicy", "metadata": {"name": "a"}}}}',
    /^ClusterNetworkPolicy is not sanitized$/,
  ],
  ['no question', '{"cilium": "1.20.2", "op": "filter", "world": {}}', /^op "filter" needs a question$/],
  ['a filter without input', '{"cilium": "1.20.2", "op": "filter", "question": {}}', /^question\.input must be a list/],
  [
    'a pod that is none',
    '{"cilium":"1.20.2","op":"identity","question":{"namespace":{"name":"a"}}}',
    /^question\.pod must/,
  ],
  [
    'a world without a subject',
    '{"cilium":"1.20.2","op":"map","world":{"identities":[],"policies":[]}}',
    /^world\.subject/,
  ],
  [
    'a policy in a wrapper',
    worldWith('"policies":[{"kind":"NetworkPolicy","object":{}}]'),
    /^world\.policies\[0\] must be/,
  ],
  ['an identity without labels', worldWith('"identities":[{"id":1001}]'), /^world\.identities\[0\]\.labels must be/],
  ['an identity that is none', worldWith('"identities":[null]'), /^world\.identities\[0\]\.id must be a number$/],
  [
    'a port name with a number',
    worldWith('"identities":[{"id":1,"labels":{},"namedPorts":{"http":80}}]'),
    /^world\.identities\[0\]\.namedPorts must be/,
  ],
  ['options that are none', worldWith('"options":[]'), /^world\.options must be an object$/],
  ['a lookup that is none', worldWith('"lookups":[null]'), /^world\.lookups\[0\] must be an object$/],
  ['a node without addresses', worldWith('"nodes":[{"name":"a"}]'), /^world\.nodes\[0\]\.ips must be a list$/],
  ['a label that is none', '{"cilium":"1.20.2","op":"filter","question":{"input":[null]}}', /^question\.input must be/],
  ['lookups that are none', worldWith('"lookups":{}'), /^world\.lookups must be a list$/],
];

/** The later of two fields of one name counts. */
function worldWith(field: string): string {
  return `{"cilium":"1.20.2","op":"map","world":{"identities":[],"policies":[],"subject":1001,${field}}}`;
}

for (const [name, line, error] of unanswerable) {
  test(`${name} is answered with what is wrong`, () => {
    assert.match(String((answerLine(line) as { error?: string }).error), error);
  });
}

test('the world that the program shows is one that it answers', () => {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, '--help'], { encoding: 'utf8' });
  const shown = stdout.split('\n').find((line) => line.trim().startsWith('{"cilium"'));
  assert.ok('mapEntries' in answerLine(shown ?? ''));
});

test('the program tells its form when asked, and refuses words that it does not know', () => {
  const asked = spawnSync(process.execPath, [PROGRAM, '--help'], { encoding: 'utf8' });
  assert.equal(asked.status, 0);
  assert.match(asked.stdout, /A case is \{"cilium": "1\.20\.2", "op": /);
  const wrong = spawnSync(process.execPath, [PROGRAM, 'cases.ndjson'], { encoding: 'utf8', input: '' });
  assert.equal(wrong.status, 2);
  assert.equal(wrong.stdout, '');
});

test('the program answers line by line and goes on after a line that it cannot answer', () => {
  const [first] = rawWorlds();
  const lines = [
    JSON.stringify({ cilium: '1.20.2', op: 'map', world: first?.world }),
    '{ broken',
    JSON.stringify({ cilium: '1.17.0', op: 'map', world: first?.world }),
    JSON.stringify({ cilium: '1.20.2', op: 'unheard-of' }),
    'null',
    JSON.stringify({ cilium: '1.20.2', op: 'map', world: {} }),
    JSON.stringify({ cilium: '1.20.2', op: 'map', world: { ...first?.world, policies: [{ kind: 'NetworkPolicy' }] } }),
    JSON.stringify({ cilium: '1.18.8', op: 'reserved', question: { op: 'reserved' } }),
  ];
  const { stdout, status } = spawnSync(process.execPath, [PROGRAM], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
  });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(status, 0);
  assert.equal(answers.length, lines.length);
  assert.equal(answers[0]?.['mapEntries'], 10);
  for (const index of [1, 2, 3, 4, 5, 6]) {
    assert.equal(typeof answers[index]?.['error'], 'string');
    assert.ok(!('ok' in (answers[index] ?? {})));
  }
  assert.equal(answers[7]?.['ok'], true);
});

test('a line ends at a line feed alone, whatever a text of JSON holds, and at the end of the input', () => {
  const question = { op: 'filter', input: [{ source: 'k8s', key: 'a', value: '\u2028\u2029' }] };
  const line = JSON.stringify({ cilium: '1.20.2', op: 'filter', question });
  const { stdout } = spawnSync(process.execPath, [PROGRAM], { input: `${line}\r\n\n${line}`, encoding: 'utf8' });
  const answers = stdout.trim().split('\n');
  assert.deepEqual(
    answers,
    [1, 2].map(() => JSON.stringify(answerLine(line))),
  );
  assert.ok(!('error' in (JSON.parse(answers[0] ?? '') as object)), stdout);
});
