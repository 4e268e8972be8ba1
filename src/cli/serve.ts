/**
 * `serve`: the webhook and its operations port, on a model that was read from files.
 */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { Config } from '../config/settings.ts';
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from '../log.ts';
import { ensureCertificateFolder } from '../server/certificate-folder.ts';
import { makeJudge } from '../server/judge.ts';
import { createMetrics, type Metrics } from '../server/metrics.ts';
import { Model } from '../server/model.ts';
import { modelFigures } from '../server/model-figures.ts';
import { startOperationsServer, type OperationsServer } from '../server/operations-server.ts';
import { openTlsSource, type TlsSource } from '../server/tls-source.ts';
import type { TlsFiles } from '../server/tls-pair.ts';
import { startWebhookServer, type WebhookServer } from '../server/webhook-server.ts';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './command-context.ts';
import { parseListen } from './listen-address.ts';
import { formatSettings, loadModel } from './load-model.ts';
import { configFrom, withMode, withSource, type ModeOption, type SourceOptions } from './options.ts';
import { progressOn } from './progress.ts';

/** Where the pages of the findings stand in this repository. */
const DOCS = 'docs';

interface ServeOptions extends SourceOptions, ModeOption {
  readonly listen?: string;
  readonly opsListen?: string;
  readonly certDir: string;
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  readonly clientCaFile?: string;
  readonly clientSubjectNames?: readonly string[];
  readonly shutdownDelay?: string;
  readonly docsUrl?: string;
  readonly logLevel: LogLevel;
}

export function serveCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .summary('answer admission reviews over HTTPS')
    .description(
      'Serves the webhook (POST /validate, HTTPS) and an operations port (/livez, /readyz, /metrics, plain HTTP).',
    )
    .option('--listen <host:port>', 'where the webhook listens (0.0.0.0:8443; with --demo 127.0.0.1:8443)')
    .option('--ops-listen <host:port>', 'where the operations port listens (0.0.0.0:8080; with --demo 127.0.0.1:8080)')
    .option('--tls-cert-file <file>', 'serving certificate, read again when it changes')
    .option('--tls-key-file <file>', 'its key')
    .option('--client-ca-file <file>', 'ask for client certificates, and accept those that this CA has signed')
    .option(
      '--client-subject-names <name...>',
      'common names of client certificates to accept (default: all of that CA)',
    )
    .option('--cert-dir <folder>', 'where a CA and a serving certificate are made if no files are given', 'certs')
    .option('--shutdown-delay <seconds>', 'how long everything is still served after SIGTERM (10; with --demo 0)')
    .option('--docs-url <url>', 'where the messages say that findings are documented')
    .addOption(
      new Option('--log-level <level>', 'what is logged, as JSON lines on stderr').choices(LOG_LEVELS).default('info'),
    );
  withMode(withSource(command)).action(async (options: ServeOptions) => {
    await serve(options, context);
  });
}

/** Comes back when the server has stopped. */
async function serve(options: ServeOptions, context: CommandContext): Promise<void> {
  const config = await configFrom(options);
  const loaded = await loadModel(options, config, progressOn(context.stderr));
  const log = createLogger({ level: options.logLevel });
  const metrics = createMetrics({ process: true });
  const clock = (): number => performance.now();
  const model = new Model(loaded.store, clock);
  const tls = await tlsFrom(options, { log, metrics });
  const host = options.demo === true ? '127.0.0.1' : '0.0.0.0';
  const judge = makeJudge({
    model,
    settings: config.checks,
    docsUrl: options.docsUrl ?? DOCS,
    clock,
    newDecisionId: () => randomBytes(5).toString('hex'),
    log,
    metrics,
  });
  const delayMs = shutdownDelayMs(options);
  const webhook = await startWebhookServer({
    listen: parseListen(options.listen ?? `${host}:8443`, '--listen'),
    tls: tls.source,
    judge,
    limits: { drainDelayMs: delayMs },
    clientNames: options.clientSubjectNames ?? [],
    log,
    metrics,
  });
  metrics.beforeExposition(() => metrics.model(modelFigures(model)));
  const operations = await operationsFor(options, { host, webhook, metrics, log });
  for (const line of announcement({
    options,
    config,
    loaded: formatSettings(model.view().settings),
    webhook,
    operations,
    tls,
  })) {
    context.stdout.write(`${line}\n`);
  }
  for (const skipped of loaded.skipped) log.info('skipped', { what: skipped });
  await stopOnSignal(context, { webhook, operations, tls: tls.source, log });
}

interface Running {
  readonly webhook: WebhookServer;
  readonly operations: OperationsServer;
  readonly tls: TlsSource;
  readonly log: Logger;
}

async function stopOnSignal(context: CommandContext, { webhook, operations, tls, log }: Running): Promise<void> {
  const signal = await context.terminated();
  log.info('stopping', { signal });
  await webhook.drain();
  await operations.close();
  tls.close();
}

async function operationsFor(
  options: ServeOptions,
  parts: { readonly host: string; readonly webhook: WebhookServer; readonly metrics: Metrics; readonly log: Logger },
): Promise<OperationsServer> {
  const { webhook, metrics, log } = parts;
  return startOperationsServer({
    listen: parseListen(options.opsListen ?? `${parts.host}:8080`, '--ops-listen'),
    readiness: new Map([
      ['model', () => undefined],
      ['webhook', () => (webhook.isServing() ? undefined : 'draining')],
    ]),
    metrics,
    log,
  });
}

interface Tls {
  readonly source: TlsSource;
  /** Where the CA is that a client has to trust; absent for given files. */
  readonly caFile?: string;
}

/** Given files, or a pair that is made on the first start and renewed before it expires. */
async function tlsFrom(
  options: ServeOptions,
  observers: { readonly log: Logger; readonly metrics: Metrics },
): Promise<Tls> {
  const { tlsCertFile, tlsKeyFile, clientCaFile, certDir } = options;
  const clientCa = clientCaFile === undefined ? {} : { clientCaFile };
  if ((tlsCertFile === undefined) !== (tlsKeyFile === undefined)) {
    throw new CommandError(['--tls-cert-file and --tls-key-file go together']);
  }
  if (tlsCertFile !== undefined && tlsKeyFile !== undefined) {
    return { source: await openTls({ certFile: tlsCertFile, keyFile: tlsKeyFile, ...clientCa }, observers) };
  }
  const made = await ensureCertificateFolder({ folder: certDir, now: new Date() });
  if (!made.ok) throw new CommandError([`${made.error.file}: ${made.error.reason}`]);
  const renew = async (): Promise<void> => {
    await ensureCertificateFolder({ folder: certDir, now: new Date() });
  };
  return {
    source: await openTls({ ...made.value.files, ...clientCa }, { ...observers, renew }),
    caFile: made.value.caFile,
  };
}

async function openTls(
  files: TlsFiles,
  options: { readonly log: Logger; readonly metrics: Metrics; readonly renew?: () => Promise<void> },
): Promise<TlsSource> {
  const source = await openTlsSource({ files, ...options });
  if (source.ok) return source.value;
  throw new CommandError([`${source.error.file}: ${source.error.reason}`]);
}

function shutdownDelayMs({ shutdownDelay, demo }: ServeOptions): number {
  if (shutdownDelay === undefined) return demo === true ? 0 : 10_000;
  const seconds = Number(shutdownDelay);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 300) return seconds * 1000;
  throw new CommandError([`--shutdown-delay must be between 0 and 300 seconds (is "${shutdownDelay}")`]);
}

interface Announced {
  readonly options: ServeOptions;
  readonly config: Config;
  readonly loaded: string;
  readonly webhook: WebhookServer;
  readonly operations: OperationsServer;
  readonly tls: Tls;
}

/** What is served, where, and what to try. The first two lines are for programs. */
function announcement({ options, config, loaded, webhook, operations, tls }: Announced): readonly string[] {
  const webhookUrl = urlOf('https', webhook.address, '/validate');
  const operationsUrl = urlOf('http', operations.address, '');
  const modes = [...new Set(Object.values(config.checks.modes))].join(', ');
  const lines = [`webhook ${webhookUrl}`, `operations ${operationsUrl}`, `model ${loaded}, modes: ${modes}`];
  if (options.demo !== true || tls.caFile === undefined) return lines;
  const review = join('examples', 'reviews', '02-label-churn.json');
  return [
    ...lines,
    '',
    'Try:',
    `  curl --cacert ${tls.caFile} -H 'Content-Type: application/json' -d @${review} '${webhookUrl}?timeout=3s'`,
    `  curl '${operationsUrl}/readyz?verbose'`,
    '  npm run -s cli -- audit --demo',
    'In mode audit findings are recorded and nothing is denied; start with --mode enforce to see denials. Ctrl-C stops.',
  ];
}

function urlOf(scheme: string, { address, family, port }: WebhookServer['address'], path: string): string {
  const host = family === 'IPv6' ? `[${address}]` : address;
  return `${scheme}://${host}:${port}${path}`;
}
