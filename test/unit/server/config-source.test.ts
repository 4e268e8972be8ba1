import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Config } from '../../../src/config/settings.ts';
import { openConfigSource, type ConfigSource } from '../../../src/server/config-source.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { temporaryFolder } from '../../support/http-certificates.ts';
import { readableLog, sample, type ReadableLog } from '../../support/http-log.ts';

interface Scene {
  readonly file: string;
  readonly write: (...lines: readonly string[]) => Promise<void>;
  readonly source: ConfigSource;
  readonly seen: readonly Config[];
  readonly log: ReadableLog;
  readonly figure: (name: string) => Promise<number>;
}

async function scene(t: TestContext, pollMs = 60_000): Promise<Scene> {
  const file = join(await temporaryFolder(t), 'config.yaml');
  const write = (...lines: readonly string[]): Promise<void> =>
    writeFile(file, ['apiVersion: cilium-bulkhead/v1', 'kind: Config', ...lines, ''].join('\n'));
  await write('maxMode: enforce');
  const log = readableLog();
  const metrics = createMetrics({ process: false });
  const opened = await openConfigSource({ file, pollMs, log: log.log, metrics });
  assert.ok(opened.ok);
  const source = opened.value;
  t.after(() => source.close());
  const seen: Config[] = [];
  source.onChange((config) => void seen.push(config));
  return { file, write, source, seen, log, figure: (name) => sample(metrics, `cilium_bulkhead_config_${name}`) };
}

test('a file that did not change changes nothing', async (t) => {
  const { source, seen, figure } = await scene(t);
  const before = source.current();
  await source.refresh();
  assert.equal(source.current(), before);
  assert.deepEqual([seen.length, await figure('last_reload_successful')], [0, 1]);
});

test('a new configuration is in force, is told to listeners and logged', async (t) => {
  const { write, source, seen, log } = await scene(t);
  await write('maxMode: audit');
  await source.refresh();
  assert.equal(source.current().rules.maxMode, 'audit');
  assert.deepEqual(seen, [source.current()]);
  assert.match(JSON.stringify(log.lines()), /a new configuration is in force/);
});

test('of a file that cannot be used the former one stays; it is logged with its places and counted once', async (t) => {
  const { file, write, source, log, figure } = await scene(t);
  const before = source.current();
  await write('maxMode: of', 'checks: { nothing: 1 }');
  await source.refresh();
  await source.refresh();
  assert.equal(source.current(), before);
  assert.deepEqual([await figure('reload_failures_total'), await figure('last_reload_successful')], [1, 0]);
  const errors = log.lines().filter(({ level }) => level === 'error');
  assert.equal(errors.length, 1);
  const [first, second] = (errors[0]?.['problems'] ?? []) as readonly string[];
  assert.equal(first, `${file}:3:10 maxMode must be one of off, audit, warn, enforce (is "of")`);
  assert.match(second ?? '', /:4:11 checks\.nothing is not a known setting/);
});

test('a file that is gone and comes back as it was is good again', async (t) => {
  const { file, write, source, figure, log } = await scene(t);
  const before = source.current();
  await rm(file);
  await source.refresh();
  assert.deepEqual([source.current(), await figure('last_reload_successful')], [before, 0]);
  await write('maxMode: enforce');
  await source.refresh();
  assert.deepEqual([source.current(), await figure('last_reload_successful')], [before, 1]);
  assert.match(JSON.stringify(log.lines()), /can be used again/);
});

test('what holds for the model needs a restart: all of the file is refused, with the place', async (t) => {
  const { file, write, source, log } = await scene(t);
  const changes: readonly (readonly [string, string])[] = [
    ['tenants: { label: team }', `${file}:4:19 tenants.label`],
    ['workloads: [{ group: a.io, version: v1, kind: A, template: .spec }]', `${file}:4:12 workloads`],
    ['cilium: { version: 1.20.2 }', `${file}:4:20 cilium.version`],
    ['cilium: { namespace: cilium }', `${file}:4:22 cilium.namespace`],
    ['cilium: { labelPrefixFile: "{}" }', `${file}:4:28 cilium.labelPrefixFile`],
  ];
  for (const [line, place] of changes) {
    await write('maxMode: off', line);
    await source.refresh();
    const problem = `${place}: differs from what this process was started with; a change needs a restart`;
    assert.deepEqual(log.lines().at(-1)?.['problems'], [problem]);
    assert.equal(source.current().rules.maxMode, 'enforce');
  }
});

test('the file is polled by itself', async (t) => {
  const { write, source } = await scene(t, 5);
  // The timer of a source does not keep the process alive; this one does until the test is over.
  const keepAlive = setInterval(() => undefined, 1_000);
  t.after(() => clearInterval(keepAlive));
  const changed = new Promise<Config>((resolve) => source.onChange(resolve));
  await write('maxMode: warn');
  assert.equal((await changed).rules.maxMode, 'warn');
});

test('a file that cannot be used at the start is a fault', async (t) => {
  const file = join(await temporaryFolder(t), 'config.yaml');
  const options = { file, log: readableLog().log, metrics: createMetrics({ process: false }) };
  assert.deepEqual(await openConfigSource(options), { ok: false, error: [`${file}: no such file or folder`] });
});
