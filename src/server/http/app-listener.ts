/**
 * Serves an express application so that what no route answers, and what a route throws, ends in a Status.
 *
 * Without a last handler of our own express would answer in HTML, with the stack of an error in it.
 */
import type { Express, Request, Response } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultLog } from '../fault-log.ts';
import { sendStatus } from './status-response.ts';

export interface AppListenerOptions {
  /** The message for a path that is not served. */
  readonly missing: string;
  readonly faults: FaultLog;
}

export function appListener(
  app: Express,
  { missing, faults }: AppListenerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    // The server makes these objects with express's prototypes: see prototype-safe.ts.
    app(request as Request, response as Response, (error: unknown) => {
      if (error === undefined || error === null) {
        sendStatus(response, 404, missing);
        return;
      }
      faults.record('request', 'a request could not be handled', { error });
      if (response.headersSent) response.destroy();
      else sendStatus(response, 500, 'internal error');
    });
  };
}
