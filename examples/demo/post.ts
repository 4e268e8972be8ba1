/**
 * Sends a review as the API server does: HTTPS, trusting the authority that the server made, one POST.
 */
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

export interface Posted {
  readonly status: number;
  readonly body: string;
}

export async function postReview(url: URL, ca: string, review: string): Promise<Posted> {
  const headers = { 'content-type': 'application/json', accept: 'application/json, */*' };
  const call = request(url, { method: 'POST', ca, headers, timeout: 10_000 });
  call.on('timeout', () => call.destroy(new Error(`no answer from ${url.href} within 10 s`)));
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  call.end(review);
  const [response] = await answered;
  return { status: response.statusCode ?? 0, body: await text(response) };
}
