/**
 * A baseline: express as it comes, over HTTPS, with a constant answer and without a look at the body.
 */
import express from 'express';
import { createServer } from 'node:https';
import { listen } from '../../src/server/http/listen.ts';
import { baselineOptions } from './baseline-options.ts';
import { reportAsServer } from './reporting.ts';

const ANSWER = {
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  response: { uid: 'constant', allowed: true },
};

const app = express();
app.post('/validate', (_request, response) => {
  response.json(ANSWER);
});
const server = createServer(baselineOptions(), app);
const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
reportAsServer(port);
