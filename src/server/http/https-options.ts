/**
 * What Node leaves open, or sets otherwise, for an HTTPS server that API servers call.
 */
import type { ServerOptions } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { TlsPair } from '../tls/tls-pair.ts';
import type { TlsSource } from '../tls/tls-source.ts';
import type { WebhookLimits } from '../webhook-limits.ts';

const MAX_CHECK_MS = 5_000;
const MAX_HEAD_BYTES = 16 * 1024;

/** Until there is a certificate every handshake fails. */
export function httpsOptions(tls: TlsSource, limits: WebhookLimits): ServerOptions {
  const pair = tls.current();
  const { headersTimeoutMs, requestTimeoutMs, handshakeTimeoutMs, keepAliveTimeoutMs } = limits;
  return {
    ...(pair === undefined ? {} : contextOptions(pair)),
    // A client that presents no certificate of a known CA gets no connection.
    requestCert: tls.asksClients,
    rejectUnauthorized: tls.asksClients,
    handshakeTimeout: handshakeTimeoutMs,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(MAX_CHECK_MS, headersTimeoutMs / 2, requestTimeoutMs / 2),
    keepAliveTimeout: keepAliveTimeoutMs,
    maxHeaderSize: MAX_HEAD_BYTES,
    noDelay: true,
  };
}

/** All of them each time: what is left out when a context is replaced is lost. */
export function contextOptions({ cert, key, clientCa }: TlsPair): SecureContextOptions {
  return {
    cert,
    key,
    ...(clientCa !== undefined && { ca: clientCa }),
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
  };
}
