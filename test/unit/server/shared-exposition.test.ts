import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedExposition } from '../../../src/server/shared-exposition.ts';

interface Scrapes {
  readonly scrape: () => Promise<{ readonly text: string }>;
  readonly made: () => number;
  /** Ends the one that is being made. */
  readonly finish: (error?: Error) => void;
  readonly wait: (ms: number) => void;
}

function scrapes(): Scrapes {
  let now = 0;
  let made = 0;
  let finish: Scrapes['finish'] = () => undefined;
  const exposition = (): Promise<{ readonly contentType: string; readonly text: string }> => {
    made += 1;
    const text = String(made);
    return new Promise((resolve, reject) => {
      finish = (error) => (error === undefined ? resolve({ contentType: 'text/plain', text }) : reject(error));
    });
  };
  const scrape = sharedExposition({ exposition }, () => now);
  return { scrape, made: () => made, finish: (error) => finish(error), wait: (ms) => void (now += ms) };
}

test('two hundred scrapers at once share one exposition, however long it takes', async () => {
  const { scrape, made, finish, wait } = scrapes();
  const first = Array.from({ length: 100 }, () => scrape());
  wait(60_000);
  const later = Array.from({ length: 100 }, () => scrape());
  finish();
  for (const one of [...first, ...later]) assert.equal((await one).text, '1');
  assert.equal(made(), 1);
});

test('an exposition is shared for a second, and then made anew', async () => {
  const { scrape, finish, wait } = scrapes();
  const first = scrape();
  finish();
  await first;
  wait(999);
  assert.equal((await scrape()).text, '1');
  wait(1);
  const next = scrape();
  finish();
  assert.equal((await next).text, '2');
});

test('an exposition that failed is not shared with who asks next', async () => {
  const { scrape, finish } = scrapes();
  const failed = [scrape(), scrape()];
  finish(new Error('collector broke'));
  for (const one of failed) await assert.rejects(one, /collector broke/);
  const next = scrape();
  finish();
  assert.equal((await next).text, '2');
});
