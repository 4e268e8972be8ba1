/**
 * The metrics that /metrics serves; metrics/ is the one home of prom-client.
 *
 * Times are in seconds, as Prometheus asks.
 * Invariant: the number of series is bounded, whatever is asked of the webhook.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { modelMetrics, type ModelMetrics } from './metrics/model-metrics.ts';
import { operationMetrics, type OperationMetrics } from './metrics/operation-metrics.ts';
import { watchMetrics, type WatchMetrics } from './metrics/watch-metrics.ts';
import { reviewMetrics, type ReviewMetrics } from './metrics/review-metrics.ts';

export interface Metrics extends ReviewMetrics, OperationMetrics, ModelMetrics, WatchMetrics {
  /** Called before each exposition, for gauges that are cheaper to compute than to keep up. */
  readonly beforeExposition: (refresh: () => void) => void;
  readonly exposition: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface MetricsOptions {
  /** CPU, memory, garbage collection and event loop of this process. */
  readonly process: boolean;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  const refreshers: (() => void)[] = [];
  return {
    ...reviewMetrics(registry),
    ...operationMetrics(registry),
    ...modelMetrics(registry),
    ...watchMetrics(registry),
    beforeExposition: (refresh) => void refreshers.push(refresh),
    exposition: async () => {
      for (const refresh of refreshers) refresh();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
