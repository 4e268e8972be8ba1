/**
 * `serve`: the webhook and its operations port, on a model that was read from files.
 */
import type { Command } from 'commander';
import { announcement } from './announcement.ts';
import { createLogger } from '../log.ts';
import { AutoTrip } from '../server/judging/auto-trip.ts';
import { createMetrics } from '../server/metrics.ts';
import { Model } from '../server/model.ts';
import type { CommandContext } from './command-context.ts';
import { frozenModelWarning } from './frozen-model.ts';
import { openDecisionLog } from './served-decision-log.ts';
import { servingCertificate } from './serving-certificate.ts';
import { openConfig } from './served-config.ts';
import { CLOCK, openOperations, openWebhook } from './served-ports.ts';
import { Admissions } from '../review/ledger/admissions.ts';
import { strictestModes } from '../review/standing.ts';
import { formatSettings, loadModel } from './load-model.ts';
import { withMode, withSource } from './options.ts';
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
  withMode(withSource(withServeOptions(command))).action(async (options: ServeOptions) => {
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
      ...(options.demo === true && certificate.caFile !== undefined
        ? { tryWith: { caFile: certificate.caFile, configured: options.config !== undefined } }
        : {}),
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
