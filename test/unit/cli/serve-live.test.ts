/**
 * `serve` on a live cluster: when it is ready, what it judges by, and what it says of its watches.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { postReview } from '../../../examples/demo/post.ts';
import { run } from '../../../src/cli/main.ts';
import { watchedKinds } from '../../../src/sources/live/watched-kinds.ts';
import { ApiServer } from '../../support/api-server.ts';
import { temporaryFolder } from '../../support/http-certificates.ts';
import { pod as podIn, podRequest, reviewBody, type AnsweredReview } from '../../support/http-reviews.ts';
import { memoryContext, type MemoryContext } from '../../support/memory-context.ts';
import { namespace, pod } from '../../support/objects.ts';
import { at } from '../examples/manifests.ts';

const ANYWHERE = ['--listen', '127.0.0.1:0', '--ops-listen', '127.0.0.1:0', '--shutdown-delay', '0'];
const WATCHED = watchedKinds({ ciliumNamespace: 'kube-system', customKinds: [] });
const NAMESPACES = '/api/v1/namespaces';
const SECRETS = '/api/v1/namespaces/a/secrets';
const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/a/leases';
const AGENTS = '/apis/apps/v1/daemonsets';

async function kubeconfigOf(t: TestContext, server: URL): Promise<string> {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'kubeconfig');
  const config = {
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    // Plain HTTP is taken only with this word.
    clusters: [{ name: 'test', cluster: { server: server.origin, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token: 'secret' } }],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** With Cilium in it. */
async function clusterOf(t: TestContext): Promise<ApiServer> {
  const server = (await ApiServer.start(t)).serve(...WATCHED.map(({ resource }) => resource.paths[0] ?? ''));
  server.put(NAMESPACES, namespace('kube-system'));
  server.put(NAMESPACES, namespace('a'));
  server.put(AGENTS, {
    metadata: { namespace: 'kube-system', name: 'cilium' },
    spec: {
      template: {
        metadata: { labels: { 'k8s-app': 'cilium' } },
        spec: { containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.19.7' }] },
      },
    },
  });
  return server;
}

function urlOf(name: 'webhook' | 'operations', context: MemoryContext): URL {
  const line = context.stdout
    .text()
    .split('\n')
    .find((text) => text.startsWith(`${name} `));
  return new URL(line?.slice(name.length + 1) ?? assert.fail());
}

async function readiness(context: MemoryContext): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(new URL('/readyz?verbose', urlOf('operations', context)));
  return { status: response.status, text: await response.text() };
}

async function ready(context: MemoryContext): Promise<void> {
  while ((await readiness(context)).status !== 200);
}

/** Runs until the work is done; what is left open would keep the test from ending. */
async function served(
  t: TestContext,
  server: ApiServer,
  work: (context: MemoryContext, ca: string) => Promise<void>,
  more: readonly string[] = [],
): Promise<void> {
  const certDir = await temporaryFolder(t);
  const context: MemoryContext = memoryContext({
    terminated: async () => {
      await work(context, await readFile(join(certDir, 'ca.crt'), 'utf8').catch(() => ''));
      return 'SIGTERM';
    },
  });
  const kubeconfig = await kubeconfigOf(t, server.access.server);
  const options = ['--kubeconfig', kubeconfig, '--cert-dir', certDir, '--mode', 'enforce', '--log-level', 'silent'];
  assert.equal(await run(['serve', ...ANYWHERE, ...options, ...more], context), 0, context.stderr.text());
}

async function judged(
  context: MemoryContext,
  ca: string,
  labels: Readonly<Record<string, string>>,
): Promise<AnsweredReview> {
  const object = podIn({ name: 'x', namespace: 'a', labels });
  const body = reviewBody(podRequest({ name: 'x', namespace: 'a', object }));
  const answer = JSON.parse((await postReview(urlOf('webhook', context), ca, body)).body) as {
    readonly response: AnsweredReview;
  };
  return answer.response;
}

const SHARED = ['--certificates-secret', 'a/certs', '--webhook-configuration', 'hooks', '--lease', 'a/lead'];

for (const [options, problem] of [
  [['--demo', '--off-switch', 'a/b'], /--off-switch is watched in a live cluster, and files have none/],
  [['--demo', '--owner-events'], /--owner-events are written to a live cluster, and files take none/],
  [['--demo', '--lease', 'a/b'], /--lease is held in a live cluster, and files have none/],
  [['--kubeconfig', 'x', '--lease', 'a/B'], /--lease must be NAMESPACE\/NAME of a Lease \(is "a\/B"\)/],
  [['--demo', '--webhook-configuration', 'w'], /--webhook-configuration goes with --certificates-secret/],
  [['--demo', '--certificates-secret', 'a/b'], /needs --webhook-configuration, and --lease: who leads writes both/],
  [['--demo', ...SHARED], /--lease is held in a live cluster, and files have none/],
  [
    ['--kubeconfig', 'x', ...SHARED, '--certificates-secret', 'a'],
    /--certificates-secret must be NAMESPACE\/NAME of a Sec/,
  ],
  [['--kubeconfig', 'x', ...SHARED, '--webhook-configuration', 'a/b'], /--webhook-configuration must be a name/],
  [['--kubeconfig', 'x', ...SHARED, '--tls-cert-file', 'a'], /--certificates-secret and --tls-cert-file exclude/],
  [
    ['--kubeconfig', 'x', ...SHARED, '--certificate-names', 'a', 'b c'],
    /--certificate-names must be a DNS name or an address \(is "b c"\)/,
  ],
  [['--kubeconfig', 'x', ...SHARED, '--certificate-lifetime', '1h'], /must each be at least three times the next/],
  [['--kubeconfig', 'x', ...SHARED, '--authority-overlap', 'soon'], /must each be at least three times the next/],
  [['--kubeconfig', 'x', ...SHARED, '--authority-lifetime', '999999h'], /must each be at least three times the next/],
  [['--kubeconfig', 'x', '--off-switch', 'a'], /--off-switch must be NAMESPACE\/NAME of a ConfigMap \(is "a"\)/],
  [['--kubeconfig', 'x', '--off-switch', 'a/../b'], /--off-switch must be NAMESPACE\/NAME/],
] as const) {
  test(`serve ${options.join(' ')} is refused`, async () => {
    const context = memoryContext();
    assert.equal(await run(['serve', ...options], context), 2);
    assert.match(context.stderr.text(), problem);
  });
}

describe('serve on a live cluster', () => {
  test('is ready once every kind was listed, and denies nothing before', async (t) => {
    const server = await clusterOf(t);
    const { promise: held, resolve: letGo } = Promise.withResolvers<undefined>();
    server.scriptFor('/apis/apps/v1/replicasets', (response) => void held.then(() => response.destroy()));
    await served(t, server, async (context, ca) => {
      while (!(await readiness(context)).text.includes('yet: ReplicaSet\n'));
      const { status, text } = await readiness(context);
      assert.equal(status, 503);
      assert.match(text, /^\[-\]model failed: not listed yet: ReplicaSet$/m);
      assert.equal((await judged(context, ca, { host: 'true' })).allowed, true);
      letGo(undefined);
      await ready(context);
      assert.equal((await judged(context, ca, { host: 'true' })).allowed, false);
      const [{ headers } = assert.fail()] = server.asked;
      assert.equal(headers.authorization, 'Bearer secret');
    });
  });

  test('judges by the cluster as it is now, and says how old that is', async (t) => {
    const server = await clusterOf(t);
    await served(t, server, async (context, ca) => {
      await ready(context);
      assert.match((await readiness(context)).text, /^\[\+\]model ok: \d+ seconds? old$/m);
      const { auditAnnotations } = await judged(context, ca, { app: 'web' });
      assert.equal(auditAnnotations?.['model-age-seconds'], '0');
      server.put('/api/v1/pods', pod('a/y', { app: 'web' }));
      const metrics = async (): Promise<string> =>
        (await fetch(new URL('/metrics', urlOf('operations', context)))).text();
      while (!(await metrics()).includes('cilium_bulkhead_model_objects{kind="Pod"} 1'));
      assert.match(await metrics(), /^cilium_bulkhead_watch_age_seconds\{kind="Pod"\} /m);
    });
  });

  test('leads while it holds the Lease, and gives it up when it stops', async (t) => {
    const server = (await clusterOf(t)).serve(LEASES);
    const given = { metadata: { namespace: 'a', name: 'lead' }, spec: { holderIdentity: '', leaseDurationSeconds: 1 } };
    server.put(LEASES, given);
    const holder = (): unknown => at(server.stored(LEASES, 'lead'), 'spec', 'holderIdentity');
    const work = async (context: MemoryContext): Promise<void> => {
      await server.until(() => holder() !== '');
      await ready(context);
      const metrics = await (await fetch(new URL('/metrics', urlOf('operations', context)))).text();
      assert.match(metrics, /^cilium_bulkhead_leader 1$/m);
    };
    await served(t, server, work, ['--lease', 'a/lead']);
    assert.equal(holder(), '');
  });

  test('serves with the certificates of a Secret, and is not ready before somebody has made them', async (t) => {
    const server = (await clusterOf(t)).serve(LEASES, SECRETS, REGISTRATIONS);
    server.put(LEASES, { metadata: { namespace: 'a', name: 'lead' }, spec: { holderIdentity: 'somebody' } });
    const webhooks = [{ name: 'w', clientConfig: {} }];
    server.put(REGISTRATIONS, { metadata: { name: 'hooks' }, webhooks });
    const work = async (context: MemoryContext): Promise<void> => {
      while (!(await readiness(context)).text.includes('failed: there is no serving certificate yet'));
      const given = { holderIdentity: '', leaseDurationSeconds: 1 };
      server.put(LEASES, { metadata: { namespace: 'a', name: 'lead' }, spec: given });
      await ready(context);
      const bundle = (): unknown =>
        at(server.stored(REGISTRATIONS, 'hooks'), 'webhooks', 0, 'clientConfig', 'caBundle');
      await server.until(() => bundle() !== undefined);
      const ca = Buffer.from(String(bundle()), 'base64').toString('latin1');
      assert.equal((await judged(context, ca, { host: 'true' })).allowed, false);
    };
    await served(t, server, work, [...SHARED, '--certificate-names', '127.0.0.1', 'localhost']);
  });

  test('that does not answer is not ready, says why, and stops all the same', async (t) => {
    const server = await clusterOf(t);
    server.close();
    await served(t, server, async (context) => {
      let text = '';
      while (!text.includes('ECONNREFUSED')) ({ text } = await readiness(context));
      assert.match(
        text,
        /^\[-\]model failed: not listed yet: Namespace, Node, Pod, ConfigMap, Service and \d+ more kinds; /m,
      );
    });
  });
});

test('a kubeconfig that cannot be used ends the command', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'kubeconfig');
  const said = async (text: string | undefined, ...more: readonly string[]): Promise<string> => {
    if (text !== undefined) await writeFile(file, text);
    const context = memoryContext();
    assert.equal(await run(['serve', ...ANYWHERE, '--kubeconfig', file, '--cert-dir', folder, ...more], context), 2);
    return context.stderr.text();
  };
  assert.match(await said(undefined), /no such file/);
  assert.match(await said('a: ['), /cannot be read/);
  assert.match(await said('{}'), /cannot be read|has no cluster/);
  const good =
    '{"current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}], "users": [{"name": "u", "user": {}}], "clusters": [{"name": "c", "cluster": {"server": "ftp://x"}}]}';
  assert.match(await said(good), /the server "ftp:\/\/x" is no address/);
  assert.match(await said(good, '--context', 'b'), /has no cluster for the context "b"/);
});

test('nothing that names a cluster ends the command, outside of one', async () => {
  const context = memoryContext();
  assert.equal(await run(['serve', ...ANYWHERE], context), 2);
  assert.match(context.stderr.text(), /no source of the cluster is named: give --kubeconfig FILE/);
});
