/**
 * What every answer of the webhook keeps to, whatever was asked: text that the API server lets through, and little of it.
 */
import assert from 'node:assert/strict';
import type { AnsweredReview } from './http-reviews.ts';

const NOT_PLAIN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

export function assertPlainAnswer({ warnings = [], auditAnnotations = {}, status, ...rest }: AnsweredReview): void {
  assertPlain(warnings, 256);
  assert.ok(warnings.length <= 10, `${warnings.length} warnings`);
  assert.ok(warnings.join('').length <= 4_096);
  assertPlain(Object.values(auditAnnotations), 256);
  for (const key of Object.keys(auditAnnotations)) assert.match(key, /^[a-z-]{1,63}$/);
  if (rest.allowed) return;
  const { message = '', details } = (status ?? {}) as Denial;
  assertPlain(message.split('\n'), 8_192);
  for (const { reason, field, message: why } of details?.causes ?? []) assertPlain([reason, field, why], 512);
  assert.ok(JSON.stringify(status).length < 65_536);
}

interface Denial {
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { reason: string; field: string; message: string }[] };
}

function assertPlain(texts: readonly string[], longest: number): void {
  for (const text of texts) {
    assert.ok(text.isWellFormed(), `half a character in ${JSON.stringify(text)}`);
    assert.doesNotMatch(text, NOT_PLAIN);
    assert.ok(Array.from(text).length <= longest, `${text.length} characters`);
  }
}
