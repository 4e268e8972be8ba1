/**
 * How many identities would be in use before unused ones are collected, if as many go on being made as within the last ten minutes.
 */
import type { UsageLayer } from '../../cluster/usage/usage-layer.ts';

const MINUTE_MS = 60_000;
const RATE_MINUTES = 10;

type Use = Pick<UsageLayer, 'mintedLately' | 'numbersInUse' | 'collectionWindowMs'>;

/** undefined: no clock tells how many were made. */
export function identitiesForeseen({ mintedLately, numbersInUse, collectionWindowMs }: Use): number | undefined {
  if (mintedLately === undefined) return undefined;
  return numbersInUse + Math.round((mintedLately / RATE_MINUTES) * (collectionWindowMs / MINUTE_MS));
}
