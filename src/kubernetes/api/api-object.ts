/**
 * One object of an API server, read and written by its name. Whoever was faster is told as a value: writes name the version that
 * they rest on (`metadata.resourceVersion`), and the API server refuses those that rest on another.
 *
 * Every exchange ends within EXCHANGE_MS, with an answer or without; of an answer no more than MAX_OBJECT_BYTES are read. What a
 * write without an answer has done nobody knows. Cost: one request.
 */
import { fail, ok, type Result } from '../../cilium/result.ts';
import { isObject } from '../decode/node.ts';
import { refusal } from '../watch/turn.ts';
import { parsed } from '../watch/watch-event.ts';
import { textOf } from './answer-text.ts';
import type { ApiAnswer, ApiConnection, ApiWrite } from './api-connection.ts';

export type ApiObject = Readonly<Record<string, unknown>>;

export type ApiFault =
  /** It was changed, or made, in between. */
  | { readonly kind: 'conflict' }
  /** There is none of this name. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

export interface ObjectRequest {
  readonly connection: ApiConnection;
  /** Of the object; of its kind where it is created. */
  readonly path: string;
  readonly signal: AbortSignal;
}

export interface ObjectWrite extends ObjectRequest {
  readonly object: object;
}

const SILENCE_MS = 3_000;
/** Half of the shortest deadline of those who ask: they have time for another try. */
const EXCHANGE_MS = 5_000;
const MAX_REASON = 512;
/** What an API server stores at most is 1.5 MiB; JSON escapes grow it a little. */
const MAX_OBJECT_BYTES = 4 * 1024 * 1024;

export function getObject(request: ObjectRequest): Promise<Result<ApiObject, ApiFault>> {
  return asked(request, (timed) => request.connection.get({ path: request.path, ...timed }));
}

export function createObject(write: ObjectWrite): Promise<Result<ApiObject, ApiFault>> {
  return written('POST', write);
}

/** All of it; the object names the version that it takes the place of. */
export function replaceObject(write: ObjectWrite): Promise<Result<ApiObject, ApiFault>> {
  return written('PUT', write);
}

/** A strategic merge patch. */
export function patchObject(write: ObjectWrite): Promise<Result<ApiObject, ApiFault>> {
  return written('PATCH', write);
}

/** `it was changed in between`, for a person. */
export function faultText(fault: ApiFault): string {
  switch (fault.kind) {
    case 'conflict':
      return 'it was changed or made by somebody else in between';
    case 'absent':
      return 'there is none';
    case 'failed':
      return fault.reason;
  }
}

function written(method: ApiWrite['method'], { path, object, ...request }: ObjectWrite) {
  return asked(request, (timed) => request.connection.write({ method, path, object, ...timed }));
}

type Timed = Pick<ApiWrite, 'silenceMs' | 'signal'>;

async function asked(
  { signal }: Pick<ObjectRequest, 'signal'>,
  send: (timed: Timed) => Promise<ApiAnswer>,
): Promise<Result<ApiObject, ApiFault>> {
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(EXCHANGE_MS)]);
    return await objectOf(await send({ silenceMs: SILENCE_MS, signal: inTime }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed(`no answer of the API server: ${reason.slice(0, MAX_REASON)}`);
  }
}

async function objectOf(answer: ApiAnswer): Promise<Result<ApiObject, ApiFault>> {
  if (answer.status >= 200 && answer.status < 300) {
    const text = await textOf(answer.chunks, MAX_OBJECT_BYTES);
    const object = text.ok ? parsed(text.value) : undefined;
    return isObject(object) ? ok(object) : failed('the API server answers with something that is no object');
  }
  const end = await refusal(answer);
  if (answer.status === 409) return fail({ kind: 'conflict' });
  if (end.end === 'absent') return fail({ kind: 'absent' });
  return failed('reason' in end ? end.reason : `the API server answers ${answer.status}`);
}

function failed(reason: string): Result<ApiObject, ApiFault> {
  return fail({ kind: 'failed', reason });
}
