/**
 * A webhook on 127.0.0.1 that judges against a model, and the requests that an API server would send it.
 */
import { performance } from 'node:perf_hooks';
import { CHECK_IDS, type CheckId } from '../../src/checks/facts/finding-facts.ts';
import { DEFAULT_CHECK_SETTINGS, type CheckSettings, type Mode } from '../../src/checks/settings.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { groupVersionKindOf } from '../../src/kubernetes/decode/decode-object.ts';
import { withServerDefaults } from '../../src/kubernetes/decode/defaults.ts';
import { kindEntry, type KindEntry } from '../../src/kubernetes/decode/kinds.ts';
import { DEFAULT_RULES, type DecisionRules } from '../../src/review/decision-rules.ts';
import { makeJudge } from '../../src/server/judging/judge.ts';
import { Model } from '../../src/server/model.ts';
import { createMetrics, type Metrics } from '../../src/server/metrics.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { readableLog } from './http-log.ts';
import type { Json } from './objects.ts';

export function settingsIn(mode: Mode): CheckSettings {
  const modes = Object.fromEntries(CHECK_IDS.map((id) => [id, mode])) as Record<CheckId, Mode>;
  return { ...DEFAULT_CHECK_SETTINGS, modes };
}

export interface JudgedCluster {
  readonly model: Model;
  readonly judge: Judge;
}

/** Metrics of its own unless told otherwise. */
export function judgedCluster(
  store: ClusterStore,
  settings: CheckSettings,
  metrics: Metrics = createMetrics({ process: false }),
  rules: DecisionRules = DEFAULT_RULES,
  customKinds: readonly KindEntry[] = [],
): JudgedCluster {
  const clock = (): number => performance.now();
  const model = new Model(store, clock);
  let decisions = 0;
  const judge = makeJudge({
    model,
    terms: () => ({ settings, rules, docsUrl: 'docs', settingsVersion: 'test', customKinds }),
    now: () => Date.now(),
    clock,
    newDecisionId: () => `test-${(decisions += 1)}`,
    log: readableLog('silent').log,
    metrics,
  });
  return { model, judge };
}

/** What an API server has filled in by the time it asks. */
export function stored(raw: Json): Json {
  const gvk = groupVersionKindOf(raw);
  const entry = gvk.ok ? kindEntry(gvk.value) : undefined;
  if (entry === undefined) throw new Error('a test sends an object of a kind that is not read');
  return withServerDefaults(raw, entry, {}) as Json;
}

/** The `request` of a review of this object. */
export function requestFor(uid: string, object: Json, oldObject?: Json, customKinds: readonly KindEntry[] = []): Json {
  const gvk = groupVersionKindOf(object);
  const entry = gvk.ok ? kindEntry(gvk.value, customKinds) : undefined;
  if (!gvk.ok || entry === undefined) throw new Error('a test sends an object of a kind that is not read');
  const { namespace, name } = object['metadata'] as { readonly namespace?: string; readonly name: string };
  const { group, version } = gvk.value;
  return {
    uid,
    kind: gvk.value,
    resource: { group, version, resource: entry.resource },
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    name,
    namespace: namespace ?? (entry.kind === 'Namespace' ? name : ''),
    userInfo: { username: 'somebody', groups: ['system:authenticated'] },
    object,
    oldObject: oldObject ?? null,
    dryRun: false,
  };
}
