/**
 * Certificates in a Secret and the replica that keeps them: renewals and a change of authority while reviews go on, a leader that is
 * killed, a Secret that is emptied.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { eventually } from '../cluster/processes.ts';
import type { Webhook } from '../cluster/webhook.ts';
import type { Cluster, Step } from '../context.ts';
import { pod, TENANT } from '../objects.ts';
import { denied } from './expect.ts';
import { OF_CILIUM } from './registration.ts';

const DRY_RUN = `/api/v1/namespaces/${TENANT}/pods?dryRun=All`;
const REGISTRATION = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/cilium-bulkhead';
const SECRET = '/api/v1/namespaces/cilium-bulkhead/secrets/cilium-bulkhead-certificates';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/cilium-bulkhead/leases/cilium-bulkhead';
const SHORT = ['--authority-lifetime', '36s', '--certificate-lifetime', '12s', '--authority-overlap', '2s'];
/** A Lease is taken 15 s after its last renewal was seen, at a turn every 4 s at most. */
const TAKEN_MS = 25_000;

let replica: Webhook | undefined;

export const CERTIFICATE_STEPS: readonly Step[] = [
  {
    name: 'while certificates are renewed and the authority changes, every review is answered and every handshake passes',
    run: async (cluster) => {
      await cluster.webhook.process.stop();
      await empty(cluster);
      const webhook = await cluster.startWebhook(SHORT);
      replica = await cluster.startReplica(SHORT);
      const replicas = [webhook, replica];
      await Promise.all(replicas.map((one) => one.ready()));
      await eventually('reviews are answered', async () => (await ask(cluster)) === 403);
      const seen = await untilChanged(cluster, replicas);
      assert.deepEqual(seen.missed, []);
      assert.ok(seen.serials.size >= 4, `${seen.serials.size} certificates were served`);
      for (const one of replicas) assert.equal(await one.sample('certificate_reload_failures_total'), 0);
    },
  },
  {
    name: 'when the leader is killed the other replica leads, and renews what both serve',
    run: async (cluster) => {
      const other = replica ?? assert.fail('there is one replica only');
      assert.equal(await cluster.webhook.sample('leader'), 1);
      assert.equal(await other.sample('leader'), 0);
      const holder = await holderOf(cluster);
      await cluster.webhook.process.kill();
      await eventually('the other leads', async () => (await other.sample('leader')) === 1, TAKEN_MS);
      assert.notEqual(await holderOf(cluster), holder);
      const before = await serial(cluster);
      await eventually('it renews', async () => (await serial(cluster)) !== before);
      const webhook = await cluster.startWebhook(SHORT);
      await webhook.ready();
      await eventually('reviews are answered', async () => (await ask(cluster)) === 403);
      assert.equal(await webhook.sample('leader'), 0);
    },
  },
  {
    name: 'a leader that stops gives way at once; a Secret that is emptied is filled anew; an authority that is asked for is announced',
    run: async (cluster) => {
      await replica?.process.stop();
      await eventually('this one leads', async () => (await cluster.webhook.sample('leader')) === 1, 10_000);
      await cluster.webhook.process.stop();
      const webhook = await cluster.startWebhook();
      await webhook.ready();
      await empty(cluster);
      await eventually('there are others', async () => (await serial(cluster)) !== '');
      await eventually('reviews are answered', async () => (await ask(cluster)) === 403);
      denied(await cluster.api.post(DRY_RUN, pod('x', OF_CILIUM)), 'pods', 'reserved-labels');
      const annotation = 'cilium-bulkhead.io/replace-authority=now';
      const args = ['-n', 'cilium-bulkhead', 'annotate', 'secret', 'cilium-bulkhead-certificates', annotation];
      assert.equal((await cluster.kubectl(args)).code, 0);
      await eventually('two are trusted', async () => (await trusted(cluster)).split('BEGIN').length === 3);
      denied(await cluster.api.post(DRY_RUN, pod('x', OF_CILIUM)), 'pods', 'reserved-labels');
    },
  },
];

/** As docs/operations.md says: the account may not make another. */
async function empty(cluster: Cluster): Promise<void> {
  const args = ['-n', 'cilium-bulkhead', 'patch', 'secret', 'cilium-bulkhead-certificates', '--type', 'merge'];
  const { code, stderr } = await cluster.kubectl([...args, '-p', '{"data":null}']);
  assert.equal(code, 0, stderr);
}

async function ask({ api }: Cluster): Promise<number> {
  return (await api.post(DRY_RUN, pod('asked', OF_CILIUM))).status;
}

async function holderOf({ api }: Cluster): Promise<unknown> {
  return ((await api.get(LEASE)).body['spec'] as { readonly holderIdentity?: unknown }).holderIdentity;
}

/** Of what the Secret says is to be served. */
async function serial({ api }: Cluster): Promise<string> {
  const data = (await api.get(SECRET)).body['data'] as Readonly<Record<string, string>> | undefined;
  const text = Buffer.from(data?.['tls.crt'] ?? '', 'base64');
  return text.length === 0 ? '' : new X509Certificate(text).serialNumber;
}

async function trusted({ api }: Cluster): Promise<string> {
  const webhooks = (await api.get(REGISTRATION)).body['webhooks'] as readonly { clientConfig: { caBundle: string } }[];
  return Buffer.from(webhooks[0]?.clientConfig.caBundle ?? '', 'base64').toString();
}

interface Seen {
  readonly serials: ReadonlySet<string>;
  /** What was not as it should be. */
  readonly missed: readonly string[];
}

/** Reviews and handshakes without a pause, until another authority signs and the former is trusted no more. */
async function untilChanged(cluster: Cluster, replicas: readonly Webhook[]): Promise<Seen> {
  const serials = new Set<string>();
  const missed: string[] = [];
  const first = await trusted(cluster);
  await eventually(
    'another authority alone is trusted',
    async () => {
      const bundle = await trusted(cluster);
      const status = await ask(cluster);
      if (status !== 403) missed.push(`a review: ${status}`);
      for (const { port } of replicas) {
        const served = await handshake(port, bundle).catch((error: unknown) => void missed.push(String(error)));
        if (served !== undefined) serials.add(served);
      }
      return !bundle.includes(first) && bundle.split('BEGIN').length === 2;
    },
    60_000,
  );
  return { serials, missed };
}

/** Trusting these, as an API server does; the serial of what is served. */
function handshake(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const servername = 'cilium-bulkhead.cilium-bulkhead.svc';
    const socket = connect({ host: '127.0.0.1', port, ca, servername }, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
