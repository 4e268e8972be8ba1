/**
 * Certificate folders for tests: one for a whole test file, and one's own where a test changes its files.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificateFolder } from '../../src/server/tls/certificate-folder.ts';
import type { CertificateFolder } from '../../src/server/tls/certificate-folder.ts';

export async function temporaryFolder(t: { readonly after: (cleanUp: () => Promise<void>) => void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cilium-bulkhead-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes or renews the pair of a folder as if the time were `now`. */
export async function certificatesIn(folder: string, now = new Date()): Promise<CertificateFolder> {
  const result = await ensureCertificateFolder({ folder, now });
  if (!result.ok) throw new Error(`${result.error.file} ${result.error.reason}`);
  return result.value;
}
