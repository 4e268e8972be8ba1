import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createMetrics } from '../../src/server/metrics.ts';
import type { Metrics } from '../../src/server/metrics.ts';
import { startOperationsServer } from '../../src/server/operations-server.ts';
import type { ReadinessCheck } from '../../src/server/operations-server.ts';
import { readableLog } from '../support/http-log.ts';
import type { ReadableLog } from '../support/http-log.ts';

interface Operations {
  readonly get: (path: string, method?: string) => Promise<{ status: number; text: string; headers: Headers }>;
  readonly port: number;
  readonly log: ReadableLog;
}

async function operations(
  t: TestContext,
  readiness: Readonly<Record<string, ReadinessCheck>> = {},
  metrics: Pick<Metrics, 'exposition'> = createMetrics({ process: false }),
  remarks: Readonly<Record<string, () => string>> = {},
): Promise<Operations> {
  const log = readableLog();
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await startOperationsServer({
    listen,
    readiness: new Map(Object.entries(readiness)),
    remarks: new Map(Object.entries(remarks)),
    metrics,
    log: log.log,
  });
  t.after(server.close);
  const get = async (path: string, method = 'GET'): ReturnType<Operations['get']> => {
    const response = await fetch(`http://127.0.0.1:${server.address.port}${path}`, { method });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { get, port: server.address.port, log };
}

const ready: ReadinessCheck = () => undefined;

test('an action is done by POST alone, and not for a page in a browser', async (t) => {
  let done = 0;
  const server = await startOperationsServer({
    listen: { host: '127.0.0.1', port: 0 },
    readiness: new Map(),
    actions: new Map([['/debug/act', () => `done ${(done += 1)} times`]]),
    metrics: createMetrics({ process: false }),
    log: readableLog().log,
  });
  t.after(server.close);
  const asked = async (method: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown[]> => {
    const response = await fetch(`http://127.0.0.1:${server.address.port}/debug/act`, { method, headers });
    return [response.status, response.status === 200 ? await response.text() : ''];
  };
  assert.deepEqual(await asked('POST'), [200, 'done 1 times\n']);
  assert.deepEqual(await asked('GET'), [405, '']);
  assert.deepEqual(await asked('POST', { Origin: 'https://example.com' }), [403, '']);
  assert.equal(done, 1);
});

test('/livez is ok whatever the checks of readiness say', async (t) => {
  const { get } = await operations(t, { model: () => 'not synced' });
  const { status, text } = await get('/livez');
  assert.deepEqual([status, text], [200, 'ok']);
});

test('/readyz is ok when every check is, and lists them if asked', async (t) => {
  const { get } = await operations(t, { certificate: ready, model: ready });
  assert.deepEqual(await get('/readyz').then(({ status, text }) => [status, text]), [200, 'ok']);
  const verbose = await get('/readyz?verbose');
  assert.equal(verbose.status, 200);
  assert.equal(verbose.text, '[+]certificate ok\n[+]model ok\nreadyz check passed\n');
});

test('/readyz says how old the model is, if asked', async (t) => {
  const { get } = await operations(t, { certificate: ready, model: ready }, undefined, {
    model: () => '97 seconds old',
  });
  assert.equal((await get('/readyz')).text, 'ok');
  assert.equal(
    (await get('/readyz?verbose')).text,
    '[+]certificate ok\n[+]model ok: 97 seconds old\nreadyz check passed\n',
  );
});

test('/readyz names what is not ready, and a check that fails itself', async (t) => {
  const { get } = await operations(t, {
    certificate: ready,
    model: () => 'Pod not synced',
    draining: () => {
      throw new Error('broken');
    },
  });
  const { status, text } = await get('/readyz');
  assert.equal(status, 503);
  assert.equal(
    text,
    '[+]certificate ok\n[-]model failed: Pod not synced\n[-]draining failed: the check itself failed: Error: broken\nreadyz check failed\n',
  );
});

test('/metrics is in the text format of Prometheus', async (t) => {
  const metrics = createMetrics({ process: false });
  metrics.internalError();
  const { get } = await operations(t, {}, metrics);
  const { status, text, headers } = await get('/metrics');
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^cilium_bulkhead_internal_errors_total 1$/m);
});

test('scrapers that come at once share what one of them would get', async (t) => {
  const asked = Promise.withResolvers<undefined>();
  const counted = Promise.withResolvers<undefined>();
  let made = 0;
  const exposition: Metrics['exposition'] = async () => {
    made += 1;
    asked.resolve(undefined);
    await counted.promise;
    return { contentType: 'text/plain', text: String(made) };
  };
  const { get } = await operations(t, {}, { exposition });
  const first = get('/metrics');
  await asked.promise;
  const others = Array.from({ length: 20 }, () => get('/metrics'));
  counted.resolve(undefined);
  for (const { text } of await Promise.all([first, ...others])) assert.equal(text, '1');
});

test('who holds connections keeps neither the kubelet nor Prometheus out', async (t) => {
  const { get, port } = await operations(t);
  const held = await Promise.all(Array.from({ length: 300 }, () => connected(port)));
  t.after(() => held.forEach((socket) => socket.destroy()));
  assert.equal((await get('/livez')).status, 200);
});

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

test('nothing else is served, and errors are Status bodies', async (t) => {
  const { get } = await operations(t);
  for (const [path, method, code, reason] of [
    ['/', 'GET', 404, 'NotFound'],
    ['/validate', 'POST', 404, 'NotFound'],
    ['/debug/pprof', 'GET', 404, 'NotFound'],
    ['/livez/', 'GET', 404, 'NotFound'],
    ['/metrics', 'POST', 405, 'MethodNotAllowed'],
    ['/readyz', 'OPTIONS', 405, 'MethodNotAllowed'],
  ] as const) {
    const { status, text, headers } = await get(path, method);
    assert.equal(status, code, `${method} ${path}`);
    assert.partialDeepStrictEqual(JSON.parse(text), { kind: 'Status', code, reason });
    assert.equal(headers.get('x-powered-by'), null);
  }
});

test('a registry that fails is a 500 without its stack, and a log line with it', async (t) => {
  const { get, log } = await operations(t, {}, { exposition: () => Promise.reject(new Error('collector broke')) });
  const { status, text } = await get('/metrics');
  assert.equal(status, 500);
  assert.doesNotMatch(text, /collector broke|\.ts/);
  assert.match(JSON.stringify(log.lines()), /collector broke/);
});

test('a port that is taken is an error that names it', async (t) => {
  const first = await startOperationsServer(bare(0));
  t.after(first.close);
  const { port } = first.address;
  await assert.rejects(startOperationsServer(bare(port)), {
    message: `cannot listen on "127.0.0.1" port ${port}: another process listens there: stop it, or name another port`,
  });
});

function bare(port: number): Parameters<typeof startOperationsServer>[0] {
  const metrics = createMetrics({ process: false });
  return { listen: { host: '127.0.0.1', port }, readiness: new Map(), metrics, log: readableLog().log };
}
