/**
 * Two replicas that share a certificate in a Secret, and clients that trust what the registration said a while ago: through every
 * renewal and every change of authority no handshake fails, and no request is dropped.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startWebhookServer } from '../../src/server/webhook-server.ts';
import { send } from '../support/http-client.ts';
import { sample } from '../support/http-log.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { allowEverything, type Target } from '../support/http-server.ts';
import { LIFETIMES, MINUTE_MS, SharedCertificates, type Replica } from '../support/shared-certificates.ts';

/** Almost the overlap: the slowest client that is promised something. */
const LAG_MS = LIFETIMES.overlapMs - 1_000;

/** What the registration said at each moment. */
class Trust {
  readonly #shared: SharedCertificates;
  readonly #said: { readonly atMs: number; readonly bundle: string }[] = [];

  constructor(shared: SharedCertificates) {
    this.#shared = shared;
  }

  note(): void {
    const bundle = this.#shared.trusted[0] ?? assert.fail('nothing is trusted');
    if (this.#said.at(-1)?.bundle !== bundle) this.#said.push({ atMs: this.#shared.nowMs, bundle });
  }

  /** As one knows it who hears of it so late. */
  after(lagMs: number): string {
    const heard = this.#said.findLast(({ atMs }) => atMs <= this.#shared.nowMs - lagMs) ?? this.#said[0];
    return heard?.bundle ?? assert.fail('nothing was said');
  }
}

async function listening(t: TestContext, { source, log, metrics }: Replica): Promise<Target['address']> {
  const server = await startWebhookServer({
    listen: { host: '127.0.0.1', port: 0 },
    tls: source,
    judge: allowEverything,
    limits: { maxLagMs: Infinity },
    log: log.log,
    metrics,
  });
  t.after(() => server.close());
  return server.address;
}

test('while certificates and authorities change, no handshake fails and no request is dropped', async (t) => {
  const shared = await SharedCertificates.start(t);
  shared.register();
  const replicas = [shared.replica(), shared.replica()];
  const addresses = await Promise.all(replicas.map((replica) => listening(t, replica)));
  await shared.settle();
  const trust = new Trust(shared);
  trust.note();
  let done = false;
  let answered = 0;
  const kept = new Agent({ keepAlive: true });
  t.after(() => kept.destroy());
  const client = async (address: Target['address'], lagMs: number, agent?: Agent): Promise<void> => {
    while (!done) {
      const request = podRequest();
      const target = { address, ca: trust.after(lagMs), agent: agent ?? kept };
      const response = await send(target, { body: reviewBody(request), agent: agent ?? false });
      assert.equal(answerOf(response).uid, request['uid']);
      answered += 1;
    }
  };
  const clients = Promise.all(
    addresses.flatMap((address) => [client(address, 0), client(address, LAG_MS), client(address, LAG_MS, kept)]),
  );
  const serials = new Set<string>();
  const authorities = new Set<string | undefined>();
  for (let step = 0; step < 88; step += 1) {
    shared.leader = step % 30 < 15 ? 0 : 1;
    await shared.pass(MINUTE_MS / 2);
    trust.note();
    serials.add(new X509Certificate(replicas[0]?.source.current()?.cert ?? '').serialNumber);
    authorities.add(shared.text('ca.crt'));
    const before = answered;
    while (answered < before + 4) await Promise.race([clients, nextTurn()]);
  }
  done = true;
  await clients;
  assert.ok(serials.size >= 7, `${serials.size} certificates were served`);
  assert.equal(authorities.size, 3);
  for (const { metrics } of replicas) {
    assert.equal(await sample(metrics, 'cilium_bulkhead_certificate_reload_failures_total'), 0);
    const { text } = await metrics.exposition();
    assert.doesNotMatch(text, /^cilium_bulkhead_tls_handshake_errors_total\{/m);
  }
});

test('before there is a certificate the port listens, and no handshake comes to an end', async (t) => {
  const shared = await SharedCertificates.start(t);
  shared.leader = -1;
  const replica = shared.replica();
  const address = await listening(t, replica);
  const other = await SharedCertificates.start(t);
  other.register();
  other.replica();
  await other.settle();
  const ca = other.trusted[0] ?? assert.fail('nothing is trusted');
  const agent = new Agent();
  await assert.rejects(send({ address, ca, agent }), /handshake failure/);
  shared.leader = 0;
  shared.register();
  await shared.settle();
  const target = { address, ca: shared.trusted[0] ?? '', agent };
  assert.equal(answerOf(await send(target, { body: reviewBody(podRequest()) })).allowed, true);
});
