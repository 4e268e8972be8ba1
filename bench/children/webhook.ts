/**
 * The webhook as `serve` puts it together, on the workload, with every check enforced.
 */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { createLogger } from '../../src/log.ts';
import { tlsFilesIn } from '../../src/server/tls/certificate-files.ts';
import { DEFAULT_RULES } from '../../src/review/decision-rules.ts';
import { makeJudge, type Terms } from '../../src/server/judging/judge.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { Model } from '../../src/server/model.ts';
import { openTlsSource } from '../../src/server/tls/tls-source.ts';
import { startWebhookServer } from '../../src/server/webhook-server.ts';
import { argument } from './argument.ts';
import { ENFORCED } from './enforced.ts';
import { loadedStore } from './loaded-store.ts';
import { recount } from './recount.ts';
import { reportAsServer } from './reporting.ts';

const CLASSES_TO_VERIFY = 300;

const log = createLogger({ level: 'error' });
const metrics = createMetrics({ process: true });
const clock = (): number => performance.now();
const model = new Model(await loadedStore(argument(1)), clock);
const tls = await openTlsSource({ files: tlsFilesIn(argument(0)), log, metrics });
if (!tls.ok) throw new Error(`${tls.error.file}: ${tls.error.reason}`);
const TERMS: Terms = { settings: ENFORCED, rules: DEFAULT_RULES, docsUrl: 'docs', settingsVersion: 'bench' };
const judge = makeJudge({
  model,
  terms: () => TERMS,
  now: () => Date.now(),
  clock,
  newDecisionId: () => randomBytes(5).toString('hex'),
  log,
  metrics,
});
const server = await startWebhookServer({
  listen: { host: '127.0.0.1', port: 0 },
  tls: tls.value,
  judge,
  // On a busy machine the event loop lags, and the overload answer is not what is measured.
  limits: { maxLagMs: Infinity },
  log,
  metrics,
});
reportAsServer(server.address.port, () => ({
  type: 'verified',
  recount: recount(model.view(), { wanted: CLASSES_TO_VERIFY, seed: 1 }),
}));
