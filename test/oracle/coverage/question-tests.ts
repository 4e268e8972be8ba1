/**
 * What rows of the identity tables ask of a question, in their words.
 */
import { namedPortsLabels } from '../../../src/cilium/identity/named-ports-label.ts';
import type { Entry, SeenLabel, SeenQuestion } from './seen-question.ts';
import { text } from './seen-world.ts';

export type Test = (seen: SeenQuestion) => boolean;
export type LabelTest = (label: SeenLabel, seen: SeenQuestion) => boolean;

export const isAccepted = ({ answer }: SeenQuestion): boolean => answer['ok'] === true;
export const written = ({ question }: SeenQuestion): string => text(question['labelPrefixFile']);
const hasFile = (seen: SeenQuestion): boolean => written(seen) !== '';

/** An identity that Cilium makes. */
export function identity(test: Test): Test {
  return (seen) => seen.op === 'identity' && isAccepted(seen) && test(seen);
}

/** A filter that the agent starts with, which nothing but `labels` says. */
export function labels(test: Test): Test {
  return (seen) => isFiltering(seen) && isAccepted(seen) && !hasFile(seen) && seen.entries.length > 0 && test(seen);
}

/** One that it does not start with, for which nothing but `labels` can be the reason. */
export function refusedLabels(test: Test): Test {
  return (seen) => isFiltering(seen) && !isAccepted(seen) && !hasFile(seen) && !hasMapping(seen) && test(seen);
}

/** A file, taken or refused; a refused one for nothing but itself. */
export function file(outcome: 'taken' | 'refused', test: Test): Test {
  return (seen) => {
    if (!isFiltering(seen) || !hasFile(seen)) return false;
    return outcome === 'taken'
      ? isAccepted(seen) && test(seen)
      : !isAccepted(seen) && seen.entries.length === 0 && !hasMapping(seen) && test(seen);
  };
}

/** The built-in rules alone. */
export function defaults(test: LabelTest): Test {
  return (seen) =>
    isFiltering(seen) &&
    isAccepted(seen) &&
    !hasFile(seen) &&
    seen.entries.length === 0 &&
    seen.labels.some((label) => test(label, seen));
}

function isFiltering({ op }: SeenQuestion): boolean {
  return op === 'identity' || op === 'filter';
}

function hasMapping({ question }: SeenQuestion): boolean {
  return 'fixedIdentityMapping' in question;
}

export interface Match {
  readonly entry: Entry;
  readonly length: number;
}

/** A label and what entries make of it, in their order. */
export function decided(test: (matches: readonly Match[], label: SeenLabel) => boolean): Test {
  return labels((seen) => seen.labels.some((label) => test(matchesOf(seen.entries, label), label)));
}

export function matchesOf(entries: readonly Entry[], { source, key }: SeenLabel): readonly Match[] {
  return entries.flatMap((entry) => {
    const length = isOfSource(entry, source) ? entry.expression?.matchAtStart(key) : undefined;
    return length === undefined ? [] : [{ entry, length }];
  });
}

export function isOfSource(entry: Entry, source: string): boolean {
  return entry.source === '' || entry.source === source;
}

export function isKept(label: SeenLabel, { kept }: SeenQuestion): boolean {
  return kept.has(`${label.source}:${label.key}`);
}

/** A policy that says this, taken or refused. */
export function policy(pattern: RegExp): Test {
  return ({ policy }) => pattern.test(policy);
}

/** As many labels as 1.20 makes of the names of its ports; in any minor. */
export function namedPortsLabelsOf({ ports }: SeenQuestion): number {
  const asDecoded = ports.map(({ name, containerPort, protocol }) => ({
    name: text(name),
    port: Number(containerPort),
    protocol: text(protocol),
  }));
  return namedPortsLabels(asDecoded).length;
}

export const namesPorts: Test = (seen) => namedPortsLabelsOf(seen) > 0;

export function hasPodKey(test: (key: string) => boolean): Test {
  return identity(({ podKeys }) => podKeys.some(test));
}
