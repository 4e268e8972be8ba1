/**
 * When unused identities are collected, in words.
 */
import type { Tenant } from '../../cluster/tenant.ts';
import type { UsageLayer } from '../../cluster/usage/usage-layer.ts';
import { count } from './wording.ts';

const MINUTE_MS = 60_000;

/**
 * When a tenant has room for so many identities again: undefined where no collection brings it.
 * `41 unused identities, collected by about 14:35 UTC`
 */
export function roomComesBack(usage: UsageLayer, tenant: Tenant, wanted: number): string | undefined {
  const { unused } = usage.of(tenant);
  if (unused < wanted) return undefined;
  const collections = usage.collections(tenant);
  const last = collections.at(-1);
  if (last === undefined) {
    const minutes = Math.round(usage.collectionWindowMs / MINUTE_MS);
    return `${count(unused, 'unused identity', 'unused identities')}, each collected within ${minutes} minutes of its last use`;
  }
  const all = `${count(unused, 'unused identity', 'unused identities')}, collected by about ${timeOfDay(last.atMs)}`;
  const enough = firstWith(wanted, collections);
  return enough === undefined || enough === last.atMs
    ? all
    : `${all}; there is room again by about ${timeOfDay(enough)}`;
}

function firstWith(wanted: number, collections: ReturnType<UsageLayer['collections']>): number | undefined {
  let collected = 0;
  for (const { atMs, identities } of collections) {
    collected += identities;
    if (collected >= wanted) return atMs;
  }
  return undefined;
}

/** `14:35 UTC` */
function timeOfDay(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
}
