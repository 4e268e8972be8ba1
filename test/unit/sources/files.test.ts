import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readFiles, type FileOptions } from '../../../src/sources/files.ts';
import { formatOrigin, type FileEvent } from '../../../src/sources/file-event.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'bulkhead-files-'));
after(() => rm(root, { recursive: true }));

let folders = 0;
/** A folder with these files in it; a name may hold slashes. */
async function folderOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = path.join(root, String(folders++));
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  return folder;
}

async function eventsOf(paths: readonly string[], options?: Partial<FileOptions>): Promise<FileEvent[]> {
  const events: FileEvent[] = [];
  for await (const event of readFiles(paths, options)) events.push(event);
  return events;
}

/** One line for each event, with places relative to the folder: what a reader would see. */
async function linesOf(folder: string, options?: Partial<FileOptions>, name = '.'): Promise<string[]> {
  const events = await eventsOf([path.join(folder, name)], options);
  return events.map((event) => {
    const place = formatOrigin({ ...event.origin, file: path.relative(folder, event.origin.file) });
    if (event.type === 'object') return `${place} ${event.object.kind} ${event.object.name}`;
    if (event.type === 'dns-cache') return `${place} ${event.agent}: ${[...event.answers].join(' ')}`;
    if (event.type === 'note') return `${place} note: ${event.reason}`;
    return event.type === 'problem' ? `${place} problem: ${event.reason}` : `${place} ${event.count} x ${event.reason}`;
  });
}

const pod = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  namespace: team-a\n${more}spec: {}\n`;
const podJson = (name: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'team-a' }, spec: {} });

test('a file of several documents gives an object for each, with its line', async () => {
  const folder = await folderOf({
    'a.yaml': `# comment\n---\n# only a comment\n---\n${pod('a')}--- # next\n${pod('b')}...\n${pod('c')}`,
  });
  assert.deepEqual(await linesOf(folder), ['a.yaml:5 Pod a', 'a.yaml:12 Pod b', 'a.yaml:19 Pod c']);
});

test('a document may start on the line of its marker', async () => {
  const folder = await folderOf({ 'a.yaml': `--- ${podJson('a')}\n--- !!map\n${pod('b')}` });
  assert.deepEqual(await linesOf(folder), ['a.yaml:1 Pod a', 'a.yaml:3 Pod b']);
});

test('dashes inside a block of text end no document unless they stand at the margin', async () => {
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  text: |\n    ---\n    x\n   \n';
  const [event] = await eventsOf([path.join(await folderOf({ 'a.yaml': map }), 'a.yaml')]);
  assert.ok(event?.type === 'object' && event.object.kind === 'ConfigMap');
  assert.equal(event.object.data.get('text'), '---\nx\n');
});

test('YAML is read as kubectl reads it', async () => {
  const data = 'a: "yes"\n  b: 2026-11-22\n  c: 1:30\n  d: <<\n  e: "1"\n';
  const folder = await folderOf({
    'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  ${data}`,
    'b.yaml': pod('b', '  labels: {on: "1"}\n'),
    'c.yaml': pod('c', '  labels: {a: yes}\n'),
    'd.yaml': pod('d', '  labels:\n    a: &x one\n    b: *x\n    a: two\n'),
  });
  const events = await eventsOf([folder]);
  const [map, b, c, note, d] = events;
  assert.ok(map?.type === 'object' && map.object.kind === 'ConfigMap');
  assert.deepEqual(
    [...map.object.data],
    [
      ['a', 'yes'],
      ['b', '2026-11-22'],
      ['c', '1:30'],
      ['d', '<<'],
      ['e', '1'],
    ],
  );
  assert.ok(b?.type === 'object' && b.object.kind === 'Pod');
  assert.deepEqual([...b.object.labels], [['true', '1']]);
  assert.ok(c?.type === 'problem');
  assert.equal(c.reason, 'metadata.labels.a must be a string, is a boolean (quote it)');
  assert.ok(note?.type === 'note');
  assert.ok(d?.type === 'object' && d.object.kind === 'Pod');
  assert.deepEqual(
    [...d.object.labels],
    [
      ['a', 'two'],
      ['b', 'one'],
    ],
  );
});

test('a key that stands twice is noted with its line, in an object and in a list, short or long', async () => {
  const twice = pod('a', '  name: b\n');
  const item = `- ${twice.replaceAll('\n', '\n  ')}\n`;
  const list = `apiVersion: v1\nkind: List\nitems:\n`;
  const long = `${list}${item}`.replace('spec: {}', `spec: {}\n  # ${'x'.repeat(1_100_000)}`);
  const folder = await folderOf({ 'a.yaml': `---\n${twice}`, 'b.yaml': `${list}${item}`, 'c.yaml': long });
  assert.deepEqual(await linesOf(folder, { repeats: 'keep' }), [
    'a.yaml:7 note: key "name" stands here again: the last one counts',
    'a.yaml:2 Pod b',
    'b.yaml:9 note: key "name" stands here again: the last one counts',
    'b.yaml:4 Pod b',
    'c.yaml:9 note: key "name" stands here again: the last one counts',
    'c.yaml:4 Pod b',
  ]);
});

test('a list of any kind gives its items, each with its line', async () => {
  const folder = await folderOf({
    'list.yaml': `apiVersion: v1\nkind: List\nitems:\n- ${pod('a').replaceAll('\n', '\n  ')}\n- apiVersion: v1\n  kind: Secret\n`,
    'pods.yaml':
      'apiVersion: v1\nitems:\n- metadata: {name: b}\n  spec: {}\n- metadata:\n    name: c\n  spec: {}\n- kind: Secret\nkind: PodList\n',
    'pods.json': `{"apiVersion": "v1",\n "items": [\n  {"metadata": {"name": "d"}, "spec": {}},\n  {"metadata": {"name": "e"}, "spec": {}}\n ],\n "kind": "PodList"}`,
    'secrets.json': '{"kind": "SecretList", "apiVersion": "v1", "items": [{}, nil, {}]}',
    'empty.json': '{"kind": "PodList", "apiVersion": "v1", "items": []}',
    'null.yaml': 'kind: PodList\napiVersion: v1\nitems: null\n',
  });
  assert.deepEqual(await linesOf(folder), [
    'list.yaml:4 Pod a',
    'list.yaml:11 1 x Secret of v1 is not read',
    'null.yaml:1 1 x PodList of v1 is not read',
    'pods.json:3 Pod d',
    'pods.json:4 Pod e',
    'pods.yaml:3 Pod b',
    'pods.yaml:5 Pod c',
    'pods.yaml:8 1 x Secret of v1 is not read',
    'secrets.json:1 3 x Secret of v1 is not read',
  ]);
});

test('JSON objects may follow one another, with or without lines between', async () => {
  const folder = await folderOf({
    'a.ndjson': `${podJson('a')}\n\n${podJson('b')}\n`,
    'b.json': `${podJson('c')}${podJson('d')}\n{\n"x": 1}[]7`,
  });
  assert.deepEqual(await linesOf(folder), [
    'a.ndjson:1 Pod a',
    'a.ndjson:3 Pod b',
    'b.json:1 Pod c',
    'b.json:1 Pod d',
    'b.json:2 3 x no Kubernetes object',
  ]);
});

test('what is broken is told with its place, and the rest is read', async () => {
  const folder = await folderOf({
    'a.yaml': `${pod('a')}---\na: b: c\n---\n${pod('b')}`,
    'b.yaml': 'a:\n  - *nowhere\n',
    'c.yaml': 'a: &a [*a]\n',
    'd.json': `${podJson('d')}\n{"a": 1,\n "b" 2}\n${podJson('e')}\n{"kind": "Pod`,
    'e.json': `{"kind": "PodList", "apiVersion": "v1", "items": [\n{"spec": nil},\n{"metadata": {"name": "f"}, "spec": {}}]}`,
    'f.json': '}',
  });
  assert.deepEqual(await linesOf(folder), [
    'a.yaml:1 Pod a',
    'a.yaml:8:4 problem: not YAML: Nested mappings are not allowed in compact mappings',
    'a.yaml:10 Pod b',
    'b.yaml:1:1 problem: not YAML: Unresolved alias (the anchor must be set before the alias): nowhere',
    'c.yaml:1:1 problem: cannot be read: the anchor "a" holds an alias of itself',
    'd.json:1 Pod d',
    `d.json:3:6 problem: not JSON: Expected ':' after property name`,
    'd.json:4 Pod e',
    'd.json:5:1 problem: this JSON value is cut off or has no start',
    `e.json:2:11 problem: not JSON: Unexpected token 'i'`,
    'e.json:3 Pod f',
    'f.json:1:1 problem: this JSON value is cut off or has no start',
  ]);
});

test('an object of a wrong shape is a problem at the line of the field', async () => {
  const folder = await folderOf({
    'a.yaml': `${pod('a')}---\n${pod('b', '  labels:\n    x: x\n    v: 1\n')}`,
    'b.json':
      '{"kind": "PodList", "apiVersion": "v1", "items": [\n{"metadata": {"name": "c",\n"labels": {\n"a/\\"b": 7}}, "spec": {}}]}',
    'c.yaml':
      'kind: PodList\napiVersion: v1\nitems:\n- metadata: {name: d}\n  spec:\n    containers:\n    - {}\n    - 7\n',
    'd.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n',
  });
  assert.deepEqual(
    await linesOf(folder),
    [
      'a.yaml:15 problem: metadata.labels.v must be a string, is a number (quote it)',
      'b.json:4 problem: metadata.labels["a/\\"b"] must be a string, is a number (quote it)',
      'c.yaml:8 problem: spec.containers[1] must be an object, is a number',
      'd.yaml:4 problem: metadata.name must be set',
    ].toSpliced(0, 0, 'a.yaml:1 Pod a'),
  );
});

test('the line of a field is told for messages', async () => {
  const policy = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: p}
spec:
  endpointSelector: {}
  ingress:
  - fromEndpoints:
    - {}
    - matchLabels:
        app: web
`;
  const folder = await folderOf({
    'a.yaml': `---\n${policy}`,
    'b.json': '{"apiVersion": "v1", "kind": "Namespace",\n"metadata": {"name": "n",\n"labels": {"a/b":\n"c"}}}',
  });
  const [yaml, json] = await eventsOf([folder]);
  assert.ok(yaml?.type === 'object' && json?.type === 'object');
  assert.equal(yaml.lineOf('spec.ingress[0].fromEndpoints[1]'), 10);
  assert.equal(yaml.lineOf('spec.ingress[0].fromEndpoints[7].matchLabels'), 9);
  assert.equal(yaml.lineOf(''), 2);
  assert.equal(yaml.lineOf('not a path!'), 2);
  assert.equal(json.lineOf('metadata.labels["a/b"]'), 4);
  assert.equal(json.lineOf('metadata.labels.missing'), 3);
});

test('an object that stands twice is a problem that names both places', async () => {
  const folder = await folderOf({
    'a.yaml': pod('a'),
    'b.json': podJson('a'),
    'c.yaml': pod('a').replace('team-a', 'team-b'),
  });
  assert.deepEqual(
    (await linesOf(folder)).map((line) => line.replace(folder + path.sep, '')),
    ['a.yaml:1 Pod a', 'b.json:1 problem: Pod/team-a/a stands here again, first in a.yaml:1', 'c.yaml:1 Pod a'],
  );
  assert.deepEqual(await linesOf(folder, { repeats: 'keep' }), ['a.yaml:1 Pod a', 'b.json:1 Pod a', 'c.yaml:1 Pod a']);
});

test('what an API server would fill in is filled in, in the raw object too', async () => {
  const generated = '{apiVersion: v1, kind: Pod, metadata: {generateName: run-}, spec: {}}';
  const folder = await folderOf({ 'a.yaml': `${generated}\n---\n${generated}\n` });
  const [first, second] = await eventsOf([folder], { namespace: 'team-b' });
  assert.ok(first?.type === 'object' && first.object.kind === 'Pod' && second?.type === 'object');
  assert.equal(first.object.namespace, 'team-b');
  assert.equal(first.object.serviceAccountName, 'default');
  assert.deepEqual(first.raw, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'run-', name: 'run-bbbbb', namespace: 'team-b' },
    spec: { serviceAccountName: 'default' },
  });
  assert.equal(second.object.name, 'run-bbbbc');
});

test('a folder is read in order of names, with what is in it, without what is hidden', async () => {
  const folder = await folderOf({
    'b/x.yaml': pod('b'),
    'a.yml': pod('a'),
    'c.json': podJson('c'),
    '.git/d.yaml': pod('d'),
    'README.md': '# text',
    'b/log.txt': 'text',
    'tool.tar.gz': gzipSync('text'),
  });
  assert.deepEqual(await linesOf(folder), [
    'a.yml:1 Pod a',
    'b/x.yaml:1 Pod b',
    'c.json:1 Pod c',
    ': 3 x not named like YAML or JSON',
  ]);
});

test('without recursion only the files of the folder itself are read', async () => {
  const folder = await folderOf({ 'b/x.yaml': pod('b'), 'a.yml': pod('a') });
  assert.deepEqual(await linesOf(folder, { recursive: false }), [
    'a.yml:1 Pod a',
    ': 1 x a folder in a folder (-R reads it)',
  ]);
});

test('links are followed, and a loop of them ends', async () => {
  const folder = await folderOf({ 'a/x.yaml': pod('a') });
  await symlink('..', path.join(folder, 'a', 'up'));
  await symlink('itself', path.join(folder, 'itself'));
  await symlink('a/x.yaml', path.join(folder, 'y.yaml'));
  await symlink('missing', path.join(folder, 'z.yaml'));
  assert.deepEqual(await linesOf(folder, { repeats: 'keep' }), [
    'a/x.yaml:1 Pod a',
    'itself: problem: is a link that leads to itself',
    'y.yaml:1 Pod a',
    'z.yaml: problem: no such file or folder',
  ]);
});

test('a socket in a folder is skipped; one that the user names is a problem', async () => {
  const folder = await folderOf({ 'a.yaml': pod('a') });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path.join(folder, 's.yaml'), resolve));
  try {
    assert.deepEqual(await linesOf(folder), ['a.yaml:1 Pod a', ': 1 x not named like YAML or JSON']);
    assert.deepEqual(await linesOf(folder, {}, 's.yaml'), ['s.yaml: problem: is neither a file nor a folder']);
  } finally {
    server.close();
  }
});

test('a path that is not there is a problem, and the others are read', async () => {
  const folder = await folderOf({ 'a.yaml': pod('a') });
  const events = await eventsOf([path.join(folder, 'missing'), path.join(folder, 'a.yaml')]);
  assert.deepEqual(
    events.map((event) => (event.type === 'problem' ? event.reason : event.type)),
    ['no such file or folder', 'object'],
  );
});

test('gzip is unpacked, and broken or oversized gzip is a problem', async () => {
  const folder = await folderOf({
    'a.yaml.gz': gzipSync(pod('a')),
    'b.json.gz': gzipSync(podJson('b')),
    'c.yaml.gz': gzipSync('#'.repeat(100_000)),
    'd.yaml.gz': gzipSync(pod('d')).subarray(0, 30),
    'e.yaml': gzipSync(pod('e')),
  });
  assert.deepEqual(await linesOf(folder, { maxBytes: 50_000 }), [
    'a.yaml.gz:1 Pod a',
    'b.json.gz:1 Pod b',
    'c.yaml.gz: problem: is over the limit of 50000 bytes when unpacked',
    'd.yaml.gz: problem: is broken gzip',
    'e.yaml:1 Pod e',
  ]);
});

test('files that are too large or no text are a problem', async () => {
  const folder = await folderOf({
    'a.yaml': '#'.repeat(2000),
    'b.yaml': 'PK\u0003\u0004',
    'c.yaml': Buffer.from(`\ufeff${pod('c')}`, 'utf16le'),
    'd.yaml': `\ufeff${pod('d')}`,
    'e.yaml': `${pod('e')}# \u0000`,
    'f.yaml': Buffer.from(pod('f', '  labels: {app: caf\u00e9}\n'), 'latin1'),
    'g.json': Buffer.from(`{"kind": "Pod",\n"\u00e9": "\u00ff"}`, 'latin1'),
  });
  assert.deepEqual(await linesOf(folder, { maxBytes: 1000 }), [
    'a.yaml: problem: is over the limit of 1000 bytes',
    'b.yaml: problem: is a zip archive: unpack it first',
    'c.yaml: problem: is text in UTF-16: save it in UTF-8',
    'd.yaml:1 Pod d',
    'e.yaml: problem: is no text in UTF-8: line 7 holds a NUL byte',
    'f.yaml: problem: is no text in UTF-8: line 6 holds bytes that are none',
    'g.json: problem: is no text in UTF-8: line 2 holds bytes that are none',
  ]);
});

test('a NUL far behind the start of a file is found, and its line told', async () => {
  const folder = await folderOf({ 'a.yaml': `${'# comment\n'.repeat(1000)}a: \u0000` });
  assert.deepEqual(await linesOf(folder), ['a.yaml: problem: is no text in UTF-8: line 1001 holds a NUL byte']);
});

test('a name that no API server takes is a problem that names field and value', async () => {
  const folder = await folderOf({
    'a.json': `{"apiVersion": "v1", "kind": "Pod",\n"metadata": {"name": "a\\u0000b\\ud800"}, "spec": {}}`,
    'b.yaml': pod('B'),
    'c.yaml': pod('c').replace('team-a', 'team.a'),
    'd.yaml': pod('d'.repeat(254)),
    'e.yaml': pod('web.v1-0'),
    'f.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a.b}\n',
    'g.yaml': pod('-a'),
  });
  const name = 'must be at most 253 lower case letters, digits and inner "-", in parts between "."';
  const label = 'must be at most 63 lower case letters, digits and inner "-"';
  assert.deepEqual(await linesOf(folder), [
    `a.json:2 problem: metadata.name ${name}, is "a\ufffdb\ufffd"`,
    `b.yaml:4 problem: metadata.name ${name}, is "B"`,
    `c.yaml:5 problem: metadata.namespace ${label}, is "team.a"`,
    `d.yaml:4 problem: metadata.name ${name}, is "${'d'.repeat(77)}..."`,
    'e.yaml:1 Pod web.v1-0',
    `f.yaml:3 problem: metadata.name ${label}, is "a.b"`,
    `g.yaml:4 problem: metadata.name ${name}, is "-a"`,
  ]);
});

test('a file of more objects than its limit is read up to there, and then told', async () => {
  const list = `{"kind": "PodList", "apiVersion": "v1", "items": [{}, {}]}`;
  const folder = await folderOf({
    'a.json': `${podJson('a')}${podJson('b')}${podJson('c')}\n${podJson('d')}${podJson('e')}`,
    'b.yaml': [pod('f'), pod('g'), pod('h'), pod('i')].join('---\n'),
    'c.json': `${podJson('j')}${podJson('k')}\n${list}`,
  });
  const problem = 'more than 3 objects in one file: from here on it is not read';
  assert.deepEqual(await linesOf(folder, { maxObjects: 3 }), [
    ...['a', 'b', 'c'].map((name) => `a.json:1 Pod ${name}`),
    `a.json:2 problem: ${problem}`,
    ...['f', 'g', 'h'].map((name, index) => `b.yaml:${index * 7 + 1} Pod ${name}`),
    `b.yaml:22 problem: ${problem}`,
    ...['j', 'k'].map((name) => `c.json:1 Pod ${name}`),
    `c.json:2 problem: ${problem}`,
  ]);
});

test('aliases are read up to a number, and may not write out a document without end', async () => {
  const scalars = (count: number): string =>
    Array.from({ length: count }, (_, index) => `a${index}: &b${index} 1\nc${index}: *b${index}\n`).join('');
  const laughs = (levels: number): string =>
    Array.from({ length: levels }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]\n`).join(
      '',
    );
  const merges = Array.from(
    { length: 40 },
    (_, n) => `m${n + 1}: &m${n + 1}\n  <<: [*m${n}, *m${n}]\n  k${n}: 1\n`,
  ).join('');
  const folder = await folderOf({
    'a.yaml': scalars(1000),
    'b.yaml': scalars(1001),
    'c.yaml': `a: &a 1\nb: [${'*a, '.repeat(1001)}]\n`,
    'd.yaml': `l0: &l0 x\n${laughs(9)}`,
    'e.yaml': `m0: &m0 {a: 1}\n${merges}`,
    'f.yaml': 'a: &a\n  b: {c: [1, *a]}\n',
    'g.yaml': pod('g', '  labels: &labels {app: web}\n  annotations: *labels\n'),
    'h.yaml': `a: &a 1\nb: &a 2\nc: *a\n---\n${pod('h')}`,
  });
  const skipped = '1 x no Kubernetes object';
  assert.deepEqual(await linesOf(folder), [
    `a.yaml:1 ${skipped}`,
    'b.yaml:1:1 problem: cannot be read: more than 1000 anchors',
    'c.yaml:1:1 problem: cannot be read: more than 1000 aliases',
    'd.yaml:1:1 problem: cannot be read: aliases that add more than 1000000 nodes',
    'e.yaml:1:1 problem: cannot be read: aliases that add more than 1000000 nodes',
    'f.yaml:1:1 problem: cannot be read: the anchor "a" holds an alias of itself',
    'g.yaml:1 Pod g',
    'h.yaml:5 Pod h',
    `h.yaml:1 ${skipped}`,
  ]);
});

test('a file that the user names is read whatever it is called', async () => {
  const folder = await folderOf({ yaml: pod('a'), json: `  ${podJson('b')}`, 'c.txt': pod('c') });
  assert.deepEqual(await linesOf(folder, {}, 'yaml'), ['yaml:1 Pod a']);
  assert.deepEqual(await linesOf(folder, {}, 'json'), ['json:1 Pod b']);
  assert.deepEqual(await linesOf(folder, {}, 'c.txt'), ['c.txt:1 Pod c']);
});

async function* chunksOf(...chunks: readonly string[]): AsyncGenerator<string> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

test('a dash is standard input, which is bounded too', async () => {
  const text = pod('a');
  const [event] = await eventsOf(['-'], { stdin: () => chunksOf(text.slice(0, 9), text.slice(9)) });
  assert.ok(event?.type === 'object');
  assert.deepEqual(event.origin, { file: '-', line: 1 });
  const [problem] = await eventsOf(['-'], { stdin: () => chunksOf(text, text), maxBytes: 100 });
  assert.ok(problem?.type === 'problem');
  assert.equal(problem.reason, 'is over the limit of 100 bytes');
});

test('an unpacked sysdump is read: typed lists, single objects, and much that is something else', async () => {
  const stamp = '20261122-101500';
  const folder = await folderOf({
    [`k8s-pods-${stamp}.yaml`]: `apiVersion: v1\nitems:\n- ${pod('a').split('\n').slice(2).join('\n  ')}\nkind: PodList\nmetadata:\n  resourceVersion: "7"\n`,
    [`k8s-namespaces-${stamp}.yaml`]:
      'apiVersion: v1\nitems:\n- metadata:\n    name: team-a\nkind: NamespaceList\nmetadata: {}\n',
    [`ciliumidentities-${stamp}.yaml`]:
      'apiVersion: cilium.io/v2\nitems:\n- metadata:\n    name: "300"\n  security-labels:\n    k8s:app: web\nkind: CiliumIdentityList\nmetadata: {}\n',
    [`ciliumendpointslices-${stamp}.yaml`]:
      'apiVersion: cilium.io/v2alpha1\nitems: []\nkind: CiliumEndpointSliceList\n',
    [`cilium-configmap-${stamp}.yaml`]:
      'apiVersion: v1\ndata:\n  cluster-name: x\nkind: ConfigMap\nmetadata:\n  name: cilium-config\n  namespace: kube-system\n',
    [`cilium-daemonset-${stamp}.yaml`]:
      'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: cilium, namespace: kube-system}\nspec:\n  template:\n    spec:\n      containers:\n      - image: quay.io/cilium/cilium:v1.20.2\n',
    [`ciliumnodes-${stamp}.yaml`]:
      'apiVersion: cilium.io/v2\nitems:\n- metadata:\n    name: node-a\nkind: CiliumNodeList\n',
    [`k8s-nodes-${stamp}.yaml`]: 'apiVersion: v1\nitems:\n- metadata:\n    name: node-a\nkind: NodeList\n',
    [`k8s-services-${stamp}.yaml`]:
      'apiVersion: v1\nitems:\n- metadata:\n    name: web\n    namespace: team-a\n  spec: {}\nkind: ServiceList\n',
    [`k8s-endpoints-${stamp}.yaml`]:
      'apiVersion: v1\nitems:\n- metadata:\n    name: kubernetes\n    namespace: default\n  subsets:\n  - addresses:\n    - ip: 192.0.2.1\nkind: EndpointsList\n',
    [`k8s-events-${stamp}.yaml`]: 'apiVersion: v1\nitems:\n- message: x\n- message: y\nkind: EventList\n',
    [`cilium-helm-values-${stamp}.yaml`]: 'ipam:\n  mode: cluster-pool\n',
    [`cilium-helm-metadata-${stamp}.yaml`]: 'Error: { no such release',
    [`cilium-bugtool-cilium-abc-${stamp}/cmd/bpf-list.json`]: 'Error: connection refused',
    [`cilium-bugtool-cilium-def-${stamp}/cmd/bpf-list.json`]: 'Error: connection refused',
    [`cilium-bugtool-cilium-def-${stamp}/cmd/cilium-dbg-fqdn-cache-list.md`]:
      'Endpoint   Source   FQDN   TTL   ExpirationTime   IPs   \n7   lookup   a.example.   60   2026-11-22T10:15:00.000Z   192.0.2.1   \n',
    [`backup-${stamp.replace('-', '')}.yaml`]: pod('b'),
    [`k8s-metrics-${stamp}.yaml`]: '# HELP x\nx{code="200"}: 7 {\n',
    [`hubble-flows-cilium-abc-${stamp}.json`]: '{"flow": {}}\n{"flow"',
    [`logs-cilium-abc-cilium-agent-${stamp}.log`]: 'level=info',
    [`cilium-bugtool-cilium-abc-${stamp}.tar.gz`]: gzipSync('x'),
  });
  const events = await eventsOf([folder]);
  const objects = events
    .filter((event) => event.type === 'object')
    .map(({ object }) => `${object.kind} ${object.name}`);
  assert.deepEqual(objects, [
    'Pod b',
    'ConfigMap cilium-config',
    'DaemonSet cilium',
    'CiliumIdentity 300',
    'CiliumNode node-a',
    'Endpoints kubernetes',
    'Namespace team-a',
    'Node node-a',
    'Pod a',
    'Service web',
  ]);
  const learned = events.filter((event) => event.type === 'dns-cache');
  assert.deepEqual(
    learned.map(({ agent, answers }) => [agent, ...answers]),
    [['cilium-def', ['a.example.', ['192.0.2.1']]]],
  );
  assert.deepEqual(
    events.filter((event) => event.type === 'skipped').map(({ reason, count }) => `${count} x ${reason}`),
    ['7 x output of cilium sysdump that holds nothing of the model', '1 x not named like YAML or JSON'],
  );
  assert.deepEqual(
    events.filter((event) => event.type === 'problem'),
    [],
  );
});

test('of two sysdumps one is read, and the other is told in one sentence', async () => {
  const folder = await folderOf({
    'old/k8s-pods-20261121-101500.yaml': pod('a'),
    'new/k8s-pods-20261122-101500.yaml': pod('a'),
    'new/k8s-namespaces-20261122-101500.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: team-a}\n',
  });
  const expected = (first: string): string[] => [
    'new/k8s-namespaces-20261122-101500.yaml:1 Namespace team-a',
    'new/k8s-pods-20261122-101500.yaml:1 Pod a',
    `old: problem: is a second sysdump, of 20261121-101500; the first is "${first}", of 20261122-101500: name one of them`,
  ];
  assert.deepEqual(await linesOf(folder), expected(path.join(folder, 'new')));
});

test('names with a time are read where there is no sysdump', async () => {
  const folder = await folderOf({ 'backup-20261122-101500.yaml': pod('a') });
  assert.deepEqual(await linesOf(folder), ['backup-20261122-101500.yaml:1 Pod a']);
});

test('an archive is called one', async () => {
  const tar = Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\u000000'), Buffer.alloc(248)]);
  const folder = await folderOf({ 'a.tar': tar, 'b.tar.gz': gzipSync(tar), 'c.zip': 'PK\u0003\u0004' });
  assert.deepEqual(await linesOf(folder, {}, 'a.tar'), ['a.tar: problem: is a tar archive: unpack it first']);
  assert.deepEqual(await linesOf(folder, {}, 'b.tar.gz'), ['b.tar.gz: problem: is a tar archive: unpack it first']);
  assert.deepEqual(await linesOf(folder, {}, 'c.zip'), ['c.zip: problem: is a zip archive: unpack it first']);
});

test('a file that is no part of a cluster is skipped with what to do instead', async () => {
  const folder = await folderOf({
    'a.json': '{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {}}',
    'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
  });
  assert.deepEqual(await linesOf(folder), [
    'a.json:1 1 x AdmissionReview of admission.k8s.io/v1 is not read (post it to serve, or give the object in it)',
    'kustomization.yaml:1 1 x Kustomization of kustomize.config.k8s.io/v1beta1 is not read (kubectl kustomize prints its manifests)',
  ]);
});

test('names of Object.prototype are keys like any other, in YAML and in JSON', async () => {
  const folder = await folderOf({
    'a.yaml': pod('a', '  labels:\n    __proto__: one\n    constructor: two\n'),
    'b.json': podJson('b').replace('"spec"', '"__proto__": {"polluted": "x"}, "spec"'),
  });
  const [yaml] = await eventsOf([folder]);
  assert.ok(yaml?.type === 'object' && yaml.object.kind === 'Pod');
  assert.deepEqual(
    [...yaml.object.labels],
    [
      ['__proto__', 'one'],
      ['constructor', 'two'],
    ],
  );
  assert.equal(({} as { polluted?: string }).polluted, undefined);
});

test('aliases that multiply, and brackets that never close, are a problem and not a hang', async () => {
  const levels = Array.from({ length: 9 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`);
  const folder = await folderOf({
    'a.yaml': ['a0: &a0 [x]', ...levels].join('\n'),
    'b.yaml': '['.repeat(20_000),
    'c.json': '['.repeat(200_000),
    'd.json': `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
  });
  const events = await eventsOf([folder]);
  assert.deepEqual(
    events.map((event) => event.type),
    ['problem', 'problem', 'problem', 'skipped'],
  );
});
