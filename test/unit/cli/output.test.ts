import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createOutput, parseOutputFormat, type OutputFormat, type TextStream } from '../../../src/cli/output.ts';
import { CHECK_EXAMPLE, checkResult, judged } from '../reports/results.ts';

/** A stream that keeps what is written to it. */
function memory(terminal: Pick<TextStream, 'isTTY' | 'columns'> = {}): TextStream & { readonly text: () => string } {
  const written: string[] = [];
  return { ...terminal, write: (text) => written.push(text), text: () => written.join('') };
}

function print(format: OutputFormat, { stdout = memory(), noColor = false }): { out: string; err: string } {
  const stderr = memory();
  const output = createOutput({ format, stdout, stderr, noColor });
  output.note('reading cluster/');
  output.result(CHECK_EXAMPLE);
  return { out: stdout.text(), err: stderr.text() };
}

const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('output', () => {
  test('the result is all that stdout holds, notes go to stderr', () => {
    const { out, err } = print('json', {});
    assert.equal((JSON.parse(out) as { kind: string }).kind, 'CheckResult');
    assert.equal(err, 'reading cluster/\n');
  });

  test('into a file or a pipe a table has no colour and its lines are not broken', () => {
    const { out } = print('table', {});
    assert.ok(!out.includes('\u001b'));
    assert.ok(longest(out) > 160);
  });

  test('on a terminal a table has colour and keeps to its columns', () => {
    const { out } = print('table', { stdout: memory({ isTTY: true, columns: 70 }) });
    assert.ok(out.includes('\u001b[1;31mdeny'));
    const plain = print('table', { stdout: memory({ isTTY: true, columns: 70 }), noColor: true }).out;
    assert.ok(!plain.includes('\u001b'));
    assert.ok(longest(plain) <= 70, `${longest(plain)} columns`);
  });

  test('JSON has no colour on a terminal either', () => {
    const { out } = print('json', { stdout: memory({ isTTY: true, columns: 70 }) });
    assert.ok(!out.includes('\u001b'));
  });

  test('a note keeps its lines and loses control characters', () => {
    const stderr = memory();
    createOutput({ format: 'table', stdout: memory(), stderr, noColor: true }).note('a\u001b[2Jb\nc');
    assert.equal(stderr.text(), 'a\ufffd[2Jb\nc\n');
  });

  test('a result is printed with the line feed that ends it', () => {
    const stdout = memory();
    createOutput({ format: 'table', stdout, stderr: memory(), noColor: true }).result(checkResult(judged()));
    assert.match(stdout.text(), /[^\n]\n$/);
  });
});

describe('-o', () => {
  test('knows its formats', () => {
    assert.deepEqual(parseOutputFormat('table'), { ok: true, value: 'table' });
    assert.deepEqual(parseOutputFormat('json'), { ok: true, value: 'json' });
  });

  test('says of a later format that it is one', () => {
    assert.deepEqual(parseOutputFormat('sarif'), { ok: false, error: '-o sarif is not supported yet by this version' });
  });

  test('names what it knows when asked for anything else', () => {
    assert.deepEqual(parseOutputFormat('yam\u001bl'), {
      ok: false,
      error: String.raw`-o must be one of table, json (is "yam\u001bl")`,
    });
  });
});
