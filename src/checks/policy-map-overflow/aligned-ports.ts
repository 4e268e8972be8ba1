/**
 * An interval of ports that is one block, in the place of one that is many.
 *
 * The smallest block around the interval, where that is not much wider; else the largest block in it. No block from port 0
 * but the one of every port: the datapath reads it as every port.
 */
import type { JsonPatch } from '../check.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import { portBlocks, type PortBlock } from '../../cilium/policy/ports.ts';
import type { PortRange } from '../../cilium/policy/rule.ts';

export interface PortInterval {
  readonly first: number;
  readonly last: number;
}

/** An author who meant these ports may mean as many times more, and hardly others. */
const MOST_WIDENED = 4;
const ALL_PORTS = 2 ** 16;

export function alignedWith({ first, last }: PortInterval): PortInterval | undefined {
  let size = 1;
  while (Math.floor(first / size) !== Math.floor(last / size)) size *= 2;
  const around = intervalOf(Math.floor(first / size) * size, size);
  const isClose = size <= MOST_WIDENED * (last - first + 1);
  return isClose && (around.first > 0 || size === ALL_PORTS) ? around : largestIn({ first, last });
}

export function isEveryPort({ first, last }: PortInterval): boolean {
  return first === 0 && last === ALL_PORTS - 1;
}

function largestIn({ first, last }: PortInterval): PortInterval | undefined {
  let largest: PortBlock | undefined;
  for (const block of portBlocks(first, last)) {
    if (block.port > 0 && (largest === undefined || block.prefixLength < largest.prefixLength)) largest = block;
  }
  return largest === undefined ? undefined : intervalOf(largest.port, 2 ** (16 - largest.prefixLength));
}

function intervalOf(first: number, size: number): PortInterval {
  return { first, last: first + size - 1 };
}

/** Puts the interval in the place of what is written. A NetworkPolicy writes every port by naming none. */
export function intervalPatch({ ref }: PortRange, interval: PortInterval): JsonPatch {
  const path = pointerTo(ref.field);
  const isKubernetes = ref.object.kind === 'NetworkPolicy';
  const end = { op: 'add', path: `${path}/endPort`, value: interval.last } as const;
  const noEnd = { op: 'remove', path: `${path}/endPort` } as const;
  if (isEveryPort(interval) && isKubernetes) return [noEnd, { op: 'remove', path: `${path}/port` }];
  const value = isKubernetes ? interval.first : String(interval.first);
  const start = { op: 'replace', path: `${path}/port`, value } as const;
  return [start, isEveryPort(interval) || interval.first === interval.last ? noEnd : end];
}
