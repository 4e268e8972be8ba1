/**
 * Why a TLS handshake failed, as one of a few words: for the metrics, and to tell what an operator has to hear of.
 *
 * With failurePolicy Ignore a client that refuses our certificate switches the webhook off, and the API server tells nobody
 * but its own log. Where one of the two sides refuses the other's certificate it is a warning; the rest is port scans, probes
 * and clients that went away.
 * Codes are those of OpenSSL 3 and Node (`ERR_SSL_` and the reason, X509 verify errors).
 */
export type HandshakeFault =
  'certificate-refused' | 'client-certificate' | 'not-tls' | 'protocol' | 'timeout' | 'closed' | 'other';

const FAULTS: readonly (readonly [HandshakeFault, RegExp])[] = [
  ['certificate-refused', /_ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+)$/],
  ['client-certificate', /^ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE$|^ERR_SSL_CERTIFICATE_VERIFY_FAILED$|CERT|ISSUER/],
  ['not-tls', /^ERR_SSL_(?:HTTPS?_(?:PROXY_)?REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE)$/],
  [
    'protocol',
    /^ERR_SSL_(?:UNSUPPORTED_PROTOCOL|NO_SHARED_\w+|NO_SUITABLE_\w+|VERSION_TOO_LOW|\w*ALERT_PROTOCOL_VERSION)$/,
  ],
  ['timeout', /^ERR_TLS_HANDSHAKE_TIMEOUT$/],
  ['closed', /^(?:ECONNRESET|EPIPE)$/],
];

export function handshakeFault({ code = '' }: NodeJS.ErrnoException): HandshakeFault {
  return FAULTS.find(([, codes]) => codes.test(code))?.[0] ?? 'other';
}

/** What an operator has to hear of. */
export const HANDSHAKE_WARNINGS: Readonly<Partial<Record<HandshakeFault, string>>> = {
  'certificate-refused':
    'a client refuses the serving certificate: the caBundle of the webhook configuration must hold the authority that signed it',
  'client-certificate':
    'a client is refused: it presents no certificate that an authority of the client CA file signed',
};
