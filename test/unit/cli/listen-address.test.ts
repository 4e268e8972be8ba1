import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CommandError } from '../../../src/cli/command-error.ts';
import { parseListen } from '../../../src/cli/listen-address.ts';

describe('a listen address', () => {
  const good = [
    ['127.0.0.1:8443', { host: '127.0.0.1', port: 8443 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    [':8080', { host: '0.0.0.0', port: 8080 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
  ] as const;
  for (const [text, expected] of good) {
    test(`may be ${text}`, () => assert.deepEqual(parseListen(text, '--listen'), expected));
  }

  for (const text of ['', '8443', 'localhost', '::1:8443', '[::1]', '127.0.0.1:65536', '127.0.0.1:-1', 'https://a:1']) {
    test(`is not "${text}", and the option is named`, () => {
      assert.throws(
        () => parseListen(text, '--ops-listen'),
        (error) => error instanceof CommandError && error.message.startsWith('--ops-listen must be HOST:PORT'),
      );
    });
  }
});
