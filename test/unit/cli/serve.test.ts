import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { postReview } from '../../../examples/demo/post.ts';
import { run } from '../../../src/cli/main.ts';
import { temporaryFolder } from '../../support/http-certificates.ts';
import { pod, podRequest, reviewBody, type AnsweredReview } from '../../support/http-reviews.ts';
import { memoryContext } from '../../support/memory-context.ts';
import type { Json } from '../../support/objects.ts';

const ANYWHERE = ['--listen', '127.0.0.1:0', '--ops-listen', '127.0.0.1:0'];
const LABEL_CHURN = join(import.meta.dirname, '../../../examples/reviews/02-label-churn.json');
const RESERVED_LABELS = join(import.meta.dirname, '../../../examples/reviews/10-reserved-labels.json');
const QUIET = ['serve', '--demo', '--log-level', 'silent'];

/** Of a pod that brings an identity. */
async function findingsOf(webhook: URL, ca: string, app: string): Promise<string> {
  const object = pod({ name: app, namespace: 'shop-web', labels: { app } });
  const body = reviewBody(podRequest({ name: app, namespace: 'shop-web', object }));
  const { response } = JSON.parse((await postReview(webhook, ca, body)).body) as { readonly response: AnsweredReview };
  assert.ok(response.allowed);
  return response.auditAnnotations?.['findings'] ?? '';
}

/** An object of Argo whose pods have a label that Cilium owns. */
function reservedIn(kind: string): Json {
  const template = { metadata: { labels: { 'io.cilium.k8s.policy.cluster': 'mine' } }, spec: { containers: [] } };
  const metadata = { name: 'web', namespace: 'shop-web' };
  return {
    uid: 'a',
    kind: { group: 'argoproj.io', version: 'v1alpha1', kind },
    resource: { group: 'argoproj.io', version: 'v1alpha1', resource: `${kind.toLowerCase()}s` },
    operation: 'CREATE',
    ...metadata,
    userInfo: { username: 'somebody' },
    object: { apiVersion: 'argoproj.io/v1alpha1', kind, metadata, spec: { template } },
  };
}

describe('serve', () => {
  test('serves until a signal comes, then exits 0 and leaves nothing open', async (t) => {
    const certDir = await temporaryFolder(t);
    let readyz: Response | undefined;
    const context = memoryContext({
      terminated: async () => {
        const [, url = ''] = /^operations (\S+)$/m.exec(context.stdout.text()) ?? [];
        readyz = await fetch(`${url}/readyz?verbose`);
        return 'SIGTERM';
      },
    });
    assert.equal(await run([...QUIET, ...ANYWHERE, '--cert-dir', certDir], context), 0);
    assert.ok(readyz?.status === 200);
    assert.match(await readyz.text(), /^\[\+\]model ok: \d+ seconds? old$/m);
    const [, gone = ''] = /^operations (\S+)$/m.exec(context.stdout.text()) ?? [];
    await assert.rejects(fetch(`${gone}/readyz`));
    assert.equal(context.stderr.text(), '');
  });

  for (const [text, says] of [
    ['docs', 'must be an address such as https://example.com/docs'],
    ['ftp://example.com', 'must be an address such as https://example.com/docs'],
    ['javascript:alert(1)', 'must be an address such as https://example.com/docs'],
    ['https://', 'must be an address such as https://example.com/docs'],
    ['https://example.com/a b', 'must be an address such as https://example.com/docs'],
    ['https://me:secret@example.com', 'must not hold a user or a password: it is shown to everybody'],
    ['https://example.com/#a', 'must not have a query or a fragment: paths of pages are added to it'],
  ] as const) {
    test(`refuses ${text} as the address of the documentation`, async () => {
      const context = memoryContext();
      assert.equal(await run([...QUIET, ...ANYWHERE, '--docs-url', text], context), 2);
      assert.ok(context.stderr.text().includes(`--docs-url ${says} (is "${text}")`), context.stderr.text());
    });
  }

  test('links to pages below the documentation, whether or not its address ends in a slash', async (t) => {
    const certDir = await temporaryFolder(t);
    let answer = '';
    const context = memoryContext({
      terminated: async () => {
        const [, url = ''] = /^webhook (\S+)$/m.exec(context.stdout.text()) ?? [];
        const ca = await readFile(join(certDir, 'ca.crt'), 'utf8');
        answer = (await postReview(new URL(url), ca, await readFile(LABEL_CHURN, 'utf8'))).body;
        return 'SIGTERM';
      },
    });
    const options = ['--mode', 'enforce', '--docs-url', 'https://docs.example.com/main//', '--cert-dir', certDir];
    assert.equal(await run([...QUIET, ...ANYWHERE, ...options], context), 0);
    assert.match(answer, / https:\/\/docs\.example\.com\/main\/checks\/identity-churn\.md#label-churn /);
  });

  test('writes each decision to the log that is named, where explain finds it by the id that the author has', async (t) => {
    const folder = await temporaryFolder(t);
    const log = join(folder, 'decisions.ndjson');
    let answer = '';
    const context = memoryContext({
      terminated: async () => {
        const [, url = ''] = /^webhook (\S+)$/m.exec(context.stdout.text()) ?? [];
        const ca = await readFile(join(folder, 'ca.crt'), 'utf8');
        answer = (await postReview(new URL(url), ca, await readFile(LABEL_CHURN, 'utf8'))).body;
        return 'SIGTERM';
      },
    });
    const options = ['--mode', 'enforce', '--decision-log', log, '--cert-dir', folder];
    assert.equal(await run([...QUIET, ...ANYWHERE, ...options], context), 0);
    const [, id = ''] = /\(decision ([0-9a-f]+)\)/.exec(answer) ?? [];
    const explained = memoryContext();
    assert.equal(await run(['explain', id, '--log', log], explained), 0);
    assert.match(explained.stdout.text(), /^deny /);
    assert.ok(explained.stdout.text().includes(`decision ${id}\n`));
    assert.match(explained.stdout.text(), /identity-churn\/label-churn \(exact; mode enforce\)/);
    assert.equal(explained.stderr.text(), '');
  });

  test('denies nothing any more once too much was denied, until that is acknowledged', async (t) => {
    const folder = await temporaryFolder(t);
    const verdicts: boolean[] = [];
    let active = '';
    const context = memoryContext({
      terminated: async () => {
        const [, url = ''] = /^webhook (\S+)$/m.exec(context.stdout.text()) ?? [];
        const [, operations = ''] = /^operations (\S+)$/m.exec(context.stdout.text()) ?? [];
        const [ca, review] = await Promise.all([
          readFile(join(folder, 'ca.crt'), 'utf8'),
          readFile(RESERVED_LABELS, 'utf8'),
        ]);
        const isAllowed = async (): Promise<boolean> =>
          (await postReview(new URL(url), ca, review)).body.includes('"allowed":true');
        for (let index = 0; index < 102; index += 1) verdicts.push(await isAllowed());
        active = await (await fetch(`${operations}/metrics`)).text();
        const { status } = await fetch(`${operations}/debug/auto-trip/acknowledge`, { method: 'POST' });
        assert.equal(status, 200);
        verdicts.push(await isAllowed());
        return 'SIGTERM';
      },
    });
    assert.equal(await run([...QUIET, ...ANYWHERE, '--mode', 'enforce', '--cert-dir', folder], context), 0);
    assert.deepEqual(verdicts.slice(100), [false, true, false]);
    assert.match(active, /^cilium_bulkhead_auto_trip_active 1$/m);
    assert.match(active, /^cilium_bulkhead_auto_trips_total 1$/m);
  });

  test('judges the custom workloads of its configuration', async (t) => {
    const folder = await temporaryFolder(t);
    const config = join(folder, 'config.yaml');
    const workload = '{ group: argoproj.io, version: v1alpha1, kind: Rollout, template: .spec.template }';
    await writeFile(config, `apiVersion: cilium-bulkhead/v1\nkind: Config\nworkloads: [${workload}]\n`);
    const answers: string[] = [];
    const context = memoryContext({
      terminated: async () => {
        const [, url = ''] = /^webhook (\S+)$/m.exec(context.stdout.text()) ?? [];
        const ca = await readFile(join(folder, 'ca.crt'), 'utf8');
        for (const kind of ['Rollout', 'Experiment'])
          answers.push((await postReview(new URL(url), ca, reviewBody(reservedIn(kind)))).body);
        return 'SIGTERM';
      },
    });
    const options = ['--mode', 'enforce', '--config', config, '--cert-dir', folder];
    assert.equal(await run([...QUIET, ...ANYWHERE, ...options], context), 0);
    assert.deepEqual(
      answers.map((answer) => answer.includes('[reserved-labels]')),
      [true, false],
    );
  });

  for (const [replicas, findings] of [
    ['1', ['', '']],
    ['60', ['', 'mint-rate']],
  ] as const) {
    test(`divides the rates by ${replicas}`, async (t) => {
      const folder = await temporaryFolder(t);
      const found: string[] = [];
      const context = memoryContext({
        terminated: async () => {
          const [, url = ''] = /^webhook (\S+)$/m.exec(context.stdout.text()) ?? [];
          const ca = await readFile(join(folder, 'ca.crt'), 'utf8');
          // The burst of 120 is two for each of 60 replicas, and the first identity takes one of them.
          for (const app of ['first', 'second', 'third']) found.push(await findingsOf(new URL(url), ca, app));
          return 'SIGTERM';
        },
      });
      assert.equal(await run([...QUIET, ...ANYWHERE, '--replicas', replicas, '--cert-dir', folder], context), 0);
      assert.deepEqual(found, ['', ...findings]);
    });
  }

  test('does not start with a decision log that cannot be written', async (t) => {
    const folder = await temporaryFolder(t);
    const context = memoryContext();
    const log = join(folder, 'no', 'such', 'folder.ndjson');
    assert.equal(
      await run([...QUIET, ...ANYWHERE, '--decision-log', log, '--cert-dir', join(folder, 'certs')], context),
      2,
    );
    assert.equal(context.stderr.text(), `error: --decision-log: ${log}: cannot be made there: name another folder\n`);
  });

  test('says in one sentence that a port is taken, and exits 2', async (t) => {
    const certDir = await temporaryFolder(t);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    const context = memoryContext();
    const where = ['--listen', '127.0.0.1:0', '--ops-listen', `127.0.0.1:${port}`, '--cert-dir', certDir];
    assert.equal(await run([...QUIET, ...where], context), 2);
    assert.equal(
      context.stderr.text(),
      `error: cannot listen on "127.0.0.1" port ${port}: another process listens there: stop it, or name another port\n`,
    );
    assert.equal(context.stdout.text(), '');
  });

  for (const bad of [
    ['--listen', 'nowhere'],
    ['--ops-listen', '1:2:3'],
    ['--shutdown-delay', '301'],
    ['--replicas', '0'],
    ['--replicas', '1.5'],
    ['--replicas', '101'],
    ['--tls-cert-file', 'tls.crt'],
  ]) {
    test(`makes no certificate when it is given ${bad.join(' ')}`, async (t) => {
      const certDir = join(await temporaryFolder(t), 'certs');
      const context = memoryContext();
      assert.equal(await run([...QUIET, ...ANYWHERE, '--cert-dir', certDir, ...bad], context), 2);
      assert.ok(!existsSync(certDir));
    });
  }
});
