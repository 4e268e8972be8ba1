/**
 * Which bodies are read at all, by their headers: JSON in UTF-8, not compressed. The API server sends nothing else.
 */
import type { IncomingHttpHeaders } from 'node:http';

export type ContentVerdict =
  | { readonly kind: 'json' }
  /** No type is given: the body has to be a valid review. */
  | { readonly kind: 'untyped' }
  | { readonly kind: 'unsupported'; readonly message: string };

export function judgeContent(headers: IncomingHttpHeaders): ContentVerdict {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    return { kind: 'unsupported', message: 'Content-Encoding is not supported: send the review uncompressed' };
  }
  const type = headers['content-type'];
  if (type === undefined) return { kind: 'untyped' };
  return isJson(type) ? { kind: 'json' } : { kind: 'unsupported', message: 'Content-Type must be application/json' };
}

function isJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  return type === 'application/json' && parameters.every(isUtf8);
}

/** Other parameters have no meaning for JSON. */
function isUtf8(parameter: string): boolean {
  return !parameter.startsWith('charset=') || /^charset="?utf-?8"?$/.test(parameter);
}
