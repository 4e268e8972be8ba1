/**
 * What may be sent to the webhook that is not an ordinary review, and how each is answered: one row each.
 *
 * Rows that are no review are answered by an HTTP error with a Kubernetes Status, the others by a review with their own
 * uid. `wrongShape` marks reviews whose object cannot be read as its kind: the whole webhook answers them as unknown, with
 * one warning that names the place.
 */
import { pod, podRequest, reviewBody } from '../support/http-reviews.ts';
import type { HttpRequest } from '../support/http-client.ts';

export type BadRequest = { readonly name: string; readonly send: HttpRequest } & (
  | { readonly expect: 'status'; readonly code: number; readonly message: RegExp; readonly allow?: string }
  | { readonly expect: 'review'; readonly uid: string; readonly wrongShape?: RegExp }
);

const good = reviewBody(podRequest());

const notJson: readonly (readonly [name: string, body: string | Buffer, message: RegExp])[] = [
  ['a body that is not JSON', 'hello', /not JSON/],
  ['a body in YAML', 'kind: AdmissionReview', /not JSON/],
  ['an empty body', '', /empty/],
  ['a body of spaces', '   ', /not JSON/],
  ['a truncated body', good.slice(0, -20), /not JSON/],
  ['a number', '7', /AdmissionReview/],
  ['an array', '[]', /AdmissionReview/],
  ['a string', '"AdmissionReview"', /AdmissionReview/],
  ['null', 'null', /AdmissionReview/],
  ['two reviews', good + good, /not JSON/],
  ['a byte order mark', `\ufeff${good}`, /not JSON/],
  ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80]), /not JSON/],
  ['four million open brackets', '['.repeat(4_000_000), /not JSON/],
  ['four million nested arrays', `${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}`, /AdmissionReview/],
];

const envelope = (fields: object): string =>
  JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: podRequest(), ...fields });

const notReview: readonly (readonly [name: string, body: string, message: RegExp])[] = [
  ['another kind', envelope({ kind: 'Pod' }), /AdmissionReview/],
  ['a kind that is no string', envelope({ kind: ['AdmissionReview'] }), /AdmissionReview/],
  ['v1beta1', envelope({ apiVersion: 'admission.k8s.io/v1beta1' }), /admission\.k8s\.io\/v1/],
  ['no version', envelope({ apiVersion: undefined }), /admission\.k8s\.io\/v1/],
  ['no request', envelope({ request: undefined }), /request/],
  ['a request that is null', envelope({ request: null }), /request/],
  ['a request that is an array', envelope({ request: [] }), /request/],
  ['no uid', envelope({ request: podRequest({ uid: undefined }) }), /request\.uid/],
  ['an empty uid', envelope({ request: podRequest({ uid: '' }) }), /request\.uid/],
  ['a uid that is a number', envelope({ request: podRequest({ uid: 7 }) }), /request\.uid/],
  [
    'a uid of 129 characters',
    envelope({ request: podRequest({ uid: 'u'.repeat(129) }) }),
    /request\.uid has 129 characters, limit 128/,
  ],
  [
    'a uid of 4 MB',
    envelope({ request: podRequest({ uid: 'u'.repeat(4_000_000) }) }),
    /request\.uid has 4000000 characters, limit 128/,
  ],
  ['a uid that is an object', envelope({ request: podRequest({ uid: { toString: 'x' } }) }), /request\.uid/],
  [
    'a request that only a prototype has',
    `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","__proto__":{"request":{"uid":"inherited"}}}`,
    /request/,
  ],
];

const content: readonly BadRequest[] = [
  status('a body of another type', { body: good, headers: { 'content-type': 'text/plain' } }, 415, /Content-Type/),
  status(
    'a form',
    { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    /Content-Type/,
  ),
  status(
    'JSON in UTF-16',
    { body: good, headers: { 'content-type': 'application/json; charset=utf-16' } },
    415,
    /Type/,
  ),
  status('no type, and no review', { body: '{}', headers: { 'content-type': undefined } }, 415, /Content-Type/),
  status('a compressed body', { body: good, headers: { 'content-encoding': 'gzip' } }, 415, /Content-Encoding/),
];

const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map((method): BadRequest => ({
  name: `${method} /validate`,
  send: { method, path: '/validate' },
  expect: 'status',
  code: 405,
  message: /POST/,
  allow: 'POST',
}));

const paths = [
  '/',
  '/validate/',
  '/VALIDATE',
  '/validate/x',
  '/%76alidate',
  '/validate%00',
  '/validate;x',
  '//validate',
  '/../validate',
  '/mutate',
  '/metrics',
  '/livez',
  '/readyz',
  '/%',
  '/__proto__',
  '*',
].map((path) => status(`POST ${path}`, { path, body: good }, 404, /\/validate/));

function status(name: string, send: HttpRequest, code: number, message: RegExp): BadRequest {
  return { name, send, expect: 'status', code, message };
}

function reviewed(name: string, request: object, send: HttpRequest = {}): BadRequest {
  const full = podRequest(request);
  return { name, send: { body: reviewBody(full), ...send }, expect: 'review', uid: String(full['uid']) };
}

const timeouts = [
  '',
  '?',
  '?timeout',
  '?timeout=',
  '?timeout=2s&timeout=1s',
  '?timeout=soon',
  '?timeout=0s',
  '?timeout=-1s',
];
const queries = [
  ...timeouts,
  '?timeout=9999999h',
  '?timeout=%ZZ',
  '?timeout[x]=1s',
  '?__proto__=1',
  `?${'a'.repeat(8000)}`,
];

const oddButFine: readonly BadRequest[] = [
  ...queries.map((query) => reviewed(`/validate${query}`.slice(0, 60), {}, { path: `/validate${query}` })),
  reviewed('a valid review without a type', {}, { headers: { 'content-type': undefined } }),
  reviewed('a type with a charset', {}, { headers: { 'content-type': 'Application/JSON; charset=UTF-8' } }),
  reviewed('a kind that is not judged', { kind: { group: 'apps', version: 'v1', kind: 'ControllerRevision' } }),
  reviewed('a kind that is no object', { kind: 'Pod' }),
  reviewed('a DELETE', { operation: 'DELETE', object: null, oldObject: pod() }),
  reviewed('a DELETE of a collection, without a name', {
    operation: 'DELETE',
    name: '',
    object: null,
    oldObject: pod(),
  }),
  reviewed('a CONNECT', { operation: 'CONNECT', object: null }),
  reviewed('an operation that does not exist', { operation: 'DESTROY' }),
  reviewed('an UPDATE without an old object', { operation: 'UPDATE' }),
  reviewed('a namespace that nobody knows', { namespace: 'nowhere', object: pod({ namespace: 'nowhere' }) }),
  reviewed('userInfo that is an array', { userInfo: ['jane'] }),
  reviewed('dryRun that is a string', { dryRun: 'no' }),
  reviewed('a uid of 128 characters', { uid: 'u'.repeat(128) }),
  reviewed('a uid with control characters', { uid: 'a\u0000b\r\nSet-Cookie: x' }),
  reviewed('control characters and half characters in a name', {
    name: 'web\u0000\u001b[31m\ud800',
    object: pod({ name: 'web\u0000\u001b[31m\ud800' }),
  }),
  reviewed('labels named like properties of every object', {
    object: pod({
      labels: JSON.parse('{"__proto__":"a","constructor":"b","hasOwnProperty":"c","toString":"d"}') as object,
    }),
  }),
  repeatedKeys(),
];

/** The last of two equal keys counts, as in JSON.parse. */
function repeatedKeys(): BadRequest {
  const body = reviewBody(podRequest({ uid: 'first' })).replace('"uid":"first"', '"uid":"first","uid":"last"');
  return { name: 'two uids', send: { body }, expect: 'review', uid: 'last' };
}

function wrongShape(name: string, path: RegExp, request: object): BadRequest {
  return { ...reviewed(name, request), wrongShape: path } as BadRequest;
}

const update = (oldObject: unknown): object => ({ operation: 'UPDATE', oldObject });

const wrongShapes: readonly BadRequest[] = [
  wrongShape('an object that is a string', /./, { object: 'web' }),
  wrongShape('an object that is an array', /./, { object: [] }),
  wrongShape('an object that is missing', /./, { object: null }),
  wrongShape('metadata that is null', /metadata/, { object: { ...pod(), metadata: null } }),
  wrongShape('labels that are an array', /metadata\.labels/, { object: pod({ labels: ['app'] }) }),
  wrongShape('a label that is a number', /metadata\.labels/, { object: pod({ labels: { app: 7 } }) }),
  wrongShape('a label that is an object', /metadata\.labels/, { object: pod({ labels: { app: { toString: 'x' } } }) }),
  wrongShape('containers that are an object', /spec\.containers/, { object: pod({}, { containers: { name: 'x' } }) }),
  wrongShape('a spec that is null', /spec/, { object: { ...pod(), spec: null } }),
  wrongShape('an old object that is a number', /oldObject/, update(7)),
  wrongShape('old labels that are an array', /oldObject\.metadata\.labels/, update(pod({ labels: [] }))),
];

/** As text: JSON.parse reads what is nested this deep, JSON.stringify cannot write it. */
function deep(name: string, before: object): BadRequest {
  const row = reviewed(name, { object: before });
  const levels = 5_000;
  const nested = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  return { ...row, send: { body: String(row.send.body).replace('"DEEP"', nested) } };
}

const LABELS = 10_000;
const MB = 1_000_000;
const large: readonly BadRequest[] = [
  reviewed('10,000 labels', {
    object: pod({
      labels: Object.fromEntries(Array.from({ length: LABELS }, (_, index) => [`key-${index}`, 'value'])),
    }),
  }),
  reviewed('a label key of 1 MB', { object: pod({ labels: { ['k'.repeat(MB)]: 'v' } }) }),
  reviewed('a label value of 1 MB', { object: pod({ labels: { app: 'v'.repeat(MB) } }) }),
  deep('a field that nobody knows, 5,000 levels deep', { ...pod(), extra: 'DEEP' }),
  deep('labels 5,000 levels deep', pod({ labels: 'DEEP' })),
];

export const BAD_REQUESTS: readonly BadRequest[] = [
  ...[...notJson, ...notReview].map(([name, body, message]) => status(name, { body }, 400, message)),
  ...content,
  ...methods,
  ...paths,
  ...oddButFine,
  ...wrongShapes,
  ...large,
];
