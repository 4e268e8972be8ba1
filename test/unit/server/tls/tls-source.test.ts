import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fail, ok } from '../../../../src/cilium/result.ts';
import { createMetrics } from '../../../../src/server/metrics.ts';
import { openTlsSource, TlsSource } from '../../../../src/server/tls/tls-source.ts';
import type { TlsSourceOptions } from '../../../../src/server/tls/tls-source.ts';
import { readTlsFiles, type TlsPair } from '../../../../src/server/tls/tls-pair.ts';
import { certificatesIn, temporaryFolder } from '../../../support/http-certificates.ts';
import { readableLog, sample } from '../../../support/http-log.ts';
import type { ReadableLog } from '../../../support/http-log.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const FAILURES = 'cilium_bulkhead_certificate_reload_failures_total';

interface Scene {
  readonly folder: string;
  readonly source: TlsSource;
  readonly seen: readonly TlsPair[];
  readonly log: ReadableLog;
  readonly failures: () => Promise<number>;
}

async function scene(t: TestContext, options: Partial<TlsSourceOptions> = {}): Promise<Scene> {
  const folder = await temporaryFolder(t);
  const { files } = await certificatesIn(folder);
  const log = readableLog();
  const metrics = createMetrics({ process: false });
  const opened = await openTlsSource({ files, log: log.log, metrics, ...options });
  assert.ok(opened.ok);
  const source = opened.value;
  t.after(() => source.close());
  const seen: TlsPair[] = [];
  source.onChange((pair) => void seen.push(pair));
  return { folder, source, seen, log, failures: () => sample(metrics, FAILURES) };
}

/** A new serving certificate from the same authority. */
const renew = (folder: string): Promise<unknown> => certificatesIn(folder, new Date(Date.now() + 340 * DAY_MS - 1));
async function renewNow(folder: string): Promise<void> {
  await rm(`${folder}/tls.key`);
  await certificatesIn(folder);
}

test('files that did not change change nothing', async (t) => {
  const { source, seen } = await scene(t);
  const before = source.current();
  await source.refresh();
  assert.equal(source.current(), before);
  assert.equal(seen.length, 0);
});

test('a new pair replaces the old one and is told to listeners', async (t) => {
  const { folder, source, seen } = await scene(t);
  const before = source.current();
  await renewNow(folder);
  await source.refresh();
  assert.notEqual(source.current()?.cert, before?.cert);
  assert.deepEqual(seen, [source.current()]);
});

test('a pair of which only one file has been written keeps the old one; the other file completes it', async (t) => {
  const { folder, source, seen, failures } = await scene(t);
  const before = source.current();
  const other = await certificatesIn(await temporaryFolder(t));
  const next = await openTlsSource({ files: other.files, ...sinks() });
  assert.ok(next.ok);
  next.value.close();
  await writeFile(`${folder}/tls.crt`, next.value.current()?.cert ?? '');
  await source.refresh();
  assert.equal(source.current(), before);
  assert.equal(await failures(), 1);
  await writeFile(`${folder}/tls.key`, next.value.current()?.key ?? '');
  await source.refresh();
  assert.equal(source.current()?.cert, next.value.current()?.cert ?? '');
  assert.equal(seen.length, 1);
});

function sinks(): Pick<TlsSourceOptions, 'log' | 'metrics'> {
  return { log: readableLog().log, metrics: createMetrics({ process: false }) };
}

test('files that stay broken are logged and counted once, with the file and the reason', async (t) => {
  const { folder, source, log, failures } = await scene(t);
  await rm(`${folder}/tls.crt`);
  await source.refresh();
  await source.refresh();
  assert.equal(await failures(), 1);
  const errors = log.lines().filter((line) => line['level'] === 'error');
  assert.equal(errors.length, 1);
  assert.partialDeepStrictEqual(errors[0], { file: `${folder}/tls.crt`, reason: 'no such file or folder' });
});

test('a new pair that is not valid yet keeps the old one', async (t) => {
  const { folder, source } = await scene(t);
  const before = source.current();
  await renew(folder);
  await source.refresh();
  assert.equal(source.current(), before);
});

test('files are polled by themselves, after renewing them where that is wanted', async (t) => {
  const folder = await temporaryFolder(t);
  const { files } = await certificatesIn(folder);
  const renewOnce = async () => {
    if (renewals++ === 0) await renewNow(folder);
    return ok(undefined);
  };
  let renewals = 0;
  const opened = await openTlsSource({ files, pollMs: 5, renew: renewOnce, ...sinks() });
  assert.ok(opened.ok);
  const source = opened.value;
  t.after(() => source.close());
  const before = source.current();
  // The timer of a source does not keep the process alive; this one does until the test is over.
  const keepAlive = setInterval(() => undefined, 1_000);
  t.after(() => clearInterval(keepAlive));
  const changed = await new Promise<TlsPair>((resolve) => source.onChange(resolve));
  assert.notEqual(changed.cert, before?.cert);
});

test('a renewal that fails is a fault, and the files are read all the same', async (t) => {
  const renew = () => Promise.resolve(fail({ file: 'x', reason: 'cannot be written' }));
  const { folder, source, failures } = await scene(t, { renew });
  await renewNow(folder);
  await source.refresh();
  assert.equal(await failures(), 1);
  assert.notEqual(source.current()?.cert, '');
});

test('a source that cannot be read at the start is a fault', async () => {
  const opened = await openTlsSource({ files: { certFile: '/nowhere/a', keyFile: '/nowhere/b' }, ...sinks() });
  assert.deepEqual(opened, { ok: false, error: { file: '/nowhere/a', reason: 'no such file or folder' } });
});

test('files that are put back as they were are said to be usable again, and a later fault is told anew', async (t) => {
  const { folder, source, log, failures } = await scene(t);
  const { cert } = source.current() ?? assert.fail();
  for (let time = 0; time < 2; time += 1) {
    await rm(`${folder}/tls.crt`);
    await source.refresh();
    await writeFile(`${folder}/tls.crt`, cert);
    await source.refresh();
    await source.refresh();
  }
  assert.equal(await failures(), 2);
  assert.deepEqual(
    log.lines().map(({ level }) => level),
    ['error', 'info', 'error', 'info'],
  );
  assert.partialDeepStrictEqual(log.lines()[1], { msg: 'the certificate can be used again' });
});

test('a renewal that fails again and again is told once, whatever is wrong with the files besides', async (t) => {
  const { folder, source, log } = await scene(t, { renew: () => Promise.reject(new Error('read-only')) });
  await source.refresh();
  await source.refresh();
  assert.equal(log.lines().length, 1);
  await rm(`${folder}/tls.crt`);
  for (let time = 0; time < 3; time += 1) await source.refresh();
  assert.equal(log.lines().length, 2);
});

test('a certificate that expires while it is served is no longer ready, and says when it expired', async (t) => {
  let now = new Date();
  const { source } = await scene(t, { now: () => now });
  assert.equal(source.notReady(), undefined);
  now = new Date(Date.now() + 400 * DAY_MS);
  const { notAfter } = source.current() ?? assert.fail();
  assert.equal(source.notReady(), `the serving certificate expired on ${notAfter.toISOString()}`);
});

test('what changes while it is read is read again by whoever asks meanwhile', async (t) => {
  const { folder, source } = await scene(t);
  const before = source.current();
  const reading = source.refresh();
  await renewNow(folder);
  await Promise.all([reading, source.refresh()]);
  assert.notEqual(source.current()?.cert, before?.cert);
});

test('a source that has nothing yet is not ready, and serves what comes', async (t) => {
  const folder = await temporaryFolder(t);
  const { files } = await certificatesIn(folder);
  let isThere = false;
  const read = () => (isThere ? readTlsFiles(files) : Promise.resolve(ok(undefined)));
  const source = new TlsSource({ files, read, ...sinks() }, undefined);
  t.after(() => source.close());
  await source.refresh();
  assert.equal(source.current(), undefined);
  assert.equal(source.notReady(), 'there is no serving certificate yet');
  isThere = true;
  await source.refresh();
  assert.equal(source.notReady(), undefined);
});
