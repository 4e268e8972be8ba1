/**
 * How many identities would be in use before unused ones are collected, if as many go on being made as within the last ten minutes.
 */
import { LATELY_MINUTES, type UsageLayer } from '../../cluster/usage/usage-layer.ts';

const MINUTE_MS = 60_000;

type Use = Pick<UsageLayer, 'mintedLately' | 'numbersInUse' | 'collectionWindowMs'>;

/** undefined: no clock tells how many were made. */
export function identitiesForeseen({ mintedLately, numbersInUse, collectionWindowMs }: Use): number | undefined {
  if (mintedLately === undefined) return undefined;
  return numbersInUse + Math.round((mintedLately / LATELY_MINUTES) * (collectionWindowMs / MINUTE_MS));
}
