/**
 * A question about an identity, a filter or a policy that was compared, read into what the rows of coverage ask for.
 */
import { splitFilterEntry } from '../../../src/cilium/identity/filter-rule.ts';
import { compileGoRegexp, type GoRegexp } from '../../../src/cilium/re2.ts';
import type { Minor } from '../../conformance/recorded-worlds.ts';
import type { Answer } from '../ask.ts';
import type { Case } from '../case.ts';
import type { Json } from '../generate/json.ts';
import { minorOf } from '../minors.ts';
import { json, list, text, texts } from './seen-world.ts';

export interface SeenQuestion {
  readonly minor: Minor;
  readonly op: string;
  readonly question: Json;
  readonly answer: Answer;
  /** Keys of the pod's labels. */
  readonly podKeys: readonly string[];
  readonly namespaceKeys: readonly string[];
  /** All ports of the pod's containers. */
  readonly ports: readonly Json[];
  /** Words of the `labels` value, beside a file or not. */
  readonly entries: readonly Entry[];
  /** What the filter decides on, as far as Cilium leaves their keys as they are written. */
  readonly labels: readonly SeenLabel[];
  /** `source:key` of the labels that are part of the identity. */
  readonly kept: ReadonlySet<string>;
  /** The policy of a sanitize question, as text. */
  readonly policy: string;
}

/** `source:!pattern` */
export interface Entry {
  readonly text: string;
  readonly source: string;
  readonly excludes: boolean;
  /** Undefined where nothing stands after the source. */
  readonly pattern: string | undefined;
  /** Undefined where Go refuses it. */
  readonly expression: GoRegexp | undefined;
}

export interface SeenLabel {
  readonly source: string;
  readonly key: string;
}

export function seenQuestion({ cilium, op, question }: Case, answer: Answer): SeenQuestion {
  const written = json(question);
  const pod = json(written['pod']);
  const podKeys = Object.keys(json(pod['labels']));
  const namespaceKeys = Object.keys(json(json(written['namespace'])['labels']));
  return {
    minor: minorOf(cilium),
    op,
    question: written,
    answer,
    podKeys,
    namespaceKeys,
    ports: list(pod['containers']).flatMap((container) => list(container)),
    entries: words(text(written['labelsConfig'])).map(entryOf),
    labels: op === 'filter' ? inputLabels(written) : podLabels(podKeys, namespaceKeys),
    kept: new Set(texts(answer['identityLabels']).map((label) => label.split('=')[0] ?? '')),
    policy: op === 'sanitize' ? JSON.stringify(written['object']) : '',
  };
}

/** Between white space as Go has it. */
function words(config: string): readonly string[] {
  return config.split(/[\s\u0085]+/u).filter((word) => word !== '');
}

function entryOf(text: string): Entry {
  const { source = '', effect, expression: pattern } = splitFilterEntry(text) ?? {};
  const compiled = compileGoRegexp(pattern ?? '');
  const expression = pattern !== undefined && compiled.ok ? compiled.value : undefined;
  return { text, source, excludes: effect === 'exclude', pattern, expression };
}

function inputLabels({ input }: Json): readonly SeenLabel[] {
  return list(input).map(({ source, key }) => ({ source: String(source), key: String(key) }));
}

const REWRITTEN = /^(io\.cilium\.k8s|reserved\.|io\.kubernetes\.pod\.namespace$)/;

function podLabels(podKeys: readonly string[], namespaceKeys: readonly string[]): readonly SeenLabel[] {
  const ofNamespace = namespaceKeys.map((key) => `io.cilium.k8s.namespace.labels.${key}`);
  const ofPod = podKeys.filter((key) => !REWRITTEN.test(key));
  return [...ofPod, ...ofNamespace].map((key) => ({ source: 'k8s', key }));
}
