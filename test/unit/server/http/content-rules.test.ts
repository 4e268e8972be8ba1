import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeContent } from '../../../../src/server/http/content-rules.ts';
import type { ContentVerdict } from '../../../../src/server/http/content-rules.ts';

const rows: readonly (readonly [
  type: string | undefined,
  encoding: string | undefined,
  kind: ContentVerdict['kind'],
])[] = [
  ['application/json', undefined, 'json'],
  ['Application/JSON ; charset=UTF-8', undefined, 'json'],
  ['application/json; charset="utf-8"', 'identity', 'json'],
  [undefined, undefined, 'untyped'],
  ['', undefined, 'unsupported'],
  ['text/plain', undefined, 'unsupported'],
  ['application/jsonp', undefined, 'unsupported'],
  ['application/vnd.kubernetes.protobuf', undefined, 'unsupported'],
  ['application/json; charset=utf-16', undefined, 'unsupported'],
  ['application/json', 'gzip', 'unsupported'],
  [undefined, 'gzip', 'unsupported'],
];

for (const [type, encoding, kind] of rows) {
  test(`Content-Type ${type ?? 'absent'}, Content-Encoding ${encoding ?? 'absent'}: ${kind}`, () => {
    const headers = {
      ...(type !== undefined && { 'content-type': type }),
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    };
    assert.equal(judgeContent(headers).kind, kind);
  });
}
