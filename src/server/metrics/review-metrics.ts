/**
 * What is counted of reviews: answers, findings, denials that were too many, decisions that no log has.
 *
 * A label value comes from our own lists, or is `other`: nothing of a request's own text becomes one.
 * Cost: two map look-ups for an answered review.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { POLICY_KINDS, WORKLOAD_KINDS } from '../../cilium/objects.ts';
import type { DropReason } from '../../decision-log/decision-log.ts';
import type { JudgedFinding } from '../../review/results.ts';
import { PREFIX } from './prefix.ts';

export type ReviewDecision = 'allow' | 'deny' | 'unknown';

export interface AnsweredReview {
  /** As the review names them: outside text. */
  readonly kind: string;
  readonly operation: string;
  readonly decision: ReviewDecision;
  readonly seconds: number;
}

export interface ReviewMetrics {
  readonly reviewAnswered: (review: AnsweredReview) => void;
  readonly inflightReviews: (count: number) => void;
  readonly finding: (finding: Pick<JudgedFinding, 'check' | 'id' | 'severity'>) => void;
  readonly witnessReplayMismatch: () => void;
  readonly autoTripped: () => void;
  readonly autoTripActive: (isActive: boolean) => void;
  readonly decisionsNotLogged: (decisions: number, reason: DropReason) => void;
}

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

export function reviewMetrics(registry: Registry): ReviewMetrics {
  return {
    ...answerMetrics(registry),
    ...witnessMetrics(registry),
    ...autoTripMetrics(registry),
    ...decisionLogMetrics(registry),
  };
}

function answerMetrics(registry: Registry): Pick<ReviewMetrics, 'reviewAnswered' | 'inflightReviews' | 'finding'> {
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

function witnessMetrics(registry: Registry): Pick<ReviewMetrics, 'witnessReplayMismatch'> {
  const mismatches = new Counter({
    name: `${PREFIX}witness_replay_mismatches_total`,
    help: 'Denials withheld because the second evaluator disagreed: each is a bug.',
    registers: [registry],
  });
  return { witnessReplayMismatch: () => mismatches.inc() };
}

function autoTripMetrics(registry: Registry): Pick<ReviewMetrics, 'autoTripped' | 'autoTripActive'> {
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

function decisionLogMetrics(registry: Registry): Pick<ReviewMetrics, 'decisionsNotLogged'> {
  const dropped = new Counter({
    name: `${PREFIX}decision_log_dropped_total`,
    help: 'Decisions that are missing from the decision log; write-failed: the disk may be full.',
    labelNames: ['reason'],
    registers: [registry],
  });
  return { decisionsNotLogged: (decisions, reason) => dropped.inc({ reason }, decisions) };
}
