import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { answerStatus } from '../../../../support/api-server.ts';
import { at } from '../../../examples/manifests.ts';
import { makeAuthority, makeServingCertificate } from '../../../../../src/server/tls/certificates.ts';
import { sample } from '../../../../support/http-log.ts';
import {
  MINUTE_MS,
  REGISTRATION,
  REGISTRATIONS,
  SECRET,
  SECRETS,
  SharedCertificates,
  type Replica,
} from '../../../../support/shared-certificates.ts';

const FAILURES = 'cilium_bulkhead_certificate_reload_failures_total';

async function begun(t: TestContext): Promise<SharedCertificates & { readonly first: Replica }> {
  const shared = await SharedCertificates.start(t);
  shared.register();
  const first = shared.replica();
  await shared.settle();
  return Object.assign(shared, { first });
}

const serialOf = (pem: string | undefined): string => new X509Certificate(pem ?? assert.fail('no PEM')).serialNumber;
const served = ({ source }: Replica): string => serialOf(source.current()?.cert);
const authorities = (bundle: string | undefined): readonly string[] =>
  (bundle ?? '').split(/(?<=-----END CERTIFICATE-----\n)/).flatMap((pem) => (pem === '' ? [] : [serialOf(pem)]));
const done = ({ log }: Replica): readonly unknown[] => log.lines().map(({ msg }) => msg);

test('the replica that leads makes what is missing, the registration trusts it, and the others serve it, too', async (t) => {
  const shared = await SharedCertificates.start(t);
  shared.register();
  shared.leader = -1;
  const [one, two] = [shared.replica(), shared.replica()];
  await shared.settle();
  assert.equal(shared.secret, undefined);
  assert.equal(two.source.notReady(), 'there is no serving certificate yet');
  shared.leader = 1;
  await shared.settle();
  assert.deepEqual(done(two).slice(0, 1), ['an authority and a serving certificate are made']);
  assert.equal(done(two).filter((line) => String(line).startsWith('the registration trusts')).length, 1);
  assert.equal(served(one), serialOf(shared.text('tls.crt')));
  assert.equal(served(one), served(two));
  assert.equal(one.source.notReady(), undefined);
  const [authority] = authorities(shared.text('ca.crt'));
  assert.deepEqual(shared.trusted.map(authorities), [[authority], [authority]]);
  const [webhook] = shared.server.stored(REGISTRATIONS, REGISTRATION)?.['webhooks'] as object[];
  assert.partialDeepStrictEqual(webhook, { timeoutSeconds: 3, clientConfig: { service: { name: 'x' } } });
  assert.equal(new X509Certificate(two.source.current()?.cert ?? '').subjectAltName, 'DNS:localhost');
});

test('a Secret that is there and empty is filled, and keeps its labels', async (t) => {
  const shared = await SharedCertificates.start(t);
  shared.server.put(SECRETS, { metadata: { ...SECRET, labels: { app: 'x' } } });
  const replica = shared.replica();
  await shared.settle();
  assert.equal(served(replica), serialOf(shared.text('tls.crt')));
  assert.partialDeepStrictEqual(shared.secret, { metadata: { labels: { app: 'x' } } });
});

test('a serving certificate is made anew when a third of its life is left, by the same authority', async (t) => {
  const shared = await begun(t);
  const [first, authority] = [served(shared.first), shared.text('ca.crt')];
  await shared.pass(5.9 * MINUTE_MS);
  assert.equal(served(shared.first), first);
  await shared.pass(0.2 * MINUTE_MS);
  assert.notEqual(served(shared.first), first);
  assert.equal(shared.text('ca.crt'), authority);
  assert.equal(shared.text('next-ca.crt'), undefined);
});

test('an authority is followed by another that is trusted before it signs, and trusted a while longer', async (t) => {
  const shared = await begun(t);
  const [old] = authorities(shared.text('ca.crt'));
  for (let minute = 0; minute < 18; minute += 1) await shared.pass(MINUTE_MS);
  assert.deepEqual(shared.trusted.map(authorities), [[old], [old]]);
  await shared.pass(1.5 * MINUTE_MS);
  const [next] = authorities(shared.text('next-ca.crt'));
  assert.deepEqual(shared.trusted.map(authorities), [
    [old, next],
    [old, next],
  ]);
  assert.deepEqual(authorities(shared.text('ca.crt')), [old]);
  const before = served(shared.first);
  await shared.pass(0.9 * MINUTE_MS);
  assert.equal(served(shared.first), before);
  await shared.pass(0.2 * MINUTE_MS);
  assert.notEqual(served(shared.first), before);
  assert.deepEqual(authorities(shared.text('ca.crt')), [next]);
  assert.equal(shared.text('next-ca.key'), undefined);
  assert.deepEqual(shared.trusted.map(authorities), [
    [old, next],
    [old, next],
  ]);
  await shared.pass(0.9 * MINUTE_MS);
  assert.deepEqual(authorities(shared.text('former-ca.crt')), [old]);
  await shared.pass(0.2 * MINUTE_MS);
  assert.equal(shared.text('former-ca.crt'), undefined);
  assert.deepEqual(shared.trusted.map(authorities), [[next], [next]]);
});

test('an authority that is asked for is announced at once, and what asked for it is taken out', async (t) => {
  const shared = await begun(t);
  const [old] = authorities(shared.text('ca.crt'));
  const annotations = { 'cilium-bulkhead.io/replace-authority': 'now', other: 'stays' };
  shared.server.put(SECRETS, { ...shared.secret, metadata: { ...SECRET, annotations } });
  await shared.settle();
  const [next] = authorities(shared.text('next-ca.crt'));
  assert.deepEqual(authorities(shared.trusted[0]), [old, next]);
  assert.deepEqual(at(shared.secret, 'metadata', 'annotations'), { other: 'stays' });
  for (let minute = 0; minute < 3; minute += 1) await shared.pass(1.1 * MINUTE_MS);
  assert.deepEqual(authorities(shared.trusted[0]), [next]);
  assert.equal(shared.text('next-ca.crt'), undefined);
});

for (const [how, undo] of [
  ['deleted', (shared: SharedCertificates) => shared.server.delete(SECRETS, { metadata: SECRET })],
  ['emptied', (shared: SharedCertificates) => shared.putSecret({})],
] as const) {
  test(`what was done to a Secret that was ${how} is not held against what comes then`, async (t) => {
    const shared = await begun(t);
    const ask = async (): Promise<void> => {
      const annotations = { 'cilium-bulkhead.io/replace-authority': 'now' };
      shared.server.put(SECRETS, { ...shared.secret, metadata: { ...SECRET, annotations } });
      await shared.settle();
    };
    await ask();
    undo(shared);
    await shared.settle();
    assert.notEqual(shared.text('ca.crt'), undefined);
    assert.equal(shared.text('next-ca.crt'), undefined);
    await ask();
    assert.notEqual(shared.text('next-ca.crt'), undefined);
  });
}

test('a webhook that is called by a name which the certificate does not have is told, and stops nothing', async (t) => {
  const shared = await SharedCertificates.start(t);
  const webhook = (name: string, namespace: string) => ({
    name,
    clientConfig: { service: { name: 'hook', namespace } },
  });
  const webhooks = [webhook('a.example.com', 'ours'), webhook('b.example.com', 'theirs')];
  shared.server.put(REGISTRATIONS, { metadata: { name: REGISTRATION }, webhooks });
  const first = shared.replica(['hook.ours.svc']);
  await shared.settle();
  assert.equal(first.source.notReady(), undefined);
  const faults = first.log.lines().filter(({ level }) => level === 'error');
  assert.deepEqual(
    faults.map(({ file, reason }) => `${String(file)}: ${String(reason)}`),
    [
      'ValidatingWebhookConfiguration hooks: "b.example.com" is called as "hook.theirs.svc", which is no name of the certificate: see --certificate-names',
    ],
  );
  const authority = shared.text('ca.crt');
  for (let minute = 0; minute < 22; minute += 1) await shared.pass(MINUTE_MS);
  assert.notEqual(shared.text('ca.crt'), authority);
});

test('a leader that is new waits for the overlap anew, and goes on where the former was', async (t) => {
  const shared = await begun(t);
  const second = shared.replica();
  for (let minute = 0; minute < 19; minute += 1) await shared.pass(MINUTE_MS);
  await shared.pass(0.9 * MINUTE_MS);
  const next = shared.text('next-ca.crt') ?? assert.fail('none is announced');
  shared.leader = 1;
  await shared.settle();
  await shared.pass(0.9 * MINUTE_MS);
  assert.notEqual(shared.text('ca.crt'), next);
  await shared.pass(0.2 * MINUTE_MS);
  assert.equal(shared.text('ca.crt'), next);
  assert.equal(served(shared.first), served(second));
});

test('what a registration trusts is put right, and the wait for it begins anew', async (t) => {
  const shared = await begun(t);
  for (let minute = 0; minute < 19; minute += 1) await shared.pass(MINUTE_MS);
  await shared.pass(0.5 * MINUTE_MS);
  const next = shared.text('next-ca.crt') ?? assert.fail('none is announced');
  const before = shared.trusted;
  shared.register('');
  await shared.settle();
  assert.deepEqual(shared.trusted, before);
  await shared.pass(0.9 * MINUTE_MS);
  assert.notEqual(shared.text('ca.crt'), next);
  await shared.pass(0.2 * MINUTE_MS);
  assert.equal(shared.text('ca.crt'), next);
});

test('while the registration cannot be changed no other authority signs, and serving certificates are renewed', async (t) => {
  const shared = await begun(t);
  const path = `${REGISTRATIONS}/${REGISTRATION}`;
  shared.server.interfere = ({ method }) => Promise.resolve(method === 'PATCH' ? 'cut' : 'go');
  const [authority, first] = [shared.text('ca.crt'), served(shared.first)];
  for (let minute = 0; minute < 25; minute += 1) await shared.pass(MINUTE_MS);
  assert.equal(shared.text('ca.crt'), authority);
  assert.ok(shared.text('next-ca.crt') !== undefined);
  assert.notEqual(served(shared.first), first);
  const last = served(shared.first);
  for (let minute = 25; minute < 29; minute += 1) await shared.pass(MINUTE_MS);
  assert.equal(served(shared.first), last, 'one that ends with its authority is not followed by another such');
  shared.server.interfere = undefined;
  shared.server.scriptFor(path, (response) => answerStatus(response, 403, 'no'));
  await shared.first.source.refresh();
  const faults = shared.first.log.lines().filter(({ level }) => level === 'error');
  assert.partialDeepStrictEqual(faults.at(-1), {
    file: `ValidatingWebhookConfiguration ${REGISTRATION}`,
    reason: 'its caBundle is not kept: the API server answers 403: no',
  });
});

test('what somebody else writes in between is not overwritten', async (t) => {
  const shared = await begun(t);
  const { server } = shared;
  const touched = { ...shared.secret, touched: true };
  server.interfere = ({ method }, when) => {
    if (method === 'PUT' && when === 'before' && shared.secret?.['touched'] !== true) server.put(SECRETS, touched);
    return Promise.resolve('go');
  };
  const before = shared.text('tls.crt');
  shared.nowMs += 7 * MINUTE_MS;
  await shared.first.source.refresh();
  assert.equal(shared.text('tls.crt'), before);
  await shared.settle();
  assert.notEqual(shared.text('tls.crt'), before);
  assert.equal(shared.secret?.['touched'], true);
  assert.equal(await sample(shared.first.metrics, FAILURES), 0);
});

test('an authority of our own that has ended is followed by a new one, without an overlap', async (t) => {
  const shared = await begun(t);
  const old = shared.text('ca.crt');
  shared.leader = -1;
  await shared.pass(31 * MINUTE_MS);
  assert.match(shared.first.source.notReady() ?? '', /^the serving certificate expired on /);
  shared.leader = 0;
  await shared.settle();
  assert.notEqual(shared.text('ca.crt'), old);
  assert.equal(shared.first.source.notReady(), undefined);
  assert.deepEqual(authorities(shared.trusted[0]), authorities(shared.text('ca.crt')));
});

test('what a leader has made whose clock was hours ahead is made anew by one whose clock is right', async (t) => {
  const shared = await SharedCertificates.start(t);
  shared.register();
  const [one] = [shared.replica(), shared.replica()];
  shared.nowMs = 300 * MINUTE_MS;
  await shared.settle();
  const ahead = served(one);
  shared.nowMs = 0;
  shared.leader = 1;
  await shared.settle();
  assert.notEqual(served(one), ahead);
  assert.ok(new X509Certificate(shared.text('ca.crt') ?? '').validFromDate.getTime() <= Date.now());
  assert.deepEqual(authorities(shared.trusted[0]), authorities(shared.text('ca.crt')));
  assert.equal(one.source.notReady(), undefined);
});

test('a serving certificate, or a next authority, that is not valid yet is made anew', async (t) => {
  const shared = await begun(t);
  const { 'ca.crt': cert = '', 'ca.key': key = '' } = texts(shared);
  const ahead = { notBefore: new Date(Date.now() + 300 * MINUTE_MS), notAfter: new Date(Date.now() + 900 * MINUTE_MS) };
  const serving = await makeServingCertificate({ cert, key }, ['localhost'], ahead);
  const next = await makeAuthority(ahead);
  const secret = { 'ca.crt': cert, 'ca.key': key, 'tls.crt': serving.cert, 'tls.key': serving.key };
  shared.putSecret({ ...secret, 'next-ca.crt': next.cert, 'next-ca.key': next.key });
  await shared.settle();
  assert.notEqual(shared.text('tls.crt'), serving.cert);
  for (let minute = 0; minute < 19; minute += 1) await shared.pass(MINUTE_MS);
  assert.notEqual(shared.text('ca.crt'), next.cert);
  assert.notEqual(shared.text('next-ca.crt'), next.cert);
});

test('a step that does not help is taken once a minute', async (t) => {
  const shared = await begun(t);
  const before = shared.secret ?? {};
  let writes = 0;
  shared.server.interfere = ({ method }, when) => {
    if (method !== 'PUT' || when === 'before') return Promise.resolve('go');
    writes += 1;
    // Somebody else puts the old one back, each time.
    if (writes < 50) shared.server.put(SECRETS, before);
    return Promise.resolve('go');
  };
  await shared.pass(7 * MINUTE_MS);
  assert.equal(writes, 1);
  await shared.pass(MINUTE_MS);
  assert.equal(writes, 2);
});

test('where a certificate that was just made will not do, another is made once a minute', async (t) => {
  const shared = await SharedCertificates.start(t);
  // No certificate is valid for a name without letters.
  shared.replica(['']);
  const written = (): number => shared.server.asked.filter(({ method }) => method === 'PUT').length;
  await shared.settle();
  await shared.pass(MINUTE_MS / 2);
  const before = written();
  await shared.pass(MINUTE_MS / 4);
  assert.equal(written(), before);
  for (let minute = 0; minute < 5; minute += 1) await shared.pass(MINUTE_MS);
  assert.ok(written() - before <= 5, `${written() - before} were made in five minutes`);
});

test('a serving certificate that is missing, spoiled or lacks a name is made anew by the same authority', async (t) => {
  const shared = await begun(t);
  const { 'ca.crt': cert, 'ca.key': key } = texts(shared);
  for (const tls of [
    {},
    { 'tls.crt': 'spoiled', 'tls.key': 'spoiled' },
    { 'tls.crt': texts(shared)['tls.crt'] ?? '', 'tls.key': key ?? '' },
  ]) {
    shared.putSecret({ 'ca.crt': cert ?? '', 'ca.key': key ?? '', ...tls });
    await shared.pass(MINUTE_MS);
    assert.equal(serialOf(shared.text('ca.crt')), serialOf(cert));
    assert.equal(served(shared.first), serialOf(shared.text('tls.crt')));
  }
  shared.leader = 1;
  const other = shared.replica(['other.example.com']);
  await shared.settle();
  assert.equal(new X509Certificate(other.source.current()?.cert ?? '').subjectAltName, 'DNS:other.example.com');
});

function texts(shared: SharedCertificates): Readonly<Record<string, string>> {
  const keys = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'];
  return Object.fromEntries(keys.map((key) => [key, shared.text(key) ?? '']));
}

test('what is in the Secret and was not made here is neither served nor replaced, and the log says what it is', async (t) => {
  const elsewhere = texts(await begun(t));
  const shared = await begun(t);
  const ours = texts(shared);
  const first = served(shared.first);
  const foreign: readonly (readonly [what: string, data: Readonly<Record<string, string>>, reason: RegExp])[] = [
    [
      'something else',
      { password: 'x' },
      /^Secret ours\/pair: holds something else: it is neither served nor replaced/,
    ],
    ['no authority', { 'tls.crt': ours['tls.crt'] ?? '', 'tls.key': ours['tls.key'] ?? '' }, /ca.crt: is missing/],
    ['a spoiled authority', { ...ours, 'ca.crt': 'x' }, /ca.crt: holds no PEM certificate/],
    ['a key of another', { ...ours, 'ca.key': elsewhere['ca.key'] ?? '' }, /ca.key: is not the key of ca.crt/],
    [
      'an authority that is none',
      { ...ours, 'ca.crt': ours['tls.crt'] ?? '', 'ca.key': ours['tls.key'] ?? '' },
      /ca.crt: is no authority that was made here/,
    ],
    [
      'an authority of somebody else',
      { ...ours, ...(await authorityNamed('corporate CA')) },
      /ca.crt: is no authority that was made here/,
    ],
    [
      'a certificate of another',
      { ...elsewhere, 'ca.crt': ours['ca.crt'] ?? '', 'ca.key': ours['ca.key'] ?? '' },
      /tls.crt: is not signed by ca.crt/,
    ],
    ['half of a next authority', { ...ours, 'next-ca.crt': ours['ca.crt'] ?? '' }, /next-ca.key: is missing/],
    ['a former authority that is none', { ...ours, 'former-ca.crt': 'x' }, /former-ca.crt: holds no PEM/],
    ['an endless value', { ...ours, 'ca.crt': 'x'.repeat(40_000) }, /ca.crt: has \d+ bytes, limit 32768/],
  ];
  for (const [what, data, reason] of foreign) {
    shared.putSecret(data);
    const before = JSON.stringify(shared.secret);
    await shared.settle();
    assert.equal(JSON.stringify(shared.secret), before, what);
    assert.equal(served(shared.first), first, what);
    const { file, reason: told } = shared.first.log.lines().findLast(({ level }) => level === 'error') ?? {};
    assert.match(`${String(file)}: ${String(told)}`, reason, what);
  }
  shared.server.delete(SECRETS, { metadata: SECRET });
  await shared.settle();
  assert.notEqual(served(shared.first), first);
});

async function authorityNamed(name: string): Promise<Readonly<Record<string, string>>> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { 'ca.crt': certificate.toString('pem'), 'ca.key': key };
}

test('an authority of our name is taken, and what else is in the Secret stays in it', async (t) => {
  const shared = await begun(t);
  const authority = await authorityNamed('cilium-bulkhead CA');
  shared.putSecret({ ...authority, note: 'of a person' });
  await shared.settle();
  assert.equal(served(shared.first), serialOf(shared.text('tls.crt')));
  assert.equal(shared.text('ca.key'), authority['ca.key']);
  assert.equal(shared.text('note'), 'of a person');
  const leaf = new X509Certificate(shared.text('tls.crt') ?? '');
  assert.ok(leaf.verify(new X509Certificate(authority['ca.crt'] ?? '').publicKey));
});

test('no key is ever in the log', async (t) => {
  const shared = await begun(t);
  for (let minute = 0; minute < 25; minute += 1) await shared.pass(MINUTE_MS);
  shared.putSecret({ ...texts(shared), 'ca.key': shared.text('tls.key') ?? '' });
  await shared.settle();
  assert.ok(done(shared.first).length > 5);
  assert.doesNotMatch(JSON.stringify(shared.first.log.lines()), /PRIVATE|MIG[A-Z]/);
});

test('a Secret that may not be read makes nobody ready, says why, and nothing is written', async (t) => {
  const shared = await SharedCertificates.start(t);
  shared.server.scriptFor(SECRETS, ...Array.from({ length: 200 }, () => refuse));
  function refuse(response: Parameters<typeof answerStatus>[0]): void {
    answerStatus(response, 403, 'secrets is forbidden');
  }
  shared.server.interfere = () => Promise.resolve('cut');
  const { source } = shared.replica();
  await shared.server.askedFor(2);
  while (source.notReady()?.includes('403') !== true) await source.refresh();
  assert.match(
    source.notReady() ?? '',
    /^there is no serving certificate yet: Secret ours\/pair: .*secrets is forbidden/,
  );
  assert.ok(shared.server.asked.every(({ method }) => method === 'GET'));
});
