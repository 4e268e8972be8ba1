/**
 * What would make room: a narrower protocol, patience, a smaller policy, or a word with those who wrote it.
 */
import { describeRef, isPolicy } from '../../cilium/objects.ts';
import { rulesOf } from '../../cilium/policy/rule.ts';
import { subjectOf, type Change } from '../../cluster/change.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Fix, Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { entriesOf } from '../facts/entries.ts';
import { count, quotedList } from '../facts/wording.ts';
import { changedLabels } from './changed-labels.ts';
import type { Contributor } from './contributors.ts';
import type { Growth } from './growth.ts';
import { narrowProtocol } from './narrow-protocol.ts';
import { narrowing } from './narrowing.ts';

export function* fixesFor(
  growth: Growth,
  contributors: readonly Contributor[],
  context: ChangeContext,
): Generator<Pause, readonly Fix[]> {
  const { current, submission, before } = context;
  const limit = current.settings.config.policyMapMax;
  const rules = rulesOf(context.after.policy(subjectOf(submission.change)));
  // Of a map that nobody counts nobody knows whether it would fit.
  const narrowed = isCounted(growth) ? yield* narrowProtocol(rules, contributors) : undefined;
  // What lingers because of this change would linger when it is tried again.
  const retried = yield* entriesOf(growth.policyClass, before.settled().after(submission.change));
  const fits = isCounted(growth) && retried <= limit;
  const waiting = fits ? patience(retried, current.settings) : undefined;
  const text = waiting ?? `${room(growth, limit)}: ${yield* whatHelps(growth, contributors, context)}`;
  return [...(narrowed === undefined ? [] : [narrowed]), { kind: 'words', text }];
}

/**
 * An identity goes at most two heartbeats and a collection after its last use (operator/identitygc). undefined: it stays, for
 * with an interval of 0 nothing is collected.
 */
function patience(entries: number, { config }: Settings): string | undefined {
  if (config.identityGCIntervalMs === 0) return undefined;
  const minutes = Math.ceil((2 * config.identityHeartbeatTimeoutMs + config.identityGCIntervalMs) / 60_000);
  return `try again once unused identities are collected, within about ${minutes} min: then it needs ${entries} entries`;
}

/** Else its numbers are what it has at least. */
function isCounted({ policyClass }: Growth): boolean {
  return policyClass.uncounted === undefined;
}

function room(growth: Growth, limit: number): string {
  const { before, after } = growth;
  const grows = `${isCounted(growth) ? '' : 'at least '}${count(after - before, 'entry', 'entries')}`;
  return before >= limit
    ? `the map grows by ${grows} and is full already`
    : `the map grows by ${grows} and has room for ${limit - before}`;
}

/** The author of a policy can narrow it; that of a pod can leave labels alone, or ask. */
function* whatHelps(
  growth: Growth,
  contributors: readonly Contributor[],
  context: ChangeContext,
): Generator<Pause, string> {
  if (isAboutPods(context.submission.change)) return askFor(contributors, changedLabels(context));
  const prefixes = 'each prefix is an entry in every map that selects the addresses around it: name fewer prefixes';
  return (yield* narrowing(growth, contributors, context)) ?? prefixes;
}

function isAboutPods(change: Change): boolean {
  if (change.op === 'bind' || change.op === 'delete') return true;
  return !isPolicy(change.after) && change.after.kind !== 'CiliumCIDRGroup';
}

function askFor([most]: readonly Contributor[], labels: readonly string[]): string {
  const narrow =
    most === undefined
      ? []
      : [`the owner of ${describeRef(most.rule.object)} or the platform team can narrow ${most.rule.field}`];
  const leave =
    labels.length === 0 ? [] : [`leave ${labels.length === 1 ? 'label' : 'labels'} ${quotedList(labels)} as before`];
  return [...narrow, ...leave].join('; or ');
}
