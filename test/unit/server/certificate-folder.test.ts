import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_SERVING_NAMES, ensureCertificateFolder } from '../../../src/server/certificate-folder.ts';
import { certificatesIn, temporaryFolder } from '../../support/http-certificates.ts';

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

test('an authority that ends before a new certificate would is replaced', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await certificatesIn(folder, now);
  const later = await certificatesIn(folder, inDays(3650 - 364));
  assert.equal(later.outcome.kind, 'created');
  assert.notEqual(later.ca, first.ca);
});

type Damage = (folder: string) => Promise<void>;
const damages: readonly (readonly [name: string, damage: Damage, outcome: 'renewed' | 'created'])[] = [
  ['the serving key is missing', (folder) => rm(join(folder, 'tls.key')), 'renewed'],
  ['the serving certificate is cut off', (folder) => writeFile(join(folder, 'tls.crt'), '-----BEGIN'), 'renewed'],
  ['the serving key is another', (folder) => swap(folder, 'ca.key', 'tls.key'), 'renewed'],
  ['the certificate is of another authority', fromElsewhere, 'renewed'],
  ['the authority is missing', (folder) => rm(join(folder, 'ca.crt')), 'created'],
  ['the key of the authority is another', (folder) => swap(folder, 'tls.key', 'ca.key'), 'created'],
  ['the authority is a serving certificate', servingAsAuthority, 'created'],
];

for (const [name, damage, outcome] of damages) {
  test(`where ${name}, a pair that serves is ${outcome}`, async (t) => {
    const folder = await temporaryFolder(t);
    await certificatesIn(folder, now);
    await damage(folder);
    const repaired = await certificatesIn(folder, now);
    assert.equal(repaired.outcome.kind, outcome);
    const authority = await certificate(repaired.caFile);
    assert.ok((await certificate(repaired.files.certFile)).verify(authority.publicKey));
    assert.equal((await certificatesIn(folder, now)).outcome.kind, 'reused');
  });
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
