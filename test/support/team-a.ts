/**
 * Policies as tests of denies write them: what the platform denies everybody, and what team-a writes for its pods `app=web`.
 */
import { clusterwidePolicy, policy, type Json } from './objects.ts';

/** Where clouds give out credentials. */
export const METADATA = '169.254.169.254/32';

/** A clusterwide policy about every endpoint unless it says otherwise. */
export function deny(spec: Json, name = 'deny'): Json {
  return clusterwidePolicy(name, { endpointSelector: {}, ...spec });
}

/** Policy `team-a/web` about pods with `app: web`. */
export function web(spec: Json): Json {
  return policy('team-a/web', { endpointSelector: { matchLabels: { app: 'web' } }, ...spec });
}

/** An item of `toPorts`. */
export function tcp(...ports: readonly string[]): Json {
  return { ports: ports.map((port) => ({ port, protocol: 'TCP' })) };
}
