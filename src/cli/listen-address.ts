/**
 * `127.0.0.1:8443`, `[::1]:0`, `:8080`: where to listen.
 */
import type { ListenAddress } from '../server/http/listen.ts';
import { CommandError } from './command-error.ts';

export function parseListen(text: string, option: string): ListenAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || port === undefined || Number(port) > 65_535) {
    throw new CommandError([`${option} must be HOST:PORT, such as 0.0.0.0:8443 or [::]:8443 (is "${text}")`]);
  }
  return { host: host === '' ? '0.0.0.0' : host, port: Number(port) };
}
