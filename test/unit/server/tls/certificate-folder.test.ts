import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeServingCertificate, type PemPair } from '../../../../src/server/tls/certificates.ts';
import { DEFAULT_SERVING_NAMES, ensureCertificateFolder } from '../../../../src/server/tls/certificate-folder.ts';
import { certificatesIn, temporaryFolder } from '../../../support/http-certificates.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const now = new Date();
const inDays = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
const certificate = async (file: string): Promise<X509Certificate> => new X509Certificate(await readFile(file));

test('an empty folder gets an authority for ten years and a certificate for one, both ECDSA P-256', async (t) => {
  const made = await certificatesIn(await temporaryFolder(t), now);
  const authority = await certificate(made.caFile);
  const leaf = await certificate(made.files.certFile);
  assert.equal(made.outcome.kind, 'created');
  for (const { publicKey } of [authority, leaf]) {
    assert.equal(publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  }
  assert.ok(authority.ca && !leaf.ca);
  assert.ok(leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
  assert.ok(Math.abs(authority.validToDate.getTime() - inDays(3650).getTime()) < 2_000);
  assert.ok(Math.abs(leaf.validToDate.getTime() - inDays(365).getTime()) < 2_000);
  assert.ok(leaf.validFromDate < now);
});

test('the certificate names every host it is reached by', async (t) => {
  const made = await certificatesIn(await temporaryFolder(t), now);
  const leaf = await certificate(made.files.certFile);
  for (const name of DEFAULT_SERVING_NAMES) assert.ok(leaf.checkHost(name) ?? leaf.checkIP(name), name);
  assert.equal(leaf.checkHost('example.com'), undefined);
});

test('keys are readable by their owner only, and nothing else is left in the folder', async (t) => {
  const folder = await temporaryFolder(t);
  await certificatesIn(folder, now);
  assert.deepEqual((await readdir(folder)).sort(), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
  for (const file of ['ca.key', 'tls.key']) {
    assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
  }
});

test('a folder that serves is left alone, until 30 days before its certificate ends', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await certificatesIn(folder, now);
  const before = await readFile(first.files.certFile, 'utf8');
  assert.deepEqual((await certificatesIn(folder, inDays(334))).outcome, { kind: 'reused' });
  assert.equal(await readFile(first.files.certFile, 'utf8'), before);
  const renewed = await certificatesIn(folder, inDays(336));
  assert.equal(renewed.outcome.kind, 'renewed');
  assert.equal(renewed.ca, first.ca);
  assert.notEqual(await readFile(first.files.certFile, 'utf8'), before);
});

test('a host that the certificate does not name renews it', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await certificatesIn(folder, now);
  const result = await ensureCertificateFolder({ folder, now, names: ['bulkhead.example.com', '10.0.0.1'] });
  assert.ok(result.ok && result.value.outcome.kind === 'renewed');
  assert.match(result.value.outcome.because, /does not name "bulkhead\.example\.com"/);
  assert.equal(result.value.ca, first.ca);
});

test('a certificate that serves stays, though its authority ends before a new one would', async (t) => {
  const folder = await temporaryFolder(t);
  await certificatesIn(folder, now);
  const late = inDays(3650 - 364);
  const { cert, key } = await makeServingCertificate(await authorityIn(folder), DEFAULT_SERVING_NAMES, {
    notBefore: now,
    notAfter: inDays(3650),
  });
  await writeFile(join(folder, 'tls.crt'), cert);
  await writeFile(join(folder, 'tls.key'), key);
  assert.deepEqual((await certificatesIn(folder, late)).outcome, { kind: 'reused' });
});

type Damage = (folder: string) => Promise<void>;
const repaired: readonly (readonly [name: string, damage: Damage])[] = [
  ['the serving pair is missing', (folder) => remove(folder, 'tls.crt', 'tls.key')],
  ['the serving key is missing', (folder) => remove(folder, 'tls.key')],
  ['the serving certificate is cut off', (folder) => writeFile(join(folder, 'tls.crt'), '-----BEGIN')],
  ['the serving key is another', (folder) => swap(folder, 'ca.key', 'tls.key')],
];

for (const [name, damage] of repaired) {
  test(`where ${name}, the authority that is there signs a new pair`, async (t) => {
    const folder = await temporaryFolder(t);
    const first = await certificatesIn(folder, now);
    await damage(folder);
    const repaired = await certificatesIn(folder, now);
    assert.equal(repaired.outcome.kind, 'renewed');
    assert.equal(repaired.ca, first.ca);
    const authority = await certificate(repaired.caFile);
    assert.ok((await certificate(repaired.files.certFile)).verify(authority.publicKey));
    assert.equal((await certificatesIn(folder, now)).outcome.kind, 'reused');
  });
}

const kept: readonly (readonly [name: string, damage: Damage, file: string])[] = [
  ['the key of the authority is missing', (folder) => remove(folder, 'ca.key'), 'ca.key'],
  ['the authority is missing', (folder) => remove(folder, 'ca.crt'), 'ca.crt'],
  ['only a serving pair is there', (folder) => remove(folder, 'ca.crt', 'ca.key'), 'ca.crt'],
  ['the key of the authority is another', (folder) => swap(folder, 'tls.key', 'ca.key'), 'ca.key'],
  ['the authority is a serving certificate', servingAsAuthority, 'ca.crt'],
  ['the serving certificate is of another authority', fromElsewhere, 'tls.crt'],
];

for (const [name, damage, file] of kept) {
  test(`where ${name}, nothing is replaced unless that is asked for`, async (t) => {
    const folder = await temporaryFolder(t);
    await certificatesIn(folder, now);
    await damage(folder);
    const before = await contentsOf(folder);
    const refused = await ensureCertificateFolder({ folder, now });
    assert.ok(!refused.ok);
    assert.equal(refused.error.file, join(folder, file));
    assert.match(refused.error.reason, /certs --force/);
    assert.deepEqual(await contentsOf(folder), before);

    const forced = await ensureCertificateFolder({ folder, now, replace: true });
    assert.ok(forced.ok);
    const authority = await certificate(forced.value.caFile);
    assert.ok((await certificate(forced.value.files.certFile)).verify(authority.publicKey));
    assert.equal((await certificatesIn(folder, now)).outcome.kind, 'reused');
  });
}

test('an authority that ends before a new certificate would is replaced only when that is asked for', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await certificatesIn(folder, now);
  const late = inDays(3650 - 364);
  const refused = await ensureCertificateFolder({ folder, now: late });
  assert.ok(!refused.ok && refused.error.file === first.caFile);
  const forced = await ensureCertificateFolder({ folder, now: late, replace: true });
  assert.ok(forced.ok);
  assert.equal(forced.value.outcome.kind, 'replaced');
  assert.notEqual(forced.value.ca, first.ca);
});

async function remove(folder: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name));
}

async function contentsOf(folder: string): Promise<readonly (readonly [string, string])[]> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const names = files.map(({ name }) => name).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const));
}

async function authorityIn(folder: string): Promise<PemPair> {
  const [cert, key] = await Promise.all(['ca.crt', 'ca.key'].map((name) => readFile(join(folder, name), 'utf8')));
  assert.ok(cert !== undefined && key !== undefined);
  return { cert, key };
}

async function swap(folder: string, from: string, to: string): Promise<void> {
  await writeFile(join(folder, to), await readFile(join(folder, from)));
}

async function servingAsAuthority(folder: string): Promise<void> {
  await swap(folder, 'tls.crt', 'ca.crt');
  await swap(folder, 'tls.key', 'ca.key');
}

async function fromElsewhere(folder: string): Promise<void> {
  const elsewhere = join(folder, 'elsewhere');
  await certificatesIn(elsewhere, now);
  for (const file of ['tls.crt', 'tls.key']) await writeFile(join(folder, file), await readFile(join(elsewhere, file)));
}

test('a folder that is a file is a fault that names it', async (t) => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  const result = await ensureCertificateFolder({ folder: file, now });
  assert.deepEqual(result, { ok: false, error: { file, reason: 'is a file where a folder has to be' } });
});

test('a folder in folders that are not there yet is made', async (t) => {
  const folder = join(await temporaryFolder(t), 'a', 'b');
  assert.equal((await certificatesIn(folder, now)).outcome.kind, 'created');
});

const onLinux = { skip: process.platform === 'linux' ? false : 'needs /proc, which takes no new files' };

test('a folder that no file system takes is a fault that names it, and soon', onLinux, async () => {
  const folder = '/proc/cilium-bulkhead/certs';
  const result = await ensureCertificateFolder({ folder, now });
  assert.deepEqual(result, { ok: false, error: { file: folder, reason: 'cannot be made there: name another folder' } });
});

test('a folder that may not be written to is named, and not the file that would have been in it', onLinux, async () => {
  const result = await ensureCertificateFolder({ folder: '/proc', now });
  assert.ok(!result.ok);
  assert.equal(result.error.file, '/proc');
});
