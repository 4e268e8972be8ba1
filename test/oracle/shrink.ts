/**
 * A case on which product and Cilium differ -> a smaller one on which they still do.
 *
 * Greedy: leaves out one list element or field after the other, as long as something can be left out. Ends, since each
 * round makes the case smaller; at most ROUNDS rounds.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Case } from './case.ts';
import { compareOnce, type Outcome } from './compare.ts';
import type { OracleBuild } from './minors.ts';

const ROUNDS = 200;
/** Candidates of a round that are asked together. */
const BATCH = 64;

/** Fields without which a case would be no case, or another one. */
const KEPT = new Set([
  ...[
    'cilium',
    'op',
    'question',
    'world',
    'identities',
    'policies',
    'subject',
    'lookups',
    'namespace',
    'pod',
    'input',
    'clusterName',
  ],
  ...[
    'object',
    'apiVersion',
    'kind',
    'metadata',
    'spec',
    'name',
    'id',
    'source',
    'key',
    'peer',
    'direction',
    'proto',
    'port',
  ],
]);

type Path = readonly (string | number)[];

export async function shrink(build: OracleBuild, asked: Case): Promise<Case> {
  const [outcome] = await compareOnce(build, [asked]);
  if (outcome?.kind !== 'different') return asked;
  const isLike = likeDifference(outcome);
  let smallest: Found = { asked, at: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    // What could not be left out once seldom can be later: the search goes on from where it was, and starts over at the end.
    const smaller =
      (await firstSmaller(build, smallest, isLike)) ??
      (smallest.at === 0 ? undefined : await firstSmaller(build, { ...smallest, at: 0 }, isLike));
    if (smaller === undefined) break;
    smallest = smaller;
  }
  return smallest.asked;
}

/** A case, and which of its removable parts is to be tried first. */
interface Found {
  readonly asked: Case;
  readonly at: number;
}

async function firstSmaller(
  build: OracleBuild,
  { asked, at }: Found,
  isLike: (outcome: Outcome) => boolean,
): Promise<Found | undefined> {
  const paths = [...removable(asked, [])].sort((a, b) => a.length - b.length);
  for (let start = at; start < paths.length; start += BATCH) {
    const candidates = paths.slice(start, start + BATCH).map((path) => without(asked, path) as Case);
    const outcomes = await compareOnce(build, candidates);
    const found = outcomes.findIndex(isLike);
    const smaller = candidates[found];
    if (smaller !== undefined) return { asked: smaller, at: start + found };
  }
  return undefined;
}

/** It differs in a field in which the original did; a case that one side cannot even read is another difference. */
function likeDifference(original: Different): (outcome: Outcome) => boolean {
  const fields = new Set(differentFields(original));
  return (outcome) => outcome.kind === 'different' && differentFields(outcome).some((field) => fields.has(field));
}

type Different = Extract<Outcome, { kind: 'different' }>;

function differentFields({ product, cilium }: Different): readonly string[] {
  const fields = new Set([...Object.keys(product), ...Object.keys(cilium)]);
  const isUnanswered = fields.has('unanswered');
  return [...fields].filter((field) =>
    isUnanswered ? field === 'unanswered' : !isDeepStrictEqual(product[field], cilium[field]),
  );
}

function* removable(value: unknown, path: Path): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inside] of Object.entries(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    if (typeof step === 'number' || !KEPT.has(step)) yield [...path, step];
    yield* removable(inside, [...path, step]);
  }
}

function without(value: unknown, [step, ...rest]: Path): unknown {
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    if (rest.length === 0) return list.filter((_, index) => index !== step);
    return list.map((inside, index) => (index === step ? without(inside, rest) : inside));
  }
  const entries = Object.entries(value as object) as [string, unknown][];
  if (rest.length === 0) return Object.fromEntries(entries.filter(([key]) => key !== step));
  return Object.fromEntries(entries.map(([key, inside]) => [key, key === step ? without(inside, rest) : inside]));
}
