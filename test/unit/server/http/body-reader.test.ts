import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { BodyBudget, readBody } from '../../../../src/server/http/body-reader.ts';

const KIB = 1024;

function incoming(headers: Record<string, string> = {}): PassThrough & { headers: Record<string, string> } {
  return Object.assign(new PassThrough(), { headers });
}

/** What is left of a budget, in KiB. */
function roomIn(budget: BodyBudget, upToKib: number): number {
  let kib = 0;
  while (kib < upToKib && budget.tryTake(KIB)) kib += 1;
  budget.giveBack(kib * KIB);
  return kib;
}

test('a body in several chunks is put together', async () => {
  const request = incoming();
  const reading = readBody(request, { limitBytes: KIB, budget: new BodyBudget(0) });
  request.write('{"a"');
  request.write(':1');
  request.end('}');
  const outcome = await reading;
  assert.equal(outcome.kind === 'complete' && outcome.body.toString(), '{"a":1}');
});

test('an empty body is complete', async () => {
  const request = incoming();
  request.end();
  const outcome = await readBody(request, { limitBytes: KIB, budget: new BodyBudget(0) });
  assert.equal(outcome.kind === 'complete' && outcome.body.length, 0);
});

test('a body of exactly the limit is read, one byte more is too large', async () => {
  for (const [length, kind] of [
    [KIB, 'complete'],
    [KIB + 1, 'too-large'],
  ] as const) {
    const request = incoming();
    const reading = readBody(request, { limitBytes: KIB, budget: new BodyBudget(0) });
    request.end(Buffer.alloc(length));
    assert.equal((await reading).kind, kind);
  }
});

test('a body that declares too much is refused before a byte of it arrives', async () => {
  const request = incoming({ 'content-length': String(KIB + 1) });
  assert.equal((await readBody(request, { limitBytes: KIB, budget: new BodyBudget(0) })).kind, 'too-large');
});

test('a client that goes away leaves nothing behind in the budget', async () => {
  const budget = new BodyBudget(128 * KIB);
  const request = incoming();
  const reading = readBody(request, { limitBytes: KIB * KIB, budget });
  request.write(Buffer.alloc(128 * KIB));
  await new Promise(setImmediate);
  assert.equal(roomIn(budget, 128), 64);
  request.destroy();
  assert.equal((await reading).kind, 'aborted');
  assert.equal(roomIn(budget, 128), 128);
});

test('small bodies are read while large ones have taken all the room', async () => {
  const limits = { limitBytes: KIB * KIB, budget: new BodyBudget(64 * KIB) };
  const large = incoming();
  const reading = readBody(large, limits);
  large.end(Buffer.alloc(128 * KIB));
  const first = await reading;

  const small = incoming();
  small.end(Buffer.alloc(64 * KIB));
  assert.equal((await readBody(small, limits)).kind, 'complete');

  const second = incoming();
  const refused = readBody(second, limits);
  second.write('head');
  second.end(Buffer.alloc(128 * KIB));
  const outcome = await refused;
  assert.equal(outcome.kind === 'no-room' && outcome.head.toString(), 'head');

  if (first.kind === 'complete') first.release();
  const third = incoming();
  third.end(Buffer.alloc(128 * KIB));
  assert.equal((await readBody(third, limits)).kind, 'complete');
});
