/**
 * What is counted of the server itself: connections, faults, certificates, the configuration.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { HandshakeFault } from '../tls/handshake-faults.ts';
import { PREFIX } from './prefix.ts';

export interface OperationMetrics {
  readonly httpError: (code: number) => void;
  readonly connectionDisplaced: () => void;
  readonly handshakeFailed: (reason: HandshakeFault) => void;
  readonly internalError: () => void;
  readonly certificateExpires: (at: Date) => void;
  readonly certificateReloadFailed: () => void;
  readonly configReloaded: () => void;
  readonly configReloadFailed: () => void;
  readonly expiredExemptions: (count: number) => void;
  readonly offSwitchActive: (isActive: boolean) => void;
}

export function operationMetrics(registry: Registry): OperationMetrics {
  return {
    ...connectionMetrics(registry),
    ...faultMetrics(registry),
    ...certificateMetrics(registry),
    ...configMetrics(registry),
  };
}

function connectionMetrics(
  registry: Registry,
): Pick<OperationMetrics, 'httpError' | 'connectionDisplaced' | 'handshakeFailed'> {
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

function faultMetrics(registry: Registry): Pick<OperationMetrics, 'internalError'> {
  const internalErrors = new Counter({
    name: `${PREFIX}internal_errors_total`,
    help: 'Judging that failed, of a review or of one check in it; nothing is denied for it: each is a bug.',
    registers: [registry],
  });
  return { internalError: () => internalErrors.inc() };
}

function certificateMetrics(
  registry: Registry,
): Pick<OperationMetrics, 'certificateExpires' | 'certificateReloadFailed'> {
  const registers = [registry];
  const expiry = new Gauge({
    name: `${PREFIX}certificate_expiry_timestamp_seconds`,
    help: 'When the serving certificate expires, in seconds since 1970.',
    registers,
  });
  const failures = new Counter({
    name: `${PREFIX}certificate_reload_failures_total`,
    help: 'Faults of what is to be served, files or a Secret, each once until it is mended; the former pair is kept.',
    registers,
  });
  return {
    certificateExpires: (at) => expiry.set(at.getTime() / 1000),
    certificateReloadFailed: () => failures.inc(),
  };
}

type ConfigMetrics = Pick<
  OperationMetrics,
  'configReloaded' | 'configReloadFailed' | 'expiredExemptions' | 'offSwitchActive'
>;

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
  const switchedOff = new Gauge({
    name: `${PREFIX}off_switch_active`,
    help: '1 while the ConfigMap of --off-switch, or that it is not known yet, keeps modes below enforce.',
    registers,
  });
  return {
    offSwitchActive: (isActive) => switchedOff.set(isActive ? 1 : 0),
    configReloaded: () => isGood.set(1),
    configReloadFailed: () => {
      isGood.set(0);
      failures.inc();
    },
    expiredExemptions: (count) => expired.set(count),
  };
}
