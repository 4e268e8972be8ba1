/**
 * Worlds with Cilium's own answers, as they are judged: policy.ndjson, and found.ndjson with what random cases led to
 * (`npm run oracle:fuzz`), in the same form.
 */
import { readFileSync } from 'node:fs';
import { compareBytes } from '../../src/cilium/identity/label.ts';
import type { WorldEntry } from './world-answer.ts';
import { readWorld, type World } from './world.ts';

/** The patch level that answered for each minor. */
export const RECORDED = { '1.18': '1.18.8', '1.19': '1.19.7', '1.20': '1.20.2' } as const;
export type Minor = keyof typeof RECORDED;
export const MINORS = Object.keys(RECORDED) as readonly Minor[];

export interface RecordedAnswer {
  readonly version: string;
  readonly mapEntries: number;
  readonly nondeterministic?: undefined;
  readonly entries: readonly WorldEntry[];
  readonly localIdentities?: readonly { readonly id: number; readonly labels: readonly string[] }[];
  readonly ingressEnforced?: boolean;
  readonly egressEnforced?: boolean;
  readonly parseErrors?: readonly { readonly name: string }[];
  readonly resolveError?: string;
  readonly verdicts?: readonly { readonly bpf: string }[];
}

/** Asked again and again, Cilium said this and that: one of the answers, with the fewest and the most entries of all. */
export interface UndecidedAnswer extends Omit<RecordedAnswer, 'mapEntries' | 'nondeterministic'> {
  readonly nondeterministic: true;
  readonly mapEntries: { readonly min: number; readonly max: number };
}

export interface RecordedWorld {
  readonly world: World;
  readonly answers: Readonly<Record<Minor, RecordedAnswer | UndecidedAnswer>>;
}

/** As they are written. */
export interface RawWorld {
  readonly world: { readonly name: string };
  readonly answers: RecordedWorld['answers'];
}

export const WORLD_FILES = ['policy.ndjson', 'found.ndjson'] as const;

export function rawWorlds(): readonly RawWorld[] {
  const texts = WORLD_FILES.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));
  return texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line) as RawWorld);
}

export function recordedWorlds(): readonly RecordedWorld[] {
  return rawWorlds().map(({ world, answers }) => ({ world: readWorld(world), answers }));
}

/** What of an answer is judged: local identities by their labels, errors by object, verdicts by what the datapath does. */
export function judged(answer: Omit<RecordedAnswer, 'version' | 'nondeterministic'>) {
  const locals = new Map((answer.localIdentities ?? []).map(({ id, labels }) => [id, labels.join(' ')]));
  const entryText = ({ dir, id, proto, port, plen, deny }: WorldEntry): string =>
    `${dir} ${locals.get(id) ?? id} ${proto}/${port}/${plen} ${deny === true ? 'deny' : 'allow'}`;
  return {
    mapEntries: answer.mapEntries,
    entries: answer.entries.map(entryText).sort(compareBytes),
    localIdentities: [...locals.values()].sort(compareBytes),
    parseErrors: (answer.parseErrors ?? []).map(({ name }) => name),
    hasResolveError: answer.resolveError !== undefined,
    verdicts: (answer.verdicts ?? []).map(({ bpf }) => bpf),
  };
}
