/**
 * `certs`: makes or renews a CA and a serving certificate in a folder.
 */
import type { Command } from 'commander';
import {
  DEFAULT_SERVING_NAMES,
  ensureCertificateFolder,
  type CertificateFolder,
} from '../server/tls/certificate-folder.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError } from './command-error.ts';
import { certificateFolderProblem } from './serving-certificate.ts';
import { checkServingNames } from './serving-names.ts';

const EXAMPLE = `
Example:
  cilium-bulkhead certs --cert-dir certs --name cilium-bulkhead.cilium-bulkhead.svc`;

interface CertsOptions {
  readonly certDir: string;
  readonly name?: readonly string[];
  readonly force?: boolean;
}

export function certsCommand(program: Command, context: CommandContext): void {
  program
    .command('certs')
    .summary('make or renew a CA and a serving certificate')
    .description(
      'Makes a CA (10 years) and a serving certificate (1 year) with ECDSA P-256 keys, or renews the certificate where it ' +
        'expires within 30 days or lacks a name. A CA that is there is not replaced unasked. Keys are written with mode 0600.',
    )
    .option('--cert-dir <folder>', 'where ca.crt, ca.key, tls.crt and tls.key stand', 'certs')
    .option('--name <name...>', `DNS names and addresses of the server (default: ${DEFAULT_SERVING_NAMES.join(', ')})`)
    .option('--force', 'make a new CA where that of the folder is not complete, is broken or ends within a year')
    .addHelpText('after', EXAMPLE)
    .action(async (options: CertsOptions) => {
      await makeCertificates(options, context);
    });
}

async function makeCertificates({ certDir, name, force }: CertsOptions, { stdout }: CommandContext): Promise<void> {
  if (name !== undefined) checkServingNames(name, '--name');
  const made = await ensureCertificateFolder({
    folder: certDir,
    now: new Date(),
    replace: force === true,
    ...(name === undefined ? {} : { names: name }),
  });
  if (!made.ok) throw new CommandError([certificateFolderProblem(made.error)]);
  const { outcome, caFile, files, notAfter, ca } = made.value;
  for (const line of doneLines(outcome)) stdout.write(`${line}\n`);
  stdout.write(
    `CA ${caFile}\ncertificate ${files.certFile}, valid until ${notAfter.toISOString()}\nkey ${files.keyFile}\n`,
  );
  stdout.write(`caBundle ${Buffer.from(ca).toString('base64')}\n`);
}

function doneLines(outcome: CertificateFolder['outcome']): readonly string[] {
  switch (outcome.kind) {
    case 'reused':
      return ['kept: still valid'];
    case 'created':
      return ['created: there was none'];
    case 'renewed':
      return [`renewed: ${outcome.because}`];
    case 'replaced':
      return [`replaced: ${outcome.because}`, 'new CA: update every caBundle that holds the former one'];
  }
}
