/**
 * The reflector against a server that speaks the protocol over real connections, and that goes wrong in every way it can.
 */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { answerJson, answerStatus, ApiServer, line } from '../../../support/api-server.ts';
import { namespace, type Json } from '../../../support/objects.ts';
import { Reflecting } from '../../../support/reflecting.ts';

const PATH = '/api/v1/namespaces';
const [a, b, c] = [namespace('a'), namespace('b'), namespace('c')];

async function serverWith(t: TestContext, ...objects: readonly Json[]) {
  const server = (await ApiServer.start(t)).serve(PATH);
  for (const object of objects) server.put(PATH, object);
  return server;
}

/** One that has listed what there is and watches. */
async function watching(t: TestContext, server: ApiServer, silenceMs?: number) {
  const reflecting = Reflecting.start(t, server, { paths: [PATH], ...(silenceMs === undefined ? {} : { silenceMs }) });
  await reflecting.until('synced');
  return reflecting;
}

describe('where lists come over watches', () => {
  test('one request lists, and goes on telling what happens', async (t) => {
    const server = await serverWith(t, a, b);
    const reflecting = await watching(t, server);
    server.put(PATH, c);
    server.put(PATH, b);
    server.delete(PATH, a);
    server.bookmark(PATH);
    await reflecting.until('alive');
    assert.deepEqual(reflecting.words, [
      'relist',
      'stored a',
      'stored b',
      'synced',
      'stored c',
      'stored b',
      'deleted a',
      'alive',
    ]);
    assert.equal(server.asked.length, 1);
    const [{ query, headers } = assert.fail()] = server.asked;
    assert.deepEqual(Object.fromEntries(query), {
      watch: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '450',
    });
    assert.equal(headers.authorization, 'Bearer of-the-test');
  });

  test('a list that is cut off before its end starts again', async (t) => {
    const server = await serverWith(t, a);
    server.script(
      (response) =>
        void response
          .writeHead(200)
          .write(line('ADDED', { metadata: { name: 'x', resourceVersion: '1' } }), () => response.destroy()),
    );
    const reflecting = await watching(t, server);
    assert.deepEqual(reflecting.words, ['relist', 'stored x', 'failed', 'relist', 'stored a', 'synced']);
  });

  test('a server that never says where the list ends is asked for pages', async (t) => {
    const server = await serverWith(t, a);
    server.script((response) =>
      response.writeHead(200).write(line('BOOKMARK', { metadata: { resourceVersion: '5' } })),
    );
    const reflecting = await watching(t, server);
    assert.deepEqual(reflecting.words, ['relist', 'relist', 'stored a', 'synced']);
    assert.equal(server.asked[1]?.query.get('limit'), '100');
  });

  test('one that says nothing at all, too', async (t) => {
    const server = await serverWith(t, a);
    const mute = (response: ServerResponse): void => response.writeHead(200).flushHeaders();
    server.script(mute, mute);
    const reflecting = await watching(t, server, 200);
    assert.match(reflecting.reasons[0] ?? '', /no sign of life for 0.2 s/);
    assert.equal(server.asked[2]?.query.get('limit'), '100');
  });
});

describe('where they do not', () => {
  test('pages of at most a hundred objects are asked for, and the watch starts at their version', async (t) => {
    const server = await serverWith(t, ...Array.from({ length: 250 }, (_, index) => namespace(`n${index}`)));
    server.watchLists = false;
    const reflecting = await watching(t, server);
    assert.equal(reflecting.words.length, 252);
    await reflecting.until('watching');
    assert.deepEqual(
      server.asked
        .slice(1)
        .map(({ query }) => [query.get('limit'), query.get('continue'), query.get('resourceVersion')]),
      [
        ['100', null, null],
        ['100', '100', null],
        ['100', '200', null],
        [null, null, '260'],
      ],
    );
  });

  test('it is not asked for again, when everything has to be listed again', async (t) => {
    const server = await serverWith(t, a);
    server.watchLists = false;
    const reflecting = await watching(t, server);
    await server.until(() => server.watching(PATH) === 1);
    server.say(PATH, line('ERROR', { code: 410, reason: 'Expired' }));
    await reflecting.until('synced', 2);
    assert.deepEqual(
      server.asked.map(({ query }) => query.has('sendInitialEvents')),
      [true, false, false, false],
    );
  });

  test('a list whose next page is forgotten starts again from its first', async (t) => {
    const server = await serverWith(t, ...Array.from({ length: 150 }, (_, index) => namespace(`n${index}`)));
    server.watchLists = false;
    server.script(
      (response) => answerStatus(response, 422, 'no'),
      (response) => answerJson(response, 200, { metadata: { resourceVersion: '9', continue: '100' }, items: [a] }),
      (response) => answerStatus(response, 410, 'The provided continue parameter is too old'),
    );
    const reflecting = await watching(t, server);
    assert.deepEqual(reflecting.words.slice(0, 4), ['relist', 'stored a', 'failed', 'relist']);
    assert.equal(server.asked[3]?.query.get('continue'), null);
    assert.equal(reflecting.words.length, 155);
  });

  test('a page that is too large is asked for with half as many objects', async (t) => {
    const server = await serverWith(t, a, b);
    server.watchLists = false;
    const large = ' '.repeat(9 * 1024 ** 2);
    server.script(
      (response) => answerStatus(response, 422, 'no'),
      (response) => response.end(large),
      (response) => response.end(large),
    );
    await watching(t, server);
    assert.deepEqual(
      server.asked.slice(1).map(({ query }) => query.get('limit')),
      ['100', '50', '25'],
    );
  });

  for (const [what, body] of [
    ['no JSON', '{"items": ['],
    ['another object', '{"kind":"Pod","metadata":{"resourceVersion":"1"}}'],
    ['a list without a version', '{"items":[]}'],
    ['a list of a wrong shape', '{"metadata":{"resourceVersion":"1"},"items":{}}'],
    ['a list that goes on at a number', '{"metadata":{"resourceVersion":"1","continue":7},"items":[]}'],
  ] as const) {
    test(`a page that is ${what} is no list, and is asked for again`, async (t) => {
      const server = await serverWith(t, a);
      server.watchLists = false;
      server.script(
        (response) => answerStatus(response, 422, 'no'),
        (response) => response.end(body),
      );
      const reflecting = await watching(t, server);
      assert.deepEqual(reflecting.words, ['failed', 'relist', 'stored a', 'synced']);
      assert.deepEqual(reflecting.reasons, ['a page of a list is no list']);
    });
  }

  test('a list of nothing is null', async (t) => {
    const server = await serverWith(t);
    server.script(
      (response) => answerStatus(response, 422, 'no'),
      (response) => response.end('{"metadata":{"resourceVersion":"10"},"items":null}'),
    );
    assert.deepEqual((await watching(t, server)).words.slice(0, 2), ['relist', 'synced']);
  });

  test('a page that goes on with itself does not go round for ever', async (t) => {
    const server = await serverWith(t, a);
    server.watchLists = false;
    const round = (response: ServerResponse): void =>
      answerJson(response, 200, { metadata: { resourceVersion: '9', continue: 'x' }, items: [b] });
    server.script((response) => answerStatus(response, 422, 'no'), round, round);
    const reflecting = await watching(t, server);
    assert.deepEqual(reflecting.words, ['relist', 'stored b', 'stored b', 'failed', 'relist', 'stored a', 'synced']);
  });
});

describe('a watch that ends', () => {
  test('goes on where it was: nothing is told twice, nothing is missed', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server);
    server.put(PATH, b);
    await reflecting.until('stored b');
    server.unheard(PATH, () => server.put(PATH, c));
    await reflecting.until('stored c');
    assert.deepEqual(reflecting.words, ['relist', 'stored a', 'synced', 'stored b', 'failed', 'watching', 'stored c']);
    assert.equal(server.asked[1]?.query.get('resourceVersion'), '12');
  });

  test('goes on at its last bookmark', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server);
    server.bookmark(PATH);
    await reflecting.until('alive');
    server.cut();
    await server.askedFor(2);
    assert.equal(server.asked[1]?.query.get('resourceVersion'), '12');
  });

  test('as it was told to is asked for again at once, and is no failure', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server);
    server.endWatches(PATH);
    await reflecting.until('watching');
    assert.deepEqual([reflecting.waitsMs, reflecting.reasons], [[], []]);
  });

  test('at once, again and again, is asked for less and less often', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server);
    const ends = (response: ServerResponse): void => void response.writeHead(200).end();
    server.script(...Array.from({ length: 9 }, () => ends));
    server.endWatches(PATH);
    await reflecting.until('failed', 9);
    assert.deepEqual(reflecting.waitsMs.slice(0, 8), [400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000]);
  });

  test('because the server has forgotten: everything is listed again', async (t) => {
    const server = await serverWith(t, a, b);
    const reflecting = await watching(t, server);
    server.unheard(PATH, () => {
      server.delete(PATH, a);
      server.put(PATH, c);
      server.forget();
      server.put(PATH, b);
    });
    await reflecting.until('synced', 2);
    assert.deepEqual(reflecting.words.slice(4), [
      'failed',
      'watching',
      'failed',
      'relist',
      'stored b',
      'stored c',
      'synced',
    ]);
  });

  test('in an answer 410: everything is listed again', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server);
    server.script((response) => answerStatus(response, 410, 'too old'));
    server.cut();
    await reflecting.until('synced', 2);
  });

  test('in the middle of a line, has not said it', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server);
    const whole = line('DELETED', { metadata: { name: 'a', resourceVersion: '99' } });
    server.say(PATH, whole.trimEnd());
    server.endWatches(PATH);
    await server.askedFor(2);
    assert.ok(!reflecting.words.includes('deleted a'));
    assert.equal(server.asked[1]?.query.get('resourceVersion'), '11');
  });
});

describe('a watch that is silent', () => {
  test('is asked for again where it was', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server, 200);
    server.bookmark(PATH);
    await reflecting.until('watching');
    assert.match(reflecting.reasons[0] ?? '', /no sign of life/);
    assert.equal(server.asked[1]?.query.get('resourceVersion'), '12');
  });

  test('twice is not believed: everything is listed again', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server, 200);
    for (let quiet = 1; quiet <= 2; quiet += 1) {
      await reflecting.until('watching', quiet);
      reflecting.nowMs += 2_000;
    }
    await reflecting.until('synced', 2);
    assert.match(reflecting.reasons.at(-1) ?? '', /said nothing/);
  });
});

describe('bytes of a watch', () => {
  test('may come in any pieces', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server);
    const bytes = Buffer.from(
      line('ADDED', { metadata: { name: 'n\u00f6\u{1f300}', resourceVersion: '20' } }) +
        line('BOOKMARK', { metadata: { resourceVersion: '21' } }),
    );
    for (const byte of bytes) server.say(PATH, Uint8Array.of(byte));
    await reflecting.until('alive');
    assert.deepEqual(reflecting.words.slice(3), ['stored n\u00f6\u{1f300}', 'alive']);
  });

  for (const [what, bytes, reason] of [
    ['that are no JSON', '<html>\n', 'a line of a watch is no JSON object'],
    ['of an unknown event', line('RENAMED', a), 'a line of a watch has no type of an event'],
    ['of an object without a version', line('ADDED', a), 'an event of a watch has no resourceVersion'],
    ['that are a list', '[1]\n', 'a line of a watch is no JSON object'],
    ['of an event of nothing', '{"type":"MODIFIED","object":null}\n', 'an event of a watch has no resourceVersion'],
    ['that end in no line', ' '.repeat(9 * 1024 ** 2), 'a line of a watch has'],
  ] as const) {
    test(`${what}: everything is listed again`, async (t) => {
      const server = await serverWith(t, a);
      const reflecting = await watching(t, server);
      server.say(PATH, bytes);
      await reflecting.until('synced', 2);
      assert.equal(reflecting.reasons.length, 1);
      assert.ok(reflecting.reasons[0]?.startsWith(reason), reflecting.reasons[0]);
    });
  }
});

describe('a server that refuses', () => {
  test('is asked again, later and later, and its reason is told', async (t) => {
    const server = await serverWith(t, a);
    const forbidden = (response: ServerResponse): void =>
      answerStatus(response, 403, 'namespaces is forbidden: User "x" cannot list');
    server.script(forbidden, forbidden);
    const reflecting = await watching(t, server);
    assert.deepEqual(
      reflecting.reasons,
      Array(2).fill('the API server answers 403: namespaces is forbidden: User "x" cannot list'),
    );
    assert.deepEqual(reflecting.waitsMs, [400, 800]);
  });

  test('says for how long, and is heard up to half a minute', async (t) => {
    const server = await serverWith(t, a);
    server.script(
      (response) => answerStatus(response, 429, 'later', { 'Retry-After': '7' }),
      (response) => answerStatus(response, 503, 'later', { 'Retry-After': '86400' }),
      (response) => answerStatus(response, 500, 'later', { 'Retry-After': 'Mon, 23 Nov 2026 21:33:36 GMT' }),
    );
    const reflecting = await watching(t, server);
    assert.deepEqual(reflecting.waitsMs, [7_000, 30_000, 1_600]);
  });

  test('with a text of any length, of which the beginning is told', async (t) => {
    const server = await serverWith(t, a);
    server.script(
      (response) => answerStatus(response, 500, 'x'.repeat(10_000)),
      (response) => response.writeHead(502).end('y'.repeat(1024 ** 2)),
    );
    const reflecting = await watching(t, server);
    assert.ok((reflecting.reasons[0]?.length ?? 0) < 600);
    assert.equal(reflecting.reasons[1], 'the API server answers 502');
  });

  test('and hangs up is asked again', async (t) => {
    const server = await serverWith(t, a);
    server.script(
      (response) => response.destroy(),
      (response) => response.socket?.end('garbage\r\n\r\n'),
    );
    const reflecting = await watching(t, server);
    assert.equal(reflecting.reasons.length, 2);
  });
});

describe('a resource that the server does not have', () => {
  test('is missing until it is there', async (t) => {
    const server = await ApiServer.start(t);
    const reflecting = Reflecting.start(t, server, { paths: [PATH] });
    await reflecting.until('missing', 2);
    assert.deepEqual(reflecting.waitsMs.slice(0, 1), [15_000]);
    server.serve(PATH).put(PATH, a);
    await reflecting.until('synced');
    assert.deepEqual(reflecting.reasons, []);
  });

  test('is asked for in its other versions', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = Reflecting.start(t, server, { paths: ['/apis/v2/x', PATH] });
    await reflecting.until('synced');
    assert.deepEqual(
      server.asked.map(({ path }) => path),
      ['/apis/v2/x', PATH],
    );
    assert.deepEqual(reflecting.words, ['relist', 'stored a', 'synced']);
  });

  test('any more, is missing', async (t) => {
    const server = await serverWith(t, a);
    const reflecting = await watching(t, server);
    server.unserve(PATH);
    await reflecting.until('missing');
  });
});

test('it stops at once, whatever it waits for', async (t) => {
  const server = await serverWith(t, a);
  const reflecting = await watching(t, server);
  await reflecting.stop();
  assert.equal(server.asked.length, 1);
  server.script(() => undefined);
  const unanswered = Reflecting.start(t, server, { paths: [PATH] });
  await server.askedFor(2);
  await unanswered.stop();
  assert.deepEqual(unanswered.words, []);
});
