/**
 * What a request to the API server came to.
 */
import assert from 'node:assert/strict';
import type { ApiAnswer } from '../cluster/api.ts';

export function stored({ status, message }: ApiAnswer): void {
  assert.ok(status >= 200 && status < 300, `${status}: ${message}`);
}

/** By a hook of ours, with this finding. */
export function denied({ status, body, message }: ApiAnswer, hook: string, finding: string): void {
  assert.equal(status, 403, `${status}: ${message}`);
  assert.equal(body['reason'], 'Forbidden');
  assert.ok(message.startsWith(`admission webhook "${hook}.cilium-bulkhead.io" denied the request: `), message);
  assert.ok(message.includes(`/${finding}]`) || message.includes(`[${finding}]`), message);
}
