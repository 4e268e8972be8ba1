/**
 * One admission request, from its bytes to its answer.
 *
 * Knows HTTP, the envelope of a review and the deadline; what a review means is the judge's business.
 * Invariant: every review whose uid can be read is answered with 200 and that uid. Errors are for what is no review.
 * Cost: one JSON.parse of the body. Overload is answered from the first kilobyte of it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, ok } from '../cilium/result.ts';
import type { Result } from '../cilium/result.ts';
import { readReview } from '../kubernetes/admission-review.ts';
import type { Review, StatusError } from '../kubernetes/admission-review.ts';
import type { Clock } from '../cluster/clock.ts';
import { readBody } from './http/body-reader.ts';
import type { BodyLimits } from './http/body-reader.ts';
import type { ConnectionPlaces } from './http/connection-places.ts';
import { judgeContent } from './http/content-rules.ts';
import { deadlineOf } from './judging/deadline.ts';
import type { Deadline } from './judging/deadline.ts';
import type { FaultLog } from './fault-log.ts';
import type { InFlight } from './judging/in-flight.ts';
import { judgeInTime, unknownReply } from './judging/judge-in-time.ts';
import type { Judge, Reply } from './judging/judge-in-time.ts';
import type { Metrics } from './metrics.ts';
import { uidAtFront } from './review-uid.ts';
import { sendJson, sendStatus } from './http/status-response.ts';

export interface AdmissionRouteOptions {
  readonly judge: Judge;
  readonly bodies: BodyLimits;
  readonly inFlight: InFlight;
  readonly places: Pick<ConnectionPlaces, 'hold'>;
  readonly faults: FaultLog;
  readonly metrics: Pick<Metrics, 'reviewAnswered' | 'internalError'>;
  readonly clock: Clock;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What one request carries along. */
interface Exchange {
  readonly response: ServerResponse;
  readonly deadline: Deadline;
  readonly startMs: number;
}

export function admissionRoute(options: AdmissionRouteOptions): Handler {
  const { bodies, clock, inFlight, places } = options;
  return async (request, response) => {
    const exchange = { response, deadline: deadlineOf(request.url ?? '', clock), startMs: clock() };
    const content = judgeContent(request.headers);
    if (content.kind === 'unsupported') {
      sendStatus(response, 415, content.message);
      return;
    }
    const outcome = await readBody(request, bodies);
    switch (outcome.kind) {
      case 'aborted':
        return;
      case 'too-large':
        sendStatus(response, 413, `the body is larger than ${bodies.limitBytes} bytes`);
        return;
      case 'no-room':
        answerOverload(options, exchange, { body: outcome.head, because: 'no memory is left for its body' });
        return;
      case 'complete': {
        const leave = inFlight.tryEnter();
        const done = (): void => {
          leave?.();
          outcome.release();
        };
        if (leave !== undefined) {
          const letGo = places.hold(request.socket);
          const admitted = { body: outcome.body, isTyped: content.kind === 'json', done };
          await answerReview(options, exchange, admitted).finally(letGo);
          return;
        }
        answerOverload(options, exchange, { body: outcome.body, because: 'too much is being judged' });
        done();
      }
    }
  };
}

interface Admitted {
  readonly body: Buffer;
  readonly isTyped: boolean;
  /** To be called once, when nothing of the review is held any more. */
  readonly done: () => void;
}

async function answerReview(options: AdmissionRouteOptions, exchange: Exchange, admitted: Admitted): Promise<void> {
  const { response, deadline } = exchange;
  const review = parseReview(admitted.body);
  if (!review.ok) {
    admitted.done();
    const untyped = { code: 415, message: 'Content-Type is missing: must be application/json' };
    const { code, message } = admitted.isTyped ? review.error : untyped;
    sendStatus(response, code, message);
    return;
  }
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  response.once('close', stop);
  const reply = await judgeInTime({
    judge: options.judge,
    review: review.value,
    deadline,
    controller,
    onFault: (error) => recordFault(options, error, review.value),
    onSettled: admitted.done,
  });
  response.off('close', stop);
  send(options, exchange, { ...reply, review: review.value });
}

function recordFault({ faults, metrics }: AdmissionRouteOptions, error: unknown, review: Review): void {
  const { uid, kind, operation, namespace, name } = review;
  metrics.internalError();
  const message = 'a review is allowed because judging it failed';
  faults.record('review', message, { uid, kind: kind.kind, operation, namespace, name, error });
}

function parseReview(body: Buffer): Result<Review, StatusError> {
  const parsed = parseJson(body);
  return parsed.ok ? readReview(parsed.value) : parsed;
}

function parseJson(body: Buffer): Result<unknown, StatusError> {
  if (body.length === 0) return fail({ code: 400, message: 'the body is empty' });
  try {
    return ok(JSON.parse(body.toString('utf8')));
  } catch (error) {
    return fail({
      code: 400,
      message: `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

interface Overload {
  readonly body: Buffer;
  readonly because: string;
}

/** At once, and without a look at what is asked: in overload the cluster goes on. */
function answerOverload(options: AdmissionRouteOptions, exchange: Exchange, { body, because }: Overload): void {
  options.faults.record('overload', 'overloaded: a review is allowed without being judged', { because });
  const uid = uidAtFront(body) ?? uidInside(body);
  if (uid === undefined) sendStatus(exchange.response, 503, 'overloaded, and this is no review with a uid');
  else send(options, exchange, unknownReply(uid, 'overload'));
}

function uidInside(body: Buffer): string | undefined {
  const review = parseReview(body);
  return review.ok ? review.value.uid : undefined;
}

function send(
  { metrics, clock }: AdmissionRouteOptions,
  { response, startMs }: Exchange,
  { text, decision, review }: Reply & { readonly review?: Review },
): void {
  if (response.destroyed) return;
  sendJson(response, 200, text);
  metrics.reviewAnswered({
    kind: review?.kind.kind ?? '',
    operation: review?.operation ?? '',
    decision,
    seconds: (clock() - startMs) / 1000,
  });
}
