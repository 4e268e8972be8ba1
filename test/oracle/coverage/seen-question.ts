/**
 * A question about an identity, a filter or a policy that was compared, read into what the rows of coverage ask for.
 */
import type { Answer } from '../ask.ts';
import type { Case } from '../case.ts';
import type { Json } from '../generate/json.ts';
import { json, list, text } from './seen-world.ts';

export interface SeenQuestion {
  readonly op: string;
  readonly question: Json;
  readonly answer: Answer;
  /** Keys of the pod's labels. */
  readonly podKeys: readonly string[];
  readonly namespaceKeys: readonly string[];
  /** All ports of the pod's containers. */
  readonly ports: readonly Json[];
  /** Words of the `labels` value, as far as a file does not take their place. */
  readonly entries: readonly Entry[];
  /** The policy of a sanitize question, as text. */
  readonly policy: string;
}

/** `source:!pattern` */
interface Entry {
  readonly text: string;
  readonly source: string | undefined;
  readonly excludes: boolean;
  readonly pattern: string;
}

export function seenQuestion({ op, question }: Case, answer: Answer): SeenQuestion {
  const written = json(question);
  const pod = json(written['pod']);
  return {
    op,
    question: written,
    answer,
    podKeys: Object.keys(json(pod['labels'])),
    namespaceKeys: Object.keys(json(json(written['namespace'])['labels'])),
    ports: list(pod['containers']).flatMap((container) => list(container)),
    entries: text(written['labelPrefixFile']) === '' ? entriesOf(text(written['labelsConfig'])) : [],
    policy: op === 'sanitize' ? JSON.stringify(written['object']) : '',
  };
}

function entriesOf(config: string): readonly Entry[] {
  return config
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map(entryOf);
}

function entryOf(text: string): Entry {
  const colon = text.indexOf(':');
  const [source, rest] = colon === -1 ? [undefined, text] : [text.slice(0, colon), text.slice(colon + 1)];
  const excludes = rest.startsWith('!');
  return { text, source, excludes, pattern: excludes ? rest.slice(1) : rest };
}
