import assert from 'node:assert/strict';
import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureCertificateFolder } from '../../../../src/server/tls/certificate-folder.ts';
import { temporaryFolder } from '../../../support/http-certificates.ts';

const now = new Date();
const FILES = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'];

test('of several that start on an empty folder one makes the certificates, and all serve them', async (t) => {
  const folder = await temporaryFolder(t);
  const all = await Promise.all(Array.from({ length: 6 }, () => ensureCertificateFolder({ folder, now })));
  const made = all.map((one) => (one.ok ? one.value : assert.fail(one.error.reason)));
  assert.deepEqual(made.map(({ outcome }) => outcome.kind).sort(), ['created', ...Array<string>(5).fill('reused')]);
  assert.equal(new Set(made.map(({ ca }) => ca)).size, 1);
  assert.deepEqual((await readdir(folder)).sort(), FILES);
});

test('what a process left behind that died while it made certificates stops nobody for long', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, '.in-use'));
  const before = new Date(now.getTime() - 60_000);
  await utimes(join(folder, '.in-use'), before, before);
  const made = await ensureCertificateFolder({ folder, now });
  assert.ok(made.ok);
  assert.deepEqual((await readdir(folder)).sort(), FILES);
});
