/**
 * What a change adds to the identities of a tenant.
 *
 * Counted are distinct keys, those that were admitted and are not seen yet among them; what the change mints comes on top.
 * A namespace that changes hands brings its identities to its new tenant.
 * Cost: O(1) beside what is known of the change already: whose keys these are is counted with each event.
 */
import type { Tenant } from '../../cluster/tenant.ts';
import type { Certainty } from '../../cluster/view.ts';
import type { Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from './certainty.ts';
import type { KeysOfTenant } from './ledger.ts';
import { isJudgedForMinting, mintingOf, type MintedIdentity } from './minting.ts';
import { namespaceRelabel, type NamespaceRelabel } from './relabelled-pods.ts';
import type { StandingRuns } from './findings/identity-churn.ts';
import { runsOfChange } from './standing-runs.ts';

export interface BudgetChange {
  readonly tenant: Tenant;
  readonly before: KeysOfTenant;
  readonly after: KeysOfTenant;
  /** Keys that nobody has yet and nobody waits for. */
  readonly minted: number;
  /** The author of the labels was judged where they were written. */
  readonly judgedAtOwner: boolean;
  /** Of a CronJob, whose runs come to this in time. */
  readonly runs?: StandingRuns;
}

/** What a change adds at once; and of a CronJob what its runs add. */
export function* budgetChanges(context: ChangeContext): Generator<Pause, readonly BudgetChange[]> {
  const change = yield* budgetChange(context);
  const runs = context.fact(runsOfChange);
  if (change === undefined) return [];
  return runs === undefined ? [change] : [change, withRuns(change, runs)];
}

/** One of the runs has pods at a time. */
function withRuns(change: BudgetChange, runs: StandingRuns): BudgetChange {
  const { identities } = runs;
  return { ...change, after: sum(change.before, { inUse: 1, keys: identities }), minted: identities, runs };
}

/** For the details of a finding. */
export function runsIn({ runs }: BudgetChange): { readonly runs?: StandingRuns } {
  return runs === undefined ? {} : { runs };
}

/** How sure the numbers of such a change are. */
export function certaintyOf({ runs }: BudgetChange, { current }: ChangeContext): Certainty {
  const sure = identityCertainty(current.settings);
  return runs === undefined || sure === 'unknown' ? sure : runs.certainty;
}

/** undefined: no tenant has more identities by this. */
export function* budgetChange(context: ChangeContext): Generator<Pause, BudgetChange | undefined> {
  const { change } = context.submission;
  if (change.op !== 'update' || change.after.kind !== 'Namespace') return ofMinting(context);
  return ofNamespace(change.after.name, yield* namespaceRelabel(context), context);
}

/** The identity that a workload or pod would mint for which it is judged, and that nobody waits for yet. */
export function newIdentity(context: ChangeContext): MintedIdentity | undefined {
  const minting = context.fact(mintingOf);
  if (minting.kind !== 'minted' || !isJudgedForMinting(context)) return undefined;
  return context.ledger.isReserved(minting.key) ? undefined : minting;
}

function ofMinting(context: ChangeContext): BudgetChange | undefined {
  const minting = context.fact(newIdentity);
  if (minting === undefined) return undefined;
  const tenant = context.current.tenantOf(minting.namespace);
  const before = keysOf(tenant, context);
  return {
    tenant,
    before,
    after: sum(before, { inUse: 1, keys: 1 }),
    minted: 1,
    judgedAtOwner: minting.judgedAtOwner,
  };
}

function ofNamespace(name: string, relabel: NamespaceRelabel, context: ChangeContext): BudgetChange | undefined {
  if (relabel.kind === 'unknown') return undefined;
  const [formerly, tenant] = [context.before.tenantOf(name), context.after.tenantOf(name)];
  const brought = formerly === tenant ? NOTHING : context.current.usage.ofNamespace(name);
  const growth = growthOf(relabel, context);
  const before = keysOf(tenant, context);
  const after = sum(before, sum(brought, growth));
  if (after.inUse <= before.inUse && after.keys <= before.keys) return undefined;
  return { tenant, before, after, minted: growth.keys, judgedAtOwner: false };
}

const NOTHING: KeysOfTenant = { inUse: 0, keys: 0 };

/** Old identities stay until they are collected. */
function growthOf(relabel: NamespaceRelabel, { ledger }: ChangeContext): KeysOfTenant {
  if (relabel.kind !== 'relabelled') return NOTHING;
  const taken = new Set(relabel.changes.map(({ key }) => key)).size;
  const minted = relabel.minted.filter(({ key }) => !ledger.isReserved(key));
  return { inUse: taken - relabel.changes.length, keys: minted.length };
}

function keysOf(tenant: Tenant, { current, ledger }: ChangeContext): KeysOfTenant {
  return sum(current.usage.of(tenant), ledger.reservedBy(tenant));
}

function sum(a: KeysOfTenant, b: KeysOfTenant): KeysOfTenant {
  return { inUse: a.inUse + b.inUse, keys: a.keys + b.keys };
}
