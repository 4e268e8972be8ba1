/**
 * The metrics that /metrics serves, and the one home of prom-client.
 *
 * Names are in Cilium's manner (`cilium_...`), times in seconds, as Prometheus asks.
 * Invariant: the number of series is bounded. A label value comes from our own lists, or is `other`; nothing of a request's
 * own text becomes one, but for the ten label keys at most in which the self-check finds pods to differ.
 * Cost: an answered review is two map look-ups; gauges of the model are filled when somebody reads them.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { POLICY_KINDS, WORKLOAD_KINDS } from '../cilium/objects.ts';
import type { Kind } from '../cilium/objects.ts';
import type { SelfCheckFigures } from '../cluster/self-check/self-check.ts';
import type { JudgedFinding } from '../review/results.ts';
import type { DropReason } from '../decision-log/decision-log.ts';
import type { HandshakeFault } from './tls/handshake-faults.ts';

export type ReviewDecision = 'allow' | 'deny' | 'unknown';

export interface AnsweredReview {
  /** As the review names them: outside text. */
  readonly kind: string;
  readonly operation: string;
  readonly decision: ReviewDecision;
  readonly seconds: number;
}

export interface ModelFigures {
  readonly objects: ReadonlyMap<Kind, number>;
  readonly revision: number;
  /** Unused ones included. */
  readonly identitiesInUse: number;
  readonly identitiesUnused: number;
  readonly identitySpace: number;
  /** Absent where no clock tells when identities were made. */
  readonly mints?: {
    /** Within the last ten minutes. */
    readonly lately: number;
    readonly foreseen: number;
  };
  readonly selfCheck: SelfCheckFigures & { readonly isTrusted: boolean };
  /** Since the last sign of life of the watch of each kind; empty without watches. */
  readonly watchAgesSeconds: ReadonlyMap<Kind, number>;
}

export interface Metrics {
  readonly reviewAnswered: (review: AnsweredReview) => void;
  readonly inflightReviews: (count: number) => void;
  readonly finding: (finding: Pick<JudgedFinding, 'check' | 'id' | 'severity'>) => void;
  readonly httpError: (code: number) => void;
  readonly connectionDisplaced: () => void;
  readonly handshakeFailed: (reason: HandshakeFault) => void;
  readonly internalError: () => void;
  readonly witnessReplayMismatch: () => void;
  readonly autoTripped: () => void;
  readonly autoTripActive: (isActive: boolean) => void;
  readonly decisionsNotLogged: (decisions: number, reason: DropReason) => void;
  readonly certificateExpires: (at: Date) => void;
  readonly certificateReloadFailed: () => void;
  readonly configReloaded: () => void;
  readonly configReloadFailed: () => void;
  readonly expiredExemptions: (count: number) => void;
  readonly model: (figures: ModelFigures) => void;
  /** Called before each exposition, for gauges that are cheaper to compute than to keep up. */
  readonly beforeExposition: (refresh: () => void) => void;
  readonly exposition: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

const PREFIX = 'cilium_bulkhead_';
const REVIEWED_KINDS: ReadonlySet<string> = new Set([
  'Namespace',
  'Pod',
  'Binding',
  'CiliumCIDRGroup',
  ...WORKLOAD_KINDS,
  ...POLICY_KINDS,
]);
const OPERATIONS: ReadonlySet<string> = new Set(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']);
/** The edges of the API server's own admission histogram, and finer ones below, where most reviews are. */
const DURATION_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];

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
    ...connectionMetrics(registry),
    ...faultMetrics(registry),
    ...decisionLogMetrics(registry),
    ...autoTripMetrics(registry),
    ...certificateMetrics(registry),
    ...configMetrics(registry),
    model: modelMetrics(registry),
    beforeExposition: (refresh) => void refreshers.push(refresh),
    exposition: async () => {
      for (const refresh of refreshers) refresh();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function reviewMetrics(registry: Registry): Pick<Metrics, 'reviewAnswered' | 'inflightReviews' | 'finding'> {
  const registers = [registry];
  const reviews = new Counter({
    name: `${PREFIX}admission_reviews_total`,
    help: 'Admission reviews answered, by kind, operation and decision.',
    labelNames: ['kind', 'operation', 'decision'],
    registers,
  });
  const duration = new Histogram({
    name: `${PREFIX}admission_review_duration_seconds`,
    help: 'Time from the head of a request to its answer.',
    buckets: DURATION_BUCKETS,
    registers,
  });
  const findings = new Counter({
    name: `${PREFIX}findings_total`,
    help: 'Findings of admission reviews.',
    labelNames: ['check', 'finding', 'severity'],
    registers,
  });
  const inflight = new Gauge({
    name: `${PREFIX}inflight_reviews`,
    help: 'Reviews that are being judged.',
    registers,
  });
  return {
    reviewAnswered: ({ kind, operation, decision, seconds }) => {
      reviews.inc({ kind: oneOf(REVIEWED_KINDS, kind), operation: oneOf(OPERATIONS, operation), decision });
      duration.observe(seconds);
    },
    inflightReviews: (count) => inflight.set(count),
    finding: ({ check, id, severity }) => findings.inc({ check, finding: id, severity }),
  };
}

function oneOf(known: ReadonlySet<string>, value: string): string {
  return known.has(value) ? value : 'other';
}

function connectionMetrics(registry: Registry): Pick<Metrics, 'httpError' | 'connectionDisplaced' | 'handshakeFailed'> {
  const registers = [registry];
  const httpErrors = new Counter({
    name: `${PREFIX}http_errors_total`,
    help: 'Requests to the webhook port answered with an HTTP error, by status code.',
    labelNames: ['code'],
    registers,
  });
  const displaced = new Counter({
    name: `${PREFIX}connections_displaced_total`,
    help: 'Connections to the webhook port that were closed to make room for a new one.',
    registers,
  });
  const handshakes = new Counter({
    name: `${PREFIX}tls_handshake_errors_total`,
    help: 'TLS handshakes that failed, by reason; certificate-refused: the caBundle may be wrong.',
    labelNames: ['reason'],
    registers,
  });
  return {
    httpError: (code) => httpErrors.inc({ code }),
    connectionDisplaced: () => displaced.inc(),
    handshakeFailed: (reason) => handshakes.inc({ reason }),
  };
}

type FaultMetrics = Pick<Metrics, 'internalError' | 'witnessReplayMismatch'>;

function faultMetrics(registry: Registry): FaultMetrics {
  const registers = [registry];
  const internalErrors = new Counter({
    name: `${PREFIX}internal_errors_total`,
    help: 'Judging that failed, of a review or of one check in it; nothing is denied for it: each is a bug.',
    registers,
  });
  const mismatches = new Counter({
    name: `${PREFIX}witness_replay_mismatches_total`,
    help: 'Denials withheld because the second evaluator disagreed: each is a bug.',
    registers,
  });
  return {
    internalError: () => internalErrors.inc(),
    witnessReplayMismatch: () => mismatches.inc(),
  };
}

function autoTripMetrics(registry: Registry): Pick<Metrics, 'autoTripped' | 'autoTripActive'> {
  const registers = [registry];
  const trips = new Counter({
    name: `${PREFIX}auto_trips_total`,
    help: 'How often too much was denied, so that from then on it was only recorded.',
    registers,
  });
  const active = new Gauge({
    name: `${PREFIX}auto_trip_active`,
    help: '1 while nothing is denied because too much was: look why, then acknowledge it; else 0.',
    registers,
  });
  return { autoTripped: () => trips.inc(), autoTripActive: (isActive) => active.set(isActive ? 1 : 0) };
}

function decisionLogMetrics(registry: Registry): Pick<Metrics, 'decisionsNotLogged'> {
  const dropped = new Counter({
    name: `${PREFIX}decision_log_dropped_total`,
    help: 'Decisions that are missing from the decision log; write-failed: the disk may be full.',
    labelNames: ['reason'],
    registers: [registry],
  });
  return { decisionsNotLogged: (decisions, reason) => dropped.inc({ reason }, decisions) };
}

function certificateMetrics(registry: Registry): Pick<Metrics, 'certificateExpires' | 'certificateReloadFailed'> {
  const registers = [registry];
  const expiry = new Gauge({
    name: `${PREFIX}certificate_expiry_timestamp_seconds`,
    help: 'When the serving certificate expires, in seconds since 1970.',
    registers,
  });
  const failures = new Counter({
    name: `${PREFIX}certificate_reload_failures_total`,
    help: 'New certificate files that could not be used; the former pair is kept.',
    registers,
  });
  return {
    certificateExpires: (at) => expiry.set(at.getTime() / 1000),
    certificateReloadFailed: () => failures.inc(),
  };
}

type ConfigMetrics = Pick<Metrics, 'configReloaded' | 'configReloadFailed' | 'expiredExemptions'>;

function configMetrics(registry: Registry): ConfigMetrics {
  const registers = [registry];
  const isGood = new Gauge({
    name: `${PREFIX}config_last_reload_successful`,
    help: '0 where the configuration file cannot be used and the former configuration is kept, else 1, without a file too.',
    registers,
  });
  isGood.set(1);
  const failures = new Counter({
    name: `${PREFIX}config_reload_failures_total`,
    help: 'Changes of the configuration file that could not be used; the former configuration is kept.',
    registers,
  });
  const expired = new Gauge({
    name: `${PREFIX}exemptions_expired`,
    help: 'Exemptions in the configuration that have expired and have no effect any more.',
    registers,
  });
  return {
    configReloaded: () => isGood.set(1),
    configReloadFailed: () => {
      isGood.set(0);
      failures.inc();
    },
    expiredExemptions: (count) => expired.set(count),
  };
}

function modelMetrics(registry: Registry): Metrics['model'] {
  const registers = [registry];
  const objects = new Gauge({
    name: `${PREFIX}model_objects`,
    help: 'Objects in the model of the cluster, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const revision = new Gauge({ name: `${PREFIX}model_revision`, help: 'Revision of the model.', registers });
  const inUse = new Gauge({
    name: `${PREFIX}identities_in_use`,
    help: "CiliumIdentity objects in the cluster's range, unused and duplicate ones included, and keys of pods without one.",
    registers,
  });
  const unused = new Gauge({
    name: `${PREFIX}identities_unused`,
    help: 'Of the identities in use, those that no pod and no endpoint has: they wait for collection.',
    registers,
  });
  const space = new Gauge({
    name: `${PREFIX}identity_space`,
    help: "Numbers of the cluster's range: as many identities can be in use.",
    registers,
  });
  const selfCheck = selfCheckMetrics(registry);
  const watches = watchMetrics(registry);
  const mints = mintMetrics(registry);
  return (figures) => {
    mints(figures.mints);
    selfCheck(figures.selfCheck);
    watches(figures.watchAgesSeconds);
    for (const [kind, count] of figures.objects) objects.set({ kind }, count);
    revision.set(figures.revision);
    inUse.set(figures.identitiesInUse);
    unused.set(figures.identitiesUnused);
    space.set(figures.identitySpace);
  };
}

/** Without a clock neither is there: a gauge that nobody has set would say 0. */
function mintMetrics(registry: Registry): (mints: ModelFigures['mints']) => void {
  let gauges: { readonly lately: Gauge; readonly foreseen: Gauge } | undefined;
  return (mints) => {
    if (mints === undefined) return;
    gauges ??= mintGauges([registry]);
    gauges.lately.set(mints.lately);
    gauges.foreseen.set(mints.foreseen);
  };
}

function mintGauges(registers: Registry[]): { readonly lately: Gauge; readonly foreseen: Gauge } {
  return {
    lately: new Gauge({
      name: `${PREFIX}identities_minted_10m`,
      help: 'CiliumIdentity objects that were made within the last ten minutes.',
      registers,
    }),
    foreseen: new Gauge({
      name: `${PREFIX}identities_foreseen`,
      help: 'Identities in use before unused ones are collected, if as many go on being made as within the last ten minutes.',
      registers,
    }),
  };
}

function selfCheckMetrics(registry: Registry): (figures: ModelFigures['selfCheck']) => void {
  const registers = [registry];
  const isTrusted = new Gauge({
    name: `${PREFIX}self_check_trusted`,
    help: '0 while agents give more than 1 % of the pods other identities than predicted: findings about identities and policy maps are recorded only; else 1.',
    registers,
  });
  const pods = new Gauge({
    name: `${PREFIX}self_check_pods`,
    help: 'Pods whose endpoints are known, by whether they have the identity that is predicted.',
    labelNames: ['result'],
    registers,
  });
  const keys = new Gauge({
    name: `${PREFIX}self_check_differing_pods`,
    help: 'Pods with another identity than predicted, by the key of a label in which they differ; the ten keys of most pods.',
    labelNames: ['key'],
    registers,
  });
  return (figures) => {
    isTrusted.set(figures.isTrusted ? 1 : 0);
    pods.set({ result: 'same' }, figures.compared - figures.different);
    pods.set({ result: 'different' }, figures.different);
    keys.reset();
    for (const { key, pods: count } of figures.labelKeys) keys.set({ key }, count);
  };
}

function watchMetrics(registry: Registry): (ages: ModelFigures['watchAgesSeconds']) => void {
  const ages = new Gauge({
    name: `${PREFIX}watch_age_seconds`,
    help: 'Since the last sign of life of the watch of a kind; beyond staleAfter what needs the kind is recorded only.',
    labelNames: ['kind'],
    registers: [registry],
  });
  return (seconds) => {
    ages.reset();
    for (const [kind, age] of seconds) ages.set({ kind }, age);
  };
}
