import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../../src/log.ts';
import { readableLog } from '../support/http-log.ts';

test('a line is one JSON object with a time, a level and a message', () => {
  const { log, lines } = readableLog();
  log.warn('the model is stale', { kind: 'Pod', ageSeconds: 190 });
  const [line] = lines();
  assert.equal(line?.['level'], 'warn');
  assert.equal(line['msg'], 'the model is stale');
  assert.equal(line['kind'], 'Pod');
  assert.equal(line['ageSeconds'], 190);
  assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT/);
});

test('a level that is not wanted is not written', () => {
  const written: string[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line) => void written.push(line) } });
  log.info('quiet');
  log.error('loud');
  assert.equal(written.length, 1);
});

test('whatever is logged, a line stays short', () => {
  const { log, lines } = readableLog();
  const deep: Record<string, unknown> = {};
  let inner = deep;
  for (let level = 0; level < 10_000; level += 1) inner = inner['deeper'] = {} as Record<string, unknown>;
  log.info('m'.repeat(1e6), {
    text: 'x'.repeat(1e6),
    list: Array.from({ length: 1e5 }, () => 'y'),
    wide: Object.fromEntries(Array.from({ length: 1e5 }, (_, index) => [`key-${index}`, index])),
    deep,
    big: 10n ** 5000n,
  });
  assert.ok(JSON.stringify(lines()[0]).length < 8_000);
});

test('a text that is cut in the middle of a character stays valid', () => {
  const { log, lines } = readableLog();
  log.info('cut', { text: `${'x'.repeat(1023)}\u{1f600}` });
  assert.ok(String(lines()[0]?.['text']).isWellFormed());
});

test('an error is logged with its type, code, stack and cause', () => {
  const { log, lines } = readableLog();
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  log.error('failed', { error: new TypeError('outer', { cause }) });
  const error = lines()[0]?.['error'] as Record<string, unknown>;
  assert.equal(error['type'], 'TypeError');
  assert.match(String(error['stack']), /log\.test\.ts/);
  assert.partialDeepStrictEqual(error['cause'], { message: 'refused', code: 'ECONNREFUSED' });
});

test('a field named __proto__ is data', () => {
  const { log, lines } = readableLog();
  log.info('hostile', { labels: JSON.parse('{"__proto__": {"polluted": true}}') as unknown });
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.ok(Object.hasOwn(lines()[0]?.['labels'] as object, '__proto__'));
});
