import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { progressOn } from '../../../src/cli/progress.ts';
import { memoryStream } from '../../support/memory-context.ts';

describe('progress', () => {
  test('on a terminal is one line that is written over and cleared', () => {
    const terminal = memoryStream({ isTTY: true });
    const progress = progressOn(terminal);
    for (let objects = 1; objects <= 2_500; objects += 1) progress.count(objects);
    progress.done();
    const clear = '\r\u001b[K';
    assert.equal(terminal.text(), `${clear}read 1000 objects${clear}read 2000 objects${clear}`);
  });

  test('leaves no trace of a short reading', () => {
    const terminal = memoryStream({ isTTY: true });
    const progress = progressOn(terminal);
    progress.count(999);
    progress.done();
    assert.equal(terminal.text(), '');
  });

  test('is not written into a file or a pipe', () => {
    const file = memoryStream();
    const progress = progressOn(file);
    progress.count(1_000);
    progress.done();
    assert.equal(file.text(), '');
  });
});
