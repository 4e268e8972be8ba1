import assert from 'node:assert/strict';
import { readFile, writeFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { run } from '../../../src/cli/main.ts';
import { customWorkloadKind } from '../../../src/kubernetes/decode/custom-workload.ts';
import type { KindEntry } from '../../../src/kubernetes/decode/kinds.ts';
import { readFiles } from '../../../src/sources/files.ts';
import type { FileEvent } from '../../../src/sources/file-event.ts';
import { temporaryFolder } from '../../support/http-certificates.ts';
import { ciliumIdentity, namespace, pod, policy } from '../../support/objects.ts';
import { memoryContext } from '../../support/memory-context.ts';

const ROOT = join(import.meta.dirname, '../../..');
const DEMO = join(ROOT, 'examples/demo-cluster');
const LEARNED = join(
  ROOT,
  'test/golden/commands/explain/a-map-has-the-addresses-that-an-agent-learned-by-name/cluster',
);

const ROLLOUTS = join(ROOT, 'test/golden/commands/identity-churn/a-rollout-of-argo-is-judged-where-it-is-written');

async function eventsOf(path: string, customKinds: readonly KindEntry[] = []): Promise<readonly FileEvent[]> {
  const events: FileEvent[] = [];
  for await (const event of readFiles([path], { customKinds })) events.push(event);
  return events;
}

/** What the model is told, without the ConfigMaps that it does not ask for. */
function told(events: readonly FileEvent[]): readonly unknown[] {
  return events.flatMap((event): readonly unknown[] => {
    if (event.type === 'dns-cache') return [{ agent: event.agent, answers: event.answers }];
    if (event.type !== 'object') return [];
    return event.object.kind === 'ConfigMap' && event.object.name !== 'cilium-config' ? [] : [event.object];
  });
}

interface Audited {
  readonly findings: readonly { readonly id: string; readonly subject: unknown; readonly field?: string }[];
  readonly capacity: unknown;
}

async function snapshotOf(cluster: string, folder: string, ...more: readonly string[]): Promise<string> {
  const file = join(folder, 'x.snapshot.json.gz');
  const context = memoryContext();
  assert.equal(await run(['snapshot', '-o', file, '--cluster', cluster, ...more], context), 0, context.stderr.text());
  return file;
}

describe('a snapshot', () => {
  test('says on stderr what was written, by kind, and how large the file is', async (t) => {
    const folder = await temporaryFolder(t);
    const [cluster, file] = [join(folder, 'in.json'), join(folder, 'x.snapshot.json.gz')];
    const items = [namespace('a'), pod('a/web'), pod('a/db')];
    await writeFile(cluster, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const context = memoryContext();
    await run(['snapshot', '-o', file, '--cluster', cluster], context);
    const { size } = await stat(file);
    assert.equal(context.stderr.text(), `wrote ${file}, ${size} bytes: 3 objects: 2 x Pod, 1 x Namespace\n`);
    assert.equal(context.stdout.text(), '');
  });

  test('keeps the custom workloads of the configuration', async (t) => {
    const customKinds = [
      customWorkloadKind({
        group: 'argoproj.io',
        version: 'v1alpha1',
        kind: 'Rollout',
        template: ['spec', 'template'],
      }),
    ];
    const cluster = join(ROLLOUTS, 'cluster');
    const file = await snapshotOf(cluster, await temporaryFolder(t), '--config', join(ROLLOUTS, 'config.yaml'));
    const before = told(await eventsOf(cluster, customKinds));
    assert.ok(JSON.stringify(before).includes('Rollout.argoproj.io'));
    assert.deepEqual(told(await eventsOf(file, customKinds)), before);
  });

  for (const [name, cluster] of [
    ['the demo cluster', DEMO],
    ['a cluster whose agents learned names', LEARNED],
  ] as const) {
    test(`of ${name} tells the model the same as what it was made from`, async (t) => {
      const folder = await temporaryFolder(t);
      const before = told(await eventsOf(cluster));
      const events = await eventsOf(await snapshotOf(cluster, folder));
      assert.ok(before.length > 3);
      assert.deepEqual(told(events), before);
      assert.ok(events.every(({ type }) => type !== 'problem' && type !== 'skipped'));
      assert.deepEqual(await readdir(folder), ['x.snapshot.json.gz']);
      assert.equal((await stat(join(folder, 'x.snapshot.json.gz'))).mode & 0o777, 0o600);
    });
  }

  test('holds nothing of an object but what the model reads, and no other ConfigMap than cilium-config', async (t) => {
    const folder = await temporaryFolder(t);
    const objects = [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'app', namespace: 'a' },
        data: { password: 'secret-1' },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', namespace: 'a', labels: { app: 'web' }, annotations: { note: 'secret-2' } },
        spec: { containers: [{ name: 'c', image: 'secret-3', env: [{ name: 'P', value: 'secret-4' }] }] },
      },
    ];
    await writeFile(join(folder, 'in.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const text = gunzipSync(await readFile(await snapshotOf(join(folder, 'in.json'), folder))).toString();
    assert.doesNotMatch(text, /secret/);
    assert.match(text, /"app":"web"/);
  });

  test('that is redacted holds no value of a label, and the same value is the same everywhere', async (t) => {
    const folder = await temporaryFolder(t);
    const objects = [
      pod('a/web', { app: 'topsecret', empty: '' }),
      policy('a/web', {
        endpointSelector: { matchLabels: { app: 'topsecret' } },
        ingress: [
          { fromEndpoints: [{ matchExpressions: [{ key: 'k8s:app', operator: 'In', values: ['topsecret'] }] }] },
        ],
      }),
      ciliumIdentity(50_000, { 'k8s:app': 'topsecret', 'k8s:io.kubernetes.pod.namespace': 'a' }),
    ];
    await writeFile(join(folder, 'in.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await writeFile(join(folder, 'key'), 'sixteen-bytes-or-more');
    const redact = ['--redact', '--redact-key-file', join(folder, 'key')];
    const read = async (): Promise<string> =>
      gunzipSync(await readFile(await snapshotOf(join(folder, 'in.json'), folder, ...redact))).toString();
    const text = await read();
    const [, hash = ''] = /"app":"([0-9a-f]{20})"/.exec(text) ?? [];
    assert.equal(text.split(hash).length - 1, 4);
    assert.doesNotMatch(text, /topsecret/);
    assert.match(text, /"redacted":true/);
    assert.match(text, /"empty":"".*"k8s:io\.kubernetes\.pod\.namespace":"a"/s);
    assert.equal(await read(), text);
  });

  test('that is redacted has the findings and the capacity of what it was made from', async (t) => {
    const folder = await temporaryFolder(t);
    const audited = async (cluster: string): Promise<unknown> => {
      const context = memoryContext();
      await run(['audit', '-o', 'json', '--cluster', cluster], context);
      const { findings, capacity } = JSON.parse(context.stdout.text()) as Audited;
      return {
        findings: findings.map(({ id, subject, field }) => JSON.stringify([id, subject, field])).sort(),
        capacity,
      };
    };
    assert.deepEqual(await audited(await snapshotOf(DEMO, folder, '--redact')), await audited(DEMO));
  });

  test('of a newer format is refused in words', async (t) => {
    const file = join(await temporaryFolder(t), 'x.snapshot.json.gz');
    const header = { apiVersion: 'cilium-bulkhead/v1', kind: 'Snapshot', formatVersion: 2 };
    await writeFile(file, gzipSync(`${JSON.stringify(header)}\n{"kind":"?","apiVersion":"v9"}\n`));
    const context = memoryContext();
    assert.equal(await run(['audit', '--cluster', file], context), 2);
    assert.equal(
      context.stderr.text(),
      `error: ${file}:1 is a snapshot of format 2, and this version reads formats up to 1: use the version that wrote it, or a newer one\n`,
    );
  });

  test('of a source with a fault is not written', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'in.json'), '{"apiVersion":"v1","kind":"Pod","metadata":7}');
    const context = memoryContext();
    const output = join(folder, 'x.snapshot.json.gz');
    assert.equal(await run(['snapshot', '-o', output, '--cluster', join(folder, 'in.json')], context), 2);
    assert.match(context.stderr.text(), /^error: .*in\.json:1 metadata must be an object/);
    assert.deepEqual(await readdir(folder), ['in.json']);
  });
});
