/**
 * Which client certificates may ask for a review, where an API server can present one.
 *
 * OpenSSL has checked by then that one of the configured CAs signed it. A CA of a cluster signs many certificates, so the
 * common name is compared as well, as the API server does for its own front proxy.
 */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** `names`: the common names that are accepted; empty: every name. */
export function isClientAccepted({ socket }: IncomingMessage, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return true;
  if (!(socket instanceof TLSSocket)) return false;
  const commonName = socket.getPeerX509Certificate()?.toLegacyObject().subject.CN;
  return typeof commonName === 'string' && names.has(commonName);
}
