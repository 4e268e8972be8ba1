/**
 * `serve`: the webhook and its operations port, on a model of files or of a live cluster.
 */
import type { Command } from 'commander';
import { announcement } from './announcement.ts';
import { createLogger } from '../log.ts';
import { AutoTrip } from '../server/judging/auto-trip.ts';
import { createMetrics } from '../server/metrics.ts';
import type { CommandContext } from './command-context.ts';
import { frozenModelWarning } from './frozen-model.ts';
import { openDecisionLog } from './served-decision-log.ts';
import { certificateOfFiles } from './serving-certificate.ts';
import { checkSharedCertificate, servedSharedCertificate } from './shared-certificate.ts';
import { openConfig } from './served-config.ts';
import { CLOCK } from './steady-clock.ts';
import { openOperations, openWebhook, type ServedParts } from './served-ports.ts';
import { checkOffSwitch, servedOffSwitch } from './served-off-switch.ts';
import { checkLease, servedLease } from './served-lease.ts';
import { checkOwnerEvents, servedOwnerEvents } from './served-owner-events.ts';
import type { OperationsServer } from '../server/operations-server.ts';
import type { WebhookServer } from '../server/webhook-server.ts';
import { strictestModes } from '../review/standing.ts';
import { clusterSource } from './cluster-source.ts';
import { openModel } from './open-model.ts';
import { withLiveSource, withMode, withSource } from './options.ts';
import { progressOn } from './progress.ts';
import { listenAddresses, replicasOf, shutdownDelayMs, withServeOptions, type ServeOptions } from './serve-options.ts';

const EXAMPLE = `
Example:
  cilium-bulkhead serve --cluster ./cluster --mode enforce --tls-cert-file tls.crt --tls-key-file tls.key`;

export function serveCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .summary('answer admission reviews over HTTPS')
    .description(
      'Serves the webhook (POST /validate, HTTPS) and an operations port (/livez, /readyz, /metrics, plain HTTP).',
    )
    .addHelpText('after', EXAMPLE);
  withMode(withLiveSource(withSource(withServeOptions(command)))).action(async (options: ServeOptions) => {
    await serve(options, context);
  });
}

/** Comes back when the server has stopped. */
async function serve(options: ServeOptions, context: CommandContext): Promise<void> {
  const addresses = listenAddresses(options);
  const drainDelayMs = shutdownDelayMs(options);
  const replicas = replicasOf(options);
  const source = clusterSource(options, context);
  checkOffSwitch(options, source);
  checkOwnerEvents(options, source);
  checkLease(options, source);
  checkSharedCertificate(options);
  const log = createLogger({ level: options.logLevel });
  const metrics = createMetrics({ process: true });
  const config = await openConfig(options, { log, metrics });
  const progress = progressOn(context.stderr);
  try {
    const served = await openModel({ options, config: config.current(), source, replicas, progress, log, metrics });
    const offSwitch = servedOffSwitch(options, served, log);
    const ownerEvents = servedOwnerEvents(options, served, { log, metrics });
    const lease = servedLease(options, served, log);
    try {
      await serveModel(
        { options, addresses, drainDelayMs, served, config, offSwitch, ownerEvents, lease, log, metrics },
        context,
      );
    } finally {
      await lease?.stop();
      await offSwitch?.stop();
      await ownerEvents?.close();
      await served.close();
    }
  } finally {
    config.close();
  }
}

type Prepared = Omit<ServedParts, 'tls' | 'decisions' | 'trip'>;

async function serveModel(prepared: Prepared, context: CommandContext): Promise<void> {
  const { options, served, log, metrics } = prepared;
  const decisions = await openDecisionLog(options.decisionLog, { log, metrics, clock: CLOCK });
  const shared = servedSharedCertificate(options, prepared);
  const certificate = await (shared ?? certificateOfFiles(options, { log, metrics })).catch(async (error: unknown) => {
    await decisions.close();
    throw error;
  });
  const trip = new AutoTrip({ clock: CLOCK, log, onTrip: () => metrics.autoTripped() });
  const parts = { ...prepared, tls: certificate.source, decisions, trip };
  try {
    const webhook = await openWebhook(parts);
    const operations = await openOperations(parts, webhook).catch(async (error: unknown) => {
      await webhook.close();
      throw error;
    });
    announce({ webhook, operations, caFile: certificate.caFile }, parts, context);
    for (const note of served.notes) log.info('about the source', { note });
    log.info('stopping', { signal: await context.terminated() });
    // Who takes over need not wait until this one is drained.
    await Promise.all([webhook.drain(), parts.lease?.stop()]);
    await operations.close();
    log.info('stopped');
  } finally {
    await certificate.close();
    await decisions.close();
  }
}

interface Opened {
  readonly webhook: WebhookServer;
  readonly operations: OperationsServer;
  readonly caFile: string | undefined;
}

function announce({ webhook, operations, caFile }: Opened, parts: ServedParts, context: CommandContext): void {
  const { options, served, config, log } = parts;
  const { checks, rules } = config.current();
  const modes = strictestModes(checks, rules);
  const announced = {
    model: served.title,
    modes,
    webhook: webhook.address,
    operations: operations.address,
    ...(options.demo === true && caFile !== undefined
      ? { tryWith: { caFile, configured: options.config !== undefined } }
      : {}),
  };
  for (const line of announcement(announced)) context.stdout.write(`${line}\n`);
  const frozen = served.isFrozen ? frozenModelWarning({ modes }) : undefined;
  if (frozen !== undefined) log.warn(frozen);
}
