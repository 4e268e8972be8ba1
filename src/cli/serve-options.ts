/**
 * What the command line of `serve` says: its options, and what each means where it is left out.
 */
import { Option, type Command } from 'commander';
import { parseDocsUrl } from '../config/docs-url.ts';
import type { Config } from '../config/settings.ts';
import { LOG_LEVELS, type LogLevel } from '../log.ts';
import type { ListenAddress } from '../server/http/listen.ts';
import { CommandError } from './command-error.ts';
import { parseListen } from './listen-address.ts';
import type { LiveSourceOptions, ModeOption, SourceOptions } from './options.ts';
import type { CertificateOptions } from './serving-certificate.ts';
import { withSharedCertificateOptions, type SharedCertificateFlags } from './shared-certificate.ts';

/** Where the pages of the findings stand in this repository. */
const DOCS = 'docs';
const MOST_REPLICAS = 100;

export interface ServeOptions
  extends SourceOptions, LiveSourceOptions, ModeOption, CertificateOptions, SharedCertificateFlags {
  readonly listen?: string;
  readonly opsListen?: string;
  readonly clientSubjectNames?: readonly string[];
  readonly shutdownDelay?: string;
  readonly replicas?: string;
  readonly offSwitch?: string;
  readonly ownerEvents?: boolean;
  readonly lease?: string;
  readonly docsUrl?: string;
  readonly decisionLog?: string;
  readonly logLevel: LogLevel;
}

export function withServeOptions(command: Command): Command {
  return withSharedCertificateOptions(withPorts(command))
    .option(
      '--shutdown-delay <seconds>',
      'how long everything is still served after SIGTERM (default: 10, with --demo 0)',
    )
    .option('--replicas <number>', 'how many replicas serve the same webhook: rates are divided by them (default: 1)')
    .option(
      '--off-switch <namespace/name>',
      'a ConfigMap of the live cluster, watched: its key maxMode caps every mode, within moments',
    )
    .option(
      '--lease <namespace/name>',
      'a Lease of the live cluster, made where there is none: of several replicas who holds it leads',
    )
    .option('--owner-events', 'tell denials to controllers of Kubernetes in Events on the owners, in the live cluster')
    .option(
      '--docs-url <url>',
      `where docs/ of this repository can be opened: messages link to <url>/checks/<check>.md (default: that of the configuration, else ${DOCS})`,
      docsUrlFrom,
    )
    .option(
      '--decision-log <file>',
      'append every decision to this file, a JSON line each, as explain DECISION-ID --log reads it; may be rotated by renaming',
    )
    .addOption(
      new Option('--log-level <level>', 'what is logged, as JSON lines on stderr').choices(LOG_LEVELS).default('info'),
    );
}

function withPorts(command: Command): Command {
  return command
    .option('--listen <host:port>', 'where the webhook listens (default: 0.0.0.0:8443, with --demo 127.0.0.1:8443)')
    .option(
      '--ops-listen <host:port>',
      'where the operations port listens (default: 0.0.0.0:8080, with --demo 127.0.0.1:8080)',
    )
    .option('--tls-cert-file <file>', 'the serving certificate, read again when it changes')
    .option('--tls-key-file <file>', 'its key')
    .option('--client-ca-file <file>', 'ask for client certificates, and accept those that this CA has signed')
    .option(
      '--client-subject-names <name...>',
      'common names of client certificates to accept (default: all of that CA)',
    )
    .option('--cert-dir <folder>', 'where a CA and a serving certificate are made if no files are given', 'certs');
}

export interface ServeAddresses {
  readonly webhook: ListenAddress;
  readonly operations: ListenAddress;
}

/** On every address, but the demo on this machine only. */
export function listenAddresses({ listen, opsListen, demo }: ServeOptions): ServeAddresses {
  const host = demo === true ? '127.0.0.1' : '0.0.0.0';
  return {
    webhook: parseListen(listen ?? `${host}:8443`, '--listen'),
    operations: parseListen(opsListen ?? `${host}:8080`, '--ops-listen'),
  };
}

/** Files tell of no replica of ours: whoever starts them knows. */
export function replicasOf({ replicas = '1' }: ServeOptions): number {
  const number = Number(replicas);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_REPLICAS) return number;
  throw new CommandError([`--replicas must be a whole number from 1 to ${MOST_REPLICAS} (is "${replicas}")`]);
}

/** Without a slash at the end. */
export function docsUrlOf(options: Pick<ServeOptions, 'docsUrl'>, config: Pick<Config, 'docsUrl'>): string {
  return (options.docsUrl ?? config.docsUrl ?? DOCS).replace(/\/+$/, '');
}

function docsUrlFrom(text: string): string {
  const url = parseDocsUrl(text);
  if (url.ok) return url.value;
  throw new CommandError([`--docs-url ${url.error} (is ${JSON.stringify(text)})`]);
}

export function shutdownDelayMs({ shutdownDelay, demo }: ServeOptions): number {
  if (shutdownDelay === undefined) return demo === true ? 0 : 10_000;
  const seconds = Number(shutdownDelay);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 300) return seconds * 1000;
  throw new CommandError([`--shutdown-delay must be between 0 and 300 seconds (is "${shutdownDelay}")`]);
}
