/**
 * What an admitted change has to be charged for: keys that count from now on, and what it takes out of the buckets of its tenant.
 *
 * Taken after the decision by whoever answers (src/review/ledger/): checks only look.
 */
import type { ChangeContext } from '../checks/context.ts';
import type { Pause } from '../checks/check.ts';
import type { Rate } from '../checks/facts/ledger.ts';
import { isJudgedForMinting, mintingOf, type MintedIdentity } from '../checks/facts/minting.ts';
import { spareOf } from '../checks/facts/minted-worst.ts';
import { namespaceRelabel } from '../checks/facts/relabelled-pods.ts';
import type { CanonicalKey } from '../cilium/identity/label.ts';
import type { ObjectRef } from '../cilium/objects.ts';
import { subjectOf } from '../cluster/change.ts';
import type { Tenant } from '../cluster/tenant.ts';

export interface Charge {
  readonly tenant: Tenant;
  /** That nobody waits for yet. `inUse`: pods have them that have no key yet. */
  readonly keys: readonly { readonly key: CanonicalKey; readonly inUse: boolean }[];
  /** Numbers that agents may take beyond one for each key. */
  readonly spare: number;
  readonly draws?: Draw;
}

export type Draw =
  /** One for each key. */
  { readonly of: 'minting'; readonly rate: Rate } | { readonly of: 'relabels'; readonly pod: ObjectRef };

/** undefined: nothing. */
export function* chargeOf(context: ChangeContext): Generator<Pause, Charge | undefined> {
  const { change, dryRun } = context.submission;
  if (dryRun) return undefined;
  if (change.op === 'update' && change.after.kind === 'Namespace')
    return yield* ofNamespace(change.after.name, context);
  const minting = context.fact(mintingOf);
  return minting.kind === 'minted' ? ofMinting(minting, context) : undefined;
}

function* ofNamespace(name: string, context: ChangeContext): Generator<Pause, Charge | undefined> {
  const relabel = yield* namespaceRelabel(context);
  if (relabel.kind !== 'relabelled') return undefined;
  const minted = relabel.minted.filter(({ key }) => !context.ledger.isReserved(key));
  if (minted.length === 0) return undefined;
  return {
    tenant: context.after.tenantOf(name),
    keys: minted.map(({ key }) => ({ key, inUse: false })),
    spare: spareOf(minted, context.current.settings),
  };
}

function ofMinting({ key, namespace }: MintedIdentity, context: ChangeContext): Charge | undefined {
  if (context.ledger.isReserved(key)) return undefined;
  const draws = drawOf(context);
  return {
    tenant: context.current.tenantOf(namespace),
    keys: [{ key, inUse: true }],
    spare: 0,
    ...(draws === undefined ? {} : { draws }),
  };
}

/** Nobody chose the labels of a Binding. */
function drawOf(context: ChangeContext): Draw | undefined {
  const { change } = context.submission;
  if (change.op === 'update' && change.after.kind === 'Pod') return { of: 'relabels', pod: subjectOf(change) };
  return isJudgedForMinting(context) ? { of: 'minting', rate: context.settings.mintRate } : undefined;
}
