/**
 * The two ports of `serve`, put together from what it has opened: the webhook, and the operations port beside it.
 */
import { randomBytes } from 'node:crypto';
import { count } from '../checks/facts/wording.ts';
import { customKindsOf, type Config } from '../config/settings.ts';
import { settingsVersion } from '../config/settings-version.ts';
import type { LeaseElector } from '../kubernetes/lease/lease-elector.ts';
import type { Logger } from '../log.ts';
import { counted, rulesUnder, type AutoTrip } from '../server/judging/auto-trip.ts';
import { makeJudge, type Terms } from '../server/judging/judge.ts';
import type { Metrics } from '../server/metrics.ts';
import { rulesBelow, type OffSwitch } from '../server/off-switch.ts';
import { modelFigures } from '../server/model-figures.ts';
import { toldOnOwners, type OwnerEvents } from '../server/owner-events.ts';
import { startOperationsServer, type OperationsServer, type ReadinessCheck } from '../server/operations-server.ts';
import type { TlsSource } from '../server/tls/tls-source.ts';
import { startWebhookServer, type WebhookServer } from '../server/webhook-server.ts';
import { expiredExemptions } from './expired-exemptions.ts';
import { CLOCK } from './steady-clock.ts';
import { docsUrlOf, type ServeAddresses, type ServeOptions } from './serve-options.ts';
import type { ServedConfig } from './served-config.ts';
import type { ServedModel } from './served-model.ts';
import type { ServedDecisionLog } from './served-decision-log.ts';

export interface ServedParts {
  readonly options: ServeOptions;
  readonly addresses: ServeAddresses;
  readonly drainDelayMs: number;
  readonly served: ServedModel;
  readonly config: ServedConfig;
  readonly tls: TlsSource;
  readonly decisions: ServedDecisionLog;
  readonly trip: AutoTrip;
  /** Of a live cluster, where one is named. */
  readonly offSwitch: OffSwitch | undefined;
  readonly ownerEvents: OwnerEvents | undefined;
  readonly lease: LeaseElector | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
}

function termsOf(config: Config, options: ServeOptions): Terms {
  const { checks, rules, staleAfterMs } = config;
  return {
    settings: checks,
    rules,
    staleAfterMs,
    docsUrl: docsUrlOf(options, config),
    settingsVersion: settingsVersion(config),
    customKinds: customKindsOf(config),
  };
}

export function openWebhook({
  options,
  addresses,
  drainDelayMs,
  served: { model },
  config,
  tls,
  decisions,
  trip,
  offSwitch,
  ownerEvents,
  log,
  metrics,
}: ServedParts): Promise<WebhookServer> {
  const judge = makeJudge({
    model,
    terms: () => {
      const terms = termsOf(config.current(), options);
      return { ...terms, rules: rulesUnder(trip, rulesBelow(offSwitch, terms.rules)) };
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
    judge: counted(toldOnOwners(judge, ownerEvents), trip),
    limits: { drainDelayMs },
    clientNames: options.clientSubjectNames ?? [],
    log,
    metrics,
  });
}

/** `webhook`: it is ready as long as that one serves. */
export function openOperations(
  { addresses, served, config, tls, trip, offSwitch, lease, log, metrics }: ServedParts,
  webhook: WebhookServer,
): Promise<OperationsServer> {
  const { model } = served;
  metrics.beforeExposition(() => {
    metrics.model(modelFigures(model));
    metrics.autoTripActive(trip.isTripped());
    metrics.leader(lease?.leads() ?? false);
    metrics.offSwitchActive(offSwitch !== undefined && offSwitch.maxMode() !== 'enforce');
    metrics.expiredExemptions(expiredExemptions(config.current().rules, Date.now()).length);
  });
  return startOperationsServer({
    listen: addresses.operations,
    readiness: new Map<string, ReadinessCheck>([
      ['model', () => served.notReady()],
      ...(offSwitch === undefined ? [] : [['off-switch', () => offSwitch.notReady()] as const]),
      ['certificate', () => tls.notReady()],
      ['webhook', () => (webhook.isServing() ? undefined : 'draining')],
    ]),
    remarks: new Map([['model', () => `${count(Math.floor(model.ageSeconds()), 'second')} old`]]),
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
