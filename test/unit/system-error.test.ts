import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenErrorText, systemErrorText } from '../../src/system-error.ts';

function errorOf(code: string): Error {
  return Object.assign(new Error(`${code}: as Node says it, open '/some/file'`), { code });
}

test('what the system says about a file is a sentence that tells what to do, not a code', () => {
  for (const code of ['ENOENT', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ELOOP', 'EROFS', 'ENOSPC', 'EACCES', 'EPERM'])
    assert.doesNotMatch(systemErrorText(errorOf(code)), /E[A-Z]{4}/);
  assert.equal(systemErrorText(errorOf('EACCES')), 'may not be read by this user: check its owner and mode');
  assert.equal(
    systemErrorText(errorOf('EACCES'), 'written'),
    'may not be written by this user: check its owner and mode',
  );
});

test('so is why a server cannot listen', () => {
  for (const code of ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'])
    assert.doesNotMatch(listenErrorText(errorOf(code)), /E[A-Z]{4}/);
});

test('what has no sentence of its own keeps the words of the system', () => {
  assert.equal(systemErrorText(errorOf('EIO')), "cannot be read: EIO: as Node says it, open '/some/file'");
  assert.equal(listenErrorText('no error at all'), 'no error at all');
});
