/**
 * What a rule asks of a map: every block of its ports for every identity that its peers select.
 *
 * Cost: the selections of its peers, which the count of the map has looked at already.
 */
import type { FieldPath } from '../../cilium/field-path.ts';
import type { Selections } from '../../cilium/policy/map/contributions.ts';
import { l4Key, type L4Key } from '../../cilium/policy/map/l4-key.ts';
import { portBlocks } from '../../cilium/policy/ports.ts';
import { listedSelectors, type PortRange, type Ports, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard } from '../../cilium/policy/selector.ts';
import { PAUSE, type Pause } from '../check.ts';

/** A port as it is written, with all its protocols. */
export interface PortCost {
  readonly field: FieldPath;
  readonly range: PortRange;
  readonly protocols: number;
  /** For one of its protocols. */
  readonly blocks: number;
}

export interface RuleCost {
  /** Any peer is one. */
  readonly peers: number;
  /** Blocks of all ports and protocols. */
  readonly blocks: number;
  /** Of its ports the one that is most blocks of one protocol; undefined where it names none. */
  readonly widest: PortCost | undefined;
}

/** `element`: the rules that stand in one place, alike in all but their peers. */
export function* ruleCost(element: readonly Rule[], known: Selections): Generator<Pause, RuleCost> {
  const peers = new Set<number>();
  for (const rule of element) for (const identity of yield* identitiesOf(rule, known)) peers.add(identity);
  return { peers: peers.size, ...portsCost(element[0]?.ports) };
}

function portsCost(ports: Ports | undefined): Pick<RuleCost, 'blocks' | 'widest'> {
  if (ports?.kind !== 'list') return { blocks: 1, widest: undefined };
  const keys = new Set<L4Key>();
  const costs = new Map<FieldPath, PortCost>();
  for (const range of ports.items) {
    const { field } = range.ref;
    const blocks = portBlocks(range.first, range.last);
    for (const block of blocks) keys.add(l4Key(range.protocol, block));
    const protocols = 1 + (costs.get(field)?.protocols ?? 0);
    costs.set(field, { field, range, protocols, blocks: blocks.length });
  }
  return { blocks: keys.size, widest: widestOf(costs.values()) };
}

const ANY_PEER = 0;

function* identitiesOf({ peers }: Rule, known: Selections): Generator<Pause, ReadonlySet<number>> {
  if (peers.kind === 'any') return new Set([ANY_PEER]);
  const identities = new Set<number>();
  for (const selector of listedSelectors(peers)) {
    yield PAUSE;
    if (isWildcard(selector)) identities.add(ANY_PEER);
    else for (const identity of known.selections(selector)) identities.add(identity);
  }
  return identities;
}

function widestOf(ports: Iterable<PortCost>): PortCost | undefined {
  let widest: PortCost | undefined;
  for (const port of ports) if (widest === undefined || port.blocks > widest.blocks) widest = port;
  return widest;
}
