/**
 * `certs`: makes or renews a CA and a serving certificate in a folder.
 */
import { isIP } from 'node:net';
import type { Command } from 'commander';
import { DEFAULT_SERVING_NAMES, ensureCertificateFolder } from '../server/certificate-folder.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError } from './command-error.ts';

const EXAMPLE = `
Example:
  cilium-bulkhead certs --cert-dir certs --name cilium-bulkhead.cilium-bulkhead.svc`;

const LONGEST_NAME = 253;

interface CertsOptions {
  readonly certDir: string;
  readonly name?: readonly string[];
}

export function certsCommand(program: Command, context: CommandContext): void {
  program
    .command('certs')
    .summary('make or renew a CA and a serving certificate')
    .description(
      'Makes a CA (10 years) and a serving certificate (1 year) with ECDSA P-256 keys, or renews the certificate where it ' +
        'expires within 30 days or lacks a name. Keys are written with mode 0600.',
    )
    .option('--cert-dir <folder>', 'where ca.crt, ca.key, tls.crt and tls.key stand', 'certs')
    .option('--name <name...>', `DNS names and addresses of the server (default: ${DEFAULT_SERVING_NAMES.join(', ')})`)
    .addHelpText('after', EXAMPLE)
    .action(async (options: CertsOptions) => {
      await makeCertificates(options, context);
    });
}

async function makeCertificates({ certDir, name }: CertsOptions, { stdout }: CommandContext): Promise<void> {
  const bad = name?.find((one) => isIP(one) === 0 && !isDnsName(one));
  if (bad !== undefined)
    throw new CommandError([`--name must be a DNS name or an address (is ${JSON.stringify(bad)})`]);
  const made = await ensureCertificateFolder({
    folder: certDir,
    now: new Date(),
    ...(name === undefined ? {} : { names: name }),
  });
  if (!made.ok) throw new CommandError([`${made.error.file}: ${made.error.reason}`]);
  const { outcome, caFile, files, notAfter, ca } = made.value;
  const done = outcome.kind === 'reused' ? 'kept: still valid' : `${outcome.kind}: ${outcome.because}`;
  stdout.write(`${done}\n`);
  stdout.write(
    `CA ${caFile}\ncertificate ${files.certFile}, valid until ${notAfter.toISOString()}\nkey ${files.keyFile}\n`,
  );
  stdout.write(`caBundle ${Buffer.from(ca).toString('base64')}\n`);
}

/** A leading `*.` stands for one label. */
function isDnsName(text: string): boolean {
  const labels = text.replace(/^\*\./, '').split('.');
  return text.length <= LONGEST_NAME && labels.every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(label));
}
