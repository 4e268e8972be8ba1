/**
 * The certificate of the benchmark, and connections that outlive the pauses between bursts; Node's defaults otherwise.
 */
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { tlsFilesIn } from '../../src/server/tls/certificate-files.ts';
import { argument } from './argument.ts';

export function baselineOptions(): ServerOptions {
  const { certFile, keyFile } = tlsFilesIn(argument(0));
  return { cert: readFileSync(certFile), key: readFileSync(keyFile), keepAliveTimeout: 120_000 };
}
