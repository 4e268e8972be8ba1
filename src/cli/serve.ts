/**
 * `serve`: the webhook and its operations port, on a model that was read from files.
 */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Option, type Command } from 'commander';
import { announcement } from './announcement.ts';
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from '../log.ts';
import { AutoTrip, counted, rulesUnder } from '../server/judging/auto-trip.ts';
import { makeJudge, type Terms } from '../server/judging/judge.ts';
import { createMetrics, type Metrics } from '../server/metrics.ts';
import { Model } from '../server/model.ts';
import { modelFigures } from '../server/model-figures.ts';
import { startOperationsServer, type OperationsServer, type ReadinessCheck } from '../server/operations-server.ts';
import type { TlsSource } from '../server/tls/tls-source.ts';
import { startWebhookServer, type WebhookServer } from '../server/webhook-server.ts';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './command-context.ts';
import { frozenModelWarning } from './frozen-model.ts';
import { expiredExemptions } from './expired-exemptions.ts';
import { openDecisionLog, type ServedDecisionLog } from './served-decision-log.ts';
import { servingCertificate, type CertificateOptions } from './serving-certificate.ts';
import { parseListen } from './listen-address.ts';
import type { ListenAddress } from '../server/http/listen.ts';
import { parseDocsUrl } from '../config/docs-url.ts';
import { customKindsOf, type Config } from '../config/settings.ts';
import { openConfig, type ServedConfig } from './served-config.ts';
import { settingsVersion } from '../config/settings-version.ts';
import { Admissions } from '../review/ledger/admissions.ts';
import { strictestModes } from '../review/standing.ts';
import { formatSettings, loadModel } from './load-model.ts';
import { withMode, withSource, type ModeOption, type SourceOptions } from './options.ts';
import { progressOn } from './progress.ts';

/** Where the pages of the findings stand in this repository. */
const DOCS = 'docs';
const MOST_REPLICAS = 100;

const EXAMPLE = `
Example:
  cilium-bulkhead serve --cluster ./cluster --mode enforce --tls-cert-file tls.crt --tls-key-file tls.key`;

interface ServeOptions extends SourceOptions, ModeOption, CertificateOptions {
  readonly listen?: string;
  readonly opsListen?: string;
  readonly clientSubjectNames?: readonly string[];
  readonly shutdownDelay?: string;
  readonly replicas?: string;
  readonly docsUrl?: string;
  readonly decisionLog?: string;
  readonly logLevel: LogLevel;
}

export function serveCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .summary('answer admission reviews over HTTPS')
    .description(
      'Serves the webhook (POST /validate, HTTPS) and an operations port (/livez, /readyz, /metrics, plain HTTP).',
    )
    .addHelpText('after', EXAMPLE)
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
    .option('--cert-dir <folder>', 'where a CA and a serving certificate are made if no files are given', 'certs')
    .option(
      '--shutdown-delay <seconds>',
      'how long everything is still served after SIGTERM (default: 10, with --demo 0)',
    )
    .option('--replicas <number>', 'how many replicas serve the same webhook: rates are divided by them (default: 1)')
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
  withMode(withSource(command)).action(async (options: ServeOptions) => {
    await serve(options, context);
  });
}

/** Comes back when the server has stopped. */
async function serve(options: ServeOptions, context: CommandContext): Promise<void> {
  const addresses = listenAddresses(options);
  const drainDelayMs = shutdownDelayMs(options);
  const replicas = replicasOf(options);
  const log = createLogger({ level: options.logLevel });
  const metrics = createMetrics({ process: true });
  const source = await openConfig(options, { log, metrics });
  const config = source.current();
  const loaded = await loadModel(options, config, progressOn(context.stderr));
  const modes = strictestModes(config.checks, config.rules);
  const model = new Model(loaded.store, CLOCK, new Admissions({ clock: CLOCK, readyReplicas: () => replicas }));
  const decisions = await openDecisionLog(options.decisionLog, { log, metrics, clock: CLOCK });
  const certificate = await servingCertificate(options, { log, metrics }).catch(async (error: unknown) => {
    await decisions.close();
    throw error;
  });
  const trip = new AutoTrip({ clock: CLOCK, log, onTrip: () => metrics.autoTripped() });
  const parts = {
    options,
    addresses,
    drainDelayMs,
    model,
    config: source,
    tls: certificate.source,
    decisions,
    trip,
    log,
    metrics,
  };
  try {
    const webhook = await openWebhook(parts);
    const operations = await openOperations(parts, webhook).catch(async (error: unknown) => {
      await webhook.close();
      throw error;
    });
    const announced = {
      model: formatSettings(model.view().settings),
      objects: loaded.objects,
      modes,
      webhook: webhook.address,
      operations: operations.address,
      ...(options.demo === true && certificate.caFile !== undefined ? { tryWith: { caFile: certificate.caFile } } : {}),
    };
    for (const line of announcement(announced)) context.stdout.write(`${line}\n`);
    for (const note of loaded.notes) log.info('about the source', { note });
    const frozen = options.demo === true ? undefined : frozenModelWarning({ modes });
    if (frozen !== undefined) log.warn(frozen);
    log.info('stopping', { signal: await context.terminated() });
    await webhook.drain();
    await operations.close();
    log.info('stopped');
  } finally {
    certificate.source.close();
    await decisions.close();
    source.close();
  }
}

interface ServeParts {
  readonly options: ServeOptions;
  readonly addresses: { readonly webhook: ListenAddress; readonly operations: ListenAddress };
  readonly drainDelayMs: number;
  readonly model: Model;
  readonly config: ServedConfig;
  readonly tls: TlsSource;
  readonly decisions: ServedDecisionLog;
  readonly trip: AutoTrip;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const CLOCK = (): number => performance.now();

function termsOf(config: Config, options: ServeOptions): Terms {
  const { checks, rules, docsUrl, staleAfterMs } = config;
  const customKinds = customKindsOf(config);
  const docs = options.docsUrl ?? docsUrl ?? DOCS;
  return {
    settings: checks,
    rules,
    staleAfterMs,
    docsUrl: docs.replace(/\/+$/, ''),
    settingsVersion: settingsVersion(config),
    customKinds,
  };
}

function openWebhook({
  options,
  addresses,
  drainDelayMs,
  model,
  config,
  tls,
  decisions,
  trip,
  log,
  metrics,
}: ServeParts): Promise<WebhookServer> {
  const judge = makeJudge({
    model,
    terms: () => {
      const terms = termsOf(config.current(), options);
      return { ...terms, rules: rulesUnder(trip, terms.rules) };
    },
    now: () => Date.now(),
    clock: CLOCK,
    newDecisionId: () => randomBytes(5).toString('hex'),
    onDecision: (decided) => decisions.record(decided),
    log,
    metrics,
  });
  return startWebhookServer({
    listen: addresses.webhook,
    tls,
    judge: counted(judge, trip),
    limits: { drainDelayMs },
    clientNames: options.clientSubjectNames ?? [],
    log,
    metrics,
  });
}

function openOperations(
  { addresses, model, config, tls, trip, log, metrics }: ServeParts,
  webhook: WebhookServer,
): Promise<OperationsServer> {
  metrics.beforeExposition(() => {
    metrics.model(modelFigures(model));
    metrics.autoTripActive(trip.isTripped());
    metrics.expiredExemptions(expiredExemptions(config.current().rules, Date.now()).length);
  });
  return startOperationsServer({
    listen: addresses.operations,
    // The model was read before anything listened.
    readiness: new Map<string, ReadinessCheck>([
      ['model', () => undefined],
      ['certificate', () => tls.notReady()],
      ['webhook', () => (webhook.isServing() ? undefined : 'draining')],
    ]),
    remarks: new Map([['model', () => `${Math.floor(model.ageSeconds())} seconds old`]]),
    actions: new Map([
      [
        '/debug/auto-trip/acknowledge',
        () => (trip.acknowledge() ? 'acknowledged: what is denied is denied again' : 'nothing to acknowledge'),
      ],
    ]),
    metrics,
    log,
  });
}

/** On every address, but the demo on this machine only. */
function listenAddresses({ listen, opsListen, demo }: ServeOptions): ServeParts['addresses'] {
  const host = demo === true ? '127.0.0.1' : '0.0.0.0';
  return {
    webhook: parseListen(listen ?? `${host}:8443`, '--listen'),
    operations: parseListen(opsListen ?? `${host}:8080`, '--ops-listen'),
  };
}

/** Files tell of no replica of ours: whoever starts them knows. */
function replicasOf({ replicas = '1' }: ServeOptions): number {
  const number = Number(replicas);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_REPLICAS) return number;
  throw new CommandError([`--replicas must be a whole number from 1 to ${MOST_REPLICAS} (is "${replicas}")`]);
}

function docsUrlFrom(text: string): string {
  const url = parseDocsUrl(text);
  if (url.ok) return url.value;
  throw new CommandError([`--docs-url ${url.error} (is ${JSON.stringify(text)})`]);
}

function shutdownDelayMs({ shutdownDelay, demo }: ServeOptions): number {
  if (shutdownDelay === undefined) return demo === true ? 0 : 10_000;
  const seconds = Number(shutdownDelay);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 300) return seconds * 1000;
  throw new CommandError([`--shutdown-delay must be between 0 and 300 seconds (is "${shutdownDelay}")`]);
}
