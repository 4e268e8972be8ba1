/**
 * The certificates that `--certificates-secret` names: made and renewed by the replica that leads, served by all.
 */
import type { Command } from 'commander';
import { parseDurationMs } from '../cilium/go-text.ts';
import type { LeaseElector } from '../kubernetes/lease/lease-elector.ts';
import type { ObjectName } from '../kubernetes/watch/watched-object.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../server/metrics.ts';
import { DEFAULT_LIFETIMES, type Lifetimes } from '../server/tls/secret/rotation.ts';
import { openSharedCertificate } from '../server/tls/secret/shared-certificate.ts';
import { CommandError } from './command-error.ts';
import { objectName } from './object-name.ts';
import { checkServingNames } from './serving-names.ts';
import type { CertificateOptions, ServingCertificate } from './serving-certificate.ts';
import type { ServedModel } from './served-model.ts';
import { CLOCK } from './steady-clock.ts';

export interface SharedCertificateFlags {
  readonly certificatesSecret?: string;
  readonly webhookConfiguration?: string;
  readonly certificateNames?: readonly string[];
  readonly certificateLifetime?: string;
  readonly authorityLifetime?: string;
  readonly authorityOverlap?: string;
}

export function withSharedCertificateOptions(command: Command): Command {
  return command
    .option(
      '--certificates-secret <ns/name>',
      'a Secret of the live cluster: the replica that leads (--lease) makes a CA and a serving certificate in it and renews them; all serve with it',
    )
    .option('--webhook-configuration <name>', 'the ValidatingWebhookConfiguration whose caBundles follow that CA')
    .option(
      '--certificate-names <name...>',
      'DNS names of the service (default: cilium-bulkhead in the namespace of the Secret)',
    )
    .option('--certificate-lifetime <duration>', 'of a serving certificate in the Secret (default: 2160h)')
    .option('--authority-lifetime <duration>', 'of a CA in the Secret (default: 26280h)')
    .option('--authority-overlap <duration>', 'how long a CA is trusted before and after it signs (default: 1h)');
}

type Flags = SharedCertificateFlags & CertificateOptions & { readonly lease?: string };

interface Asked {
  readonly secret: ObjectName;
  readonly registration: string;
  readonly names: readonly string[];
  readonly lifetimes: Lifetimes;
}

/** Ends the command before anything is opened. That the cluster is a live one is asked of --lease. */
export function checkSharedCertificate(flags: Flags): void {
  asked(flags);
}

export function servedSharedCertificate(
  flags: Flags,
  parts: {
    readonly served: ServedModel;
    readonly lease: LeaseElector | undefined;
    readonly log: Logger;
    readonly metrics: Metrics;
  },
): Promise<ServingCertificate> | undefined {
  const options = asked(flags);
  const { lease, log, metrics } = parts;
  const { connection } = parts.served;
  if (options === undefined || connection === undefined) return undefined;
  const { clientCaFile } = flags;
  const shared = openSharedCertificate({
    ...options,
    connection,
    ...(clientCaFile === undefined ? {} : { clientCaFile }),
    leads: () => lease?.leads() === true,
    clock: CLOCK,
    now: () => new Date(),
    log,
    metrics,
  });
  lease?.onLeading(() => void shared.source.refresh());
  return Promise.resolve(shared);
}

function asked(flags: Flags): Asked | undefined {
  const { certificatesSecret, webhookConfiguration: registration, certificateNames, lease } = flags;
  if (certificatesSecret === undefined) {
    if (registration === undefined) return undefined;
    throw new CommandError(['--webhook-configuration goes with --certificates-secret']);
  }
  if (registration === undefined || lease === undefined) {
    throw new CommandError(['--certificates-secret needs --webhook-configuration, and --lease: who leads writes both']);
  }
  if (flags.tlsCertFile !== undefined || flags.tlsKeyFile !== undefined) {
    throw new CommandError(['--certificates-secret and --tls-cert-file exclude each other']);
  }
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(registration)) {
    throw new CommandError([`--webhook-configuration must be a name (is ${JSON.stringify(registration)})`]);
  }
  if (certificateNames !== undefined) checkServingNames(certificateNames, '--certificate-names');
  const secret = objectName(certificatesSecret, { flag: '--certificates-secret', kind: 'Secret' });
  return { secret, registration, names: certificateNames ?? namesIn(secret), lifetimes: lifetimesOf(flags) };
}

function namesIn({ namespace }: ObjectName): readonly string[] {
  const service = `cilium-bulkhead.${namespace}`;
  return ['cilium-bulkhead', service, `${service}.svc`, `${service}.svc.cluster.local`];
}

const LONGEST_MS = 50 * 365 * 24 * 60 * 60 * 1000;
const SHORTEST_MS = 1_000;
const PROPORTION =
  '--authority-lifetime, --certificate-lifetime and --authority-overlap must each be at least three times the next, the last 1s and the first 50 years at most';

function lifetimesOf(flags: Flags): Lifetimes {
  const lifetimes = {
    servingMs: durationMs(flags.certificateLifetime, DEFAULT_LIFETIMES.servingMs),
    authorityMs: durationMs(flags.authorityLifetime, DEFAULT_LIFETIMES.authorityMs),
    overlapMs: durationMs(flags.authorityOverlap, DEFAULT_LIFETIMES.overlapMs),
  };
  const { servingMs, authorityMs, overlapMs } = lifetimes;
  const fits = overlapMs >= SHORTEST_MS && servingMs >= 3 * overlapMs && authorityMs >= 3 * servingMs;
  if (fits && authorityMs <= LONGEST_MS) return lifetimes;
  throw new CommandError([PROPORTION]);
}

function durationMs(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : (parseDurationMs(text) ?? NaN);
}
