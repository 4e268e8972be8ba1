/**
 * Which part of the submitted policy makes a map so large, in numbers: peers, ports or protocols.
 *
 * What another interval or protocol would come to is counted like the change itself, so that what is said is true; what could
 * not fit anyway is not counted.
 * Cost: the peers of one rule, and no more than two counts of one map.
 */
import { formatRef, formatRuleRef } from '../../cilium/objects.ts';
import { subjectOf } from '../../cluster/change.ts';
import type { JsonPatch, Pause } from '../check.ts';
import { changeContextSteps, type ChangeContext } from '../context.ts';
import { entriesOf } from '../facts/entries.ts';
import { pausing } from '../facts/pausing.ts';
import { protocolPatch, type PatchFix } from '../facts/protocol-patch.ts';
import { count } from '../facts/wording.ts';
import { alignedWith, intervalPatch, isEveryPort, type PortInterval } from './aligned-ports.ts';
import type { Contributor } from './contributors.ts';
import type { Growth } from './growth.ts';
import { ruleCost, type RuleCost } from './rule-cost.ts';

/** undefined: no rule of what was submitted has a part in the map. */
export function* narrowing(
  growth: Growth,
  contributors: readonly Contributor[],
  context: ChangeContext,
): Generator<Pause, string | undefined> {
  const submitted = formatRef(subjectOf(context.submission.change));
  const own = contributors.find(({ rule }) => formatRef(rule.object) === submitted);
  if (own === undefined) return undefined;
  const place = formatRuleRef(own.rule);
  const element = growth.policyClass.rules.filter(({ ref }) => formatRuleRef(ref) === place);
  const known = yield* pausing(context.after.agentIdentitiesSteps(growth.policyClass.policy));
  const cost = yield* ruleCost(element, known);
  const named = contributors.reduce((sum, { entries }) => sum + entries, 0);
  const isApart = growth.policyClass.uncounted === undefined && named <= growth.after;
  const counting = { growth, context, isApart };
  const ports = yield* otherPorts(cost, counting);
  const protocol = yield* otherProtocol(protocolPatch(element), cost, counting);
  return [asked(own, cost, counting), ...ports, ...protocol].join('; ');
}

interface Counting {
  readonly growth: Growth;
  readonly context: ChangeContext;
  /** Whether the map was counted, and no entry is of several rules. */
  readonly isApart: boolean;
}

function asked(
  { rule, entries }: Contributor,
  { peers, blocks, widest }: RuleCost,
  { growth, context, isApart }: Counting,
): string {
  const each =
    widest === undefined || widest.blocks === 1 ? count(blocks, 'entry', 'entries') : `${blocks} blocks of ports`;
  const asks = `${rule.field} asks for ${each} for ${peers === 1 ? 'one peer' : `each of ${peers} peer identities`}`;
  // What others have a part in too would stay without this rule, so that fewer would fit.
  const fitting = Math.floor((limitIn(context) - (growth.after - entries)) / blocks);
  const isExact = isApart && peers * blocks === entries && peers > 1;
  if (!isExact || fitting <= 0 || fitting >= peers) return asks;
  // Blocks of one interval are no ports that one could leave out.
  const forEach = widest === undefined || widest.blocks === 1 ? Math.floor((fitting * blocks) / peers) : 0;
  return `${asks}, of which ${fitting} fit${forEach > 0 ? `, or ${count(forEach, 'entry', 'entries')} for each` : ''}`;
}

function* otherPorts({ peers, blocks, widest }: RuleCost, counting: Counting): Generator<Pause, readonly string[]> {
  if (widest === undefined || widest.blocks === 1) return [];
  const taken = widest.blocks * widest.protocols;
  const part = taken === blocks ? 'take all of these blocks' : `take ${taken} of these blocks`;
  const facts = `ports ${intervalText(widest.range)} ${part}`;
  const aligned = mayFit(taken - widest.protocols, peers, counting) ? alignedWith(widest.range) : undefined;
  const entries = aligned && (yield* entriesWith(intervalPatch(widest.range, aligned), counting));
  if (aligned === undefined || entries === undefined) return [facts];
  const would = `${intervalText(aligned)} would take ${count(widest.protocols, 'block')}`;
  return [`${facts}, ${would} ${inAll(entries, counting.context)}`];
}

function* otherProtocol(
  narrowed: PatchFix | undefined,
  { peers, blocks }: RuleCost,
  counting: Counting,
): Generator<Pause, readonly string[]> {
  if (narrowed === undefined || counting.growth.policyClass.uncounted !== undefined) return [];
  if (!mayFit(Math.ceil((2 * blocks) / 3), peers, counting)) return [];
  const entries = yield* entriesWith(narrowed.patch, counting);
  return entries === undefined ? [] : [`${narrowed.text} ${inAll(entries, counting.context)}`];
}

/** A wildcard is one peer and no more entries than this. */
const ENTRIES_OF_WILDCARD = 5;

/** Without so many blocks: what cannot fit is not worth a count, nor a word. */
function mayFit(blocks: number, peers: number, { growth, context }: Counting): boolean {
  return growth.after - blocks * (peers + ENTRIES_OF_WILDCARD) <= limitIn(context);
}

function inAll(entries: number, context: ChangeContext): string {
  const judged = entries > limitIn(context) ? ', which is still too many' : '';
  return `(${count(entries, 'entry', 'entries')} in all${judged})`;
}

function intervalText(interval: PortInterval): string {
  return isEveryPort(interval) ? 'every port' : `${interval.first}-${interval.last}`;
}

/** How large the map would be if the patch were applied; undefined where no agent takes that policy, or nobody counts it. */
function* entriesWith(patch: JsonPatch, { growth, context }: Counting): Generator<Pause, number | undefined> {
  const revised = context.submission.revise(patch);
  if (!revised.ok) return undefined;
  const { after } = yield* changeContextSteps(context.current, revised.value, context.settings);
  const [member] = growth.members();
  const labels = member === undefined ? undefined : context.after.labelsOf(member);
  const isTaken = after.policy(subjectOf(revised.value.change))?.kind === 'parsed';
  if (!isTaken || labels === undefined) return undefined;
  const policyClass = after.classOf(labels, member, growth.policyClass.ownPorts);
  return policyClass.uncounted === undefined ? yield* entriesOf(policyClass, after) : undefined;
}

function limitIn({ after }: ChangeContext): number {
  return after.settings.config.policyMapMax;
}
