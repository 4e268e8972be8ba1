/**
 * A baseline: node:https alone, which parses the review and sends its uid back. No webhook can do less.
 */
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { listen } from '../../src/server/http/listen.ts';
import { baselineOptions } from './baseline-options.ts';
import { reportAsServer } from './reporting.ts';

interface ReviewUid {
  readonly request: { readonly uid: string };
}

function readAll(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => done(Buffer.concat(chunks)));
}

function answerTo(body: Buffer): string {
  const { request } = JSON.parse(body.toString('utf8')) as ReviewUid;
  const response = { uid: request.uid, allowed: true };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response });
}

const server = createServer(baselineOptions(), (request, response) => {
  readAll(request, (body) => {
    const text = answerTo(body);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  });
});
const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
reportAsServer(port);
