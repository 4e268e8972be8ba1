/**
 * A world that was compared, read into what the rows of coverage ask for.
 *
 * Of its rules it takes those that are plainly in force: in a policy that Cilium takes, for a subject that is selected by `{}` or by
 * its app. Selectors that are harder to read are left out, so that rows count too little and never too much.
 */
import type { Minor } from '../../conformance/recorded-worlds.ts';
import type { Answer } from '../ask.ts';
import type { Case } from '../case.ts';
import type { Json } from '../generate/json.ts';
import { minorOf } from '../minors.ts';

/** Subjects that are no identity of the world. */
const RESERVED_SUBJECTS: ReadonlyMap<unknown, Json> = new Map([
  [1, { 'reserved:host': '' }],
  [4, { 'reserved:health': '' }],
  [5, { 'reserved:init': '' }],
  [8, { 'reserved:ingress': '' }],
]);

export interface LiveRule {
  readonly kind: string;
  readonly direction: 'ingress' | 'egress';
  readonly deny: boolean;
  /** An element of `ingress`, `egressDeny` and so on. */
  readonly element: Json;
  /** The rule that it stands in. */
  readonly spec: Json;
}

export interface SeenWorld {
  readonly minor: Minor;
  readonly world: Json;
  readonly options: Json;
  readonly policies: readonly Json[];
  /** Labels of the subject. */
  readonly subject: Json;
  readonly rules: readonly LiveRule[];
  readonly answer: Answer;
}

export function seenWorld({ cilium, world }: Case, answer: Answer): SeenWorld {
  const written = world as Json;
  const identity = list(written['identities']).find(({ id }) => id === written['subject']);
  const subject = identity === undefined ? (RESERVED_SUBJECTS.get(written['subject']) ?? {}) : json(identity['labels']);
  const refused = new Set(list(answer['parseErrors']).map(({ index }) => index));
  const policies = list(written['policies']);
  const taken = policies.filter((_, index) => !refused.has(index));
  return {
    minor: minorOf(cilium),
    world: written,
    options: json(written['options']),
    policies,
    subject,
    rules: isEnforced(written, answer) ? taken.flatMap((policy) => liveRules(policy, subject)) : [],
    answer,
  };
}

/** Where the map is made without any rule, none is put to the test. */
function isEnforced({ options }: Json, answer: Answer): boolean {
  return json(options)['enforcement'] !== 'never' && !('resolveError' in answer);
}

function liveRules(policy: Json, labels: Json): readonly LiveRule[] {
  const { namespace } = json(policy['metadata']);
  if (namespace !== undefined && namespace !== labels['k8s:io.kubernetes.pod.namespace']) return [];
  const specs = [policy['spec'], ...list(policy['specs'])].filter((spec) => spec !== undefined).map(json);
  return specs
    .filter((spec) => selects(json(spec['endpointSelector'] ?? spec['podSelector'] ?? { hard: true }), labels))
    .flatMap((spec) => elementsOf(String(policy['kind']), spec));
}

function selects(selector: Json, labels: Json): boolean {
  const fields = Object.keys(selector);
  if (fields.length === 0) return true;
  const matchLabels = Object.entries(json(selector['matchLabels']));
  const isPlain = fields.length === 1 && matchLabels.length > 0;
  return isPlain && matchLabels.every(([key, value]) => labels[key.includes(':') ? key : `k8s:${key}`] === value);
}

function elementsOf(kind: string, spec: Json): readonly LiveRule[] {
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    [false, true].flatMap((deny) =>
      list(spec[deny ? `${direction}Deny` : direction]).map((element) => ({ kind, direction, deny, element, spec })),
    ),
  );
}

/** Whatever is no list is an empty one. */
export function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Whatever is no object has no fields. */
export function json(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** Whatever is no text is an empty one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function texts(value: unknown): readonly string[] {
  return list(value).map(String);
}

/** The list under `from...` or `to...`; undefined where there is none. */
export function peersOf({ element, direction }: LiveRule, field: string): readonly Json[] | undefined {
  const peers = element[`${direction === 'ingress' ? 'from' : 'to'}${field}`];
  return peers === undefined ? undefined : list(peers);
}

/** All ports of a rule. */
export function portsOf({ element, kind }: LiveRule): readonly Json[] {
  return kind === 'NetworkPolicy'
    ? list(element['ports'])
    : list(element['toPorts']).flatMap(({ ports }) => list(ports));
}

export function hasPorts(rule: LiveRule): boolean {
  return portsOf(rule).length > 0;
}

/** What its L7 rules say. */
export function layer7Of({ element }: LiveRule): readonly Json[] {
  return list(element['toPorts']).flatMap(({ rules }) => (rules === undefined ? [] : [json(rules)]));
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
}

/** matchLabels count as `In`. */
export function requirementsOf(selector: unknown): readonly Requirement[] {
  const { matchLabels, matchExpressions } = json(selector);
  return [
    ...Object.keys(json(matchLabels)).map((key) => ({ key, operator: 'In' })),
    ...list(matchExpressions).map(({ key, operator }) => ({ key: String(key), operator: String(operator) })),
  ];
}

/** Nothing but exclusions, and at least one. */
export function onlyExcludes(selector: unknown): boolean {
  const all = requirementsOf(selector);
  return all.length > 0 && all.every(({ operator }) => operator === 'NotIn' || operator === 'DoesNotExist');
}

export function isEmptySelector(selector: unknown): boolean {
  return requirementsOf(selector).length === 0;
}
