/**
 * What bounds the webhook, and why each number is what it is.
 */
export interface WebhookLimits {
  readonly bodyBytes: number;
  /** For all bodies in memory together, the first 64 KiB of each not counted. */
  readonly bodyBudgetBytes: number;
  /** From the first byte of a request to the end of its head. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Where all are taken, a new connection takes the place of the one that has waited longest. */
  readonly maxConnections: number;
  /** Reviews being judged at one time. */
  readonly inFlight: number;
  readonly maxLagMs: number;
  /** While draining: for how long everything is still served ... */
  readonly drainDelayMs: number;
  /** ... and how long answers are waited for after that. */
  readonly drainTimeoutMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_WEBHOOK_LIMITS: WebhookLimits = {
  // A review carries two objects of at most 3 MiB, and escapes grow them.
  bodyBytes: 8 * MIB,
  bodyBudgetBytes: 128 * MIB,
  headersTimeoutMs: 10_000,
  // The longest that a webhook configuration can wait.
  requestTimeoutMs: 30_000,
  handshakeTimeoutMs: 10_000,
  // The API server closes an idle connection after 90 s, and does not retry a request that we cut off.
  keepAliveTimeoutMs: 120_000,
  maxConnections: 2_000,
  inFlight: 1_024,
  // A third of the usual timeout: what is taken on can still be answered.
  maxLagMs: 1_000,
  drainDelayMs: 10_000,
  drainTimeoutMs: 30_000,
};
