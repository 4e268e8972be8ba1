/**
 * test/conformance/policy.ndjson: worlds with Cilium's own answers, as they are judged.
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
  readonly entries: readonly WorldEntry[];
  readonly localIdentities?: readonly { readonly id: number; readonly labels: readonly string[] }[];
  readonly ingressEnforced?: boolean;
  readonly egressEnforced?: boolean;
  readonly parseErrors?: readonly { readonly name: string }[];
  readonly resolveError?: string;
  readonly verdicts?: readonly { readonly bpf: string }[];
}

export interface RecordedWorld {
  readonly world: World;
  readonly answers: Readonly<Record<Minor, RecordedAnswer>>;
}

export function recordedWorlds(): readonly RecordedWorld[] {
  const text = readFileSync(new URL('policy.ndjson', import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const { world, answers } = JSON.parse(line) as { world: unknown; answers: RecordedWorld['answers'] };
      return { world: readWorld(world), answers };
    });
}

/** What of an answer is judged: local identities by their labels, errors by object, verdicts by what the datapath does. */
export function judged(answer: Omit<RecordedAnswer, 'version'>) {
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
