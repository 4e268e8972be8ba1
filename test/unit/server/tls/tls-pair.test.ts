import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadTlsPair } from '../../../../src/server/tls/tls-pair.ts';
import { certificatesIn, temporaryFolder } from '../../../support/http-certificates.ts';

const now = new Date();
const DAY_MS = 24 * 60 * 60 * 1000;

test('a pair that matches is loaded with the time it expires', async (t) => {
  const made = await certificatesIn(await temporaryFolder(t), now);
  const pair = await loadTlsPair(made.files, now);
  assert.ok(pair.ok);
  assert.equal(pair.value.notAfter.getTime(), made.notAfter.getTime());
  assert.equal(pair.value.key, await readFile(made.files.keyFile, 'utf8'));
});

test('a chain is loaded: the first certificate is the serving one', async (t) => {
  const made = await certificatesIn(await temporaryFolder(t), now);
  const leaf = await readFile(made.files.certFile, 'utf8');
  await writeFile(made.files.certFile, leaf + made.ca);
  assert.ok((await loadTlsPair(made.files, now)).ok);
  await writeFile(made.files.certFile, made.ca + leaf);
  const reversed = await loadTlsPair(made.files, now);
  assert.match(reversed.ok ? '' : reversed.error.reason, /does not belong to the first certificate/);
});

const OTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const encrypted = OTHER_KEY.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
const faults: readonly (readonly [name: string, file: 'tls.crt' | 'tls.key', content: string, reason: RegExp])[] = [
  ['a certificate that is no PEM', 'tls.crt', 'hello', /^holds no PEM certificate$/],
  ['an empty certificate', 'tls.crt', '', /^holds no PEM certificate$/],
  ['a key that is no PEM', 'tls.key', 'hello', /^holds no unencrypted PEM private key$/],
  ['an encrypted key', 'tls.key', encrypted, /^holds no unencrypted PEM private key$/],
  [
    'a key of another pair',
    'tls.key',
    OTHER_KEY.export({ type: 'pkcs8', format: 'pem' }).toString(),
    /^does not belong to the first certificate of ".+tls\.crt"$/,
  ],
];

for (const [name, file, content, reason] of faults) {
  test(`${name} is a fault that names the file`, async (t) => {
    const folder = await temporaryFolder(t);
    const { files } = await certificatesIn(folder, now);
    await writeFile(join(folder, file), content);
    const pair = await loadTlsPair(files, now);
    assert.ok(!pair.ok);
    assert.equal(pair.error.file, join(folder, file));
    assert.match(pair.error.reason, reason);
  });
}

test('a file that is not there is a fault that names it', async () => {
  const pair = await loadTlsPair({ certFile: '/nowhere/tls.crt', keyFile: '/nowhere/tls.key' }, now);
  assert.deepEqual(pair, { ok: false, error: { file: '/nowhere/tls.crt', reason: 'no such file or folder' } });
});

test('a certificate is refused once it has expired, and before it is valid', async (t) => {
  const { files } = await certificatesIn(await temporaryFolder(t), now);
  const late = await loadTlsPair(files, new Date(now.getTime() + 366 * DAY_MS));
  assert.match(late.ok ? '' : late.error.reason, /^expired on \d{4}-/);
  const early = await loadTlsPair(files, new Date(now.getTime() - DAY_MS));
  assert.match(early.ok ? '' : early.error.reason, /^is not valid before \d{4}-/);
});

test('the CA of client certificates is checked as well', async (t) => {
  const folder = await temporaryFolder(t);
  const { files, caFile } = await certificatesIn(folder, now);
  assert.ok((await loadTlsPair({ ...files, clientCaFile: caFile }, now)).ok);
  const broken = await loadTlsPair({ ...files, clientCaFile: files.keyFile }, now);
  assert.deepEqual(broken, { ok: false, error: { file: files.keyFile, reason: 'holds no PEM certificate' } });
});
