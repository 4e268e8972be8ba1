/**
 * What would end the churn: the labels to blame become annotations, or the platform team excludes them, as where a tool
 * writes them.
 *
 * Policies that select a label of these pods are named where the author may read about them: clusterwide ones and those of
 * his tenant. A policy of another tenant changes no word, so that the text never tells whether there is one.
 * Cost: O(selectors of all policies), once a violation is found.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import { describeRef, type ClusterObject, type Labels } from '../../cilium/objects.ts';
import { Pace } from '../../cilium/pace.ts';
import { listedSelectors, rulesOf, type ParsedPolicy, type Rule } from '../../cilium/policy/rule.ts';
import { endpointSelector, matches, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Fix, type Pause } from '../check.ts';
import { ownNamespaces } from '../facts/own-namespaces.ts';
import { removePodLabels } from '../facts/label-patch.ts';
import { isPodLabel } from '../facts/pod-label.ts';
import { requirementsOf } from '../facts/selecting-rules.ts';
import { listed, quotedList } from '../facts/wording.ts';
import type { Blame } from './blame.ts';
import { toolWords } from './tool-fix.ts';

const REQUIREMENTS_PER_PAUSE = 4_096;
const NAMED_POLICIES = 5;

/** Nobody reads a longer patch, and each operation copies the labels that are left. */
const MOST_OPERATIONS = 50;

export interface ChurnFixInput {
  readonly object: ClusterObject;
  readonly namespace: string;
  /** Of the identity that would be minted. */
  readonly labels: LabelArray;
  /** Of its pods, those that are no part of the identity included. */
  readonly podLabels: Labels;
  readonly blame: Blame;
  /** What the pods would share then, as the end of a sentence. */
  readonly gain: string;
}

export function* churnFixes(view: ClusterView, input: ChurnFixInput): Generator<Pause, readonly Fix[]> {
  const { on, given, churning } = input.blame;
  if (on === 'others') return given.length === 0 ? [] : [fromController(given)];
  const policies = yield* policiesSelecting(view, input);
  const ofTool = toolWords(churning, input.podLabels);
  if (ofTool !== undefined) return [{ kind: 'words', text: `${ofTool}; ${input.gain}${named(policies)}` }];
  const removal = removePodLabels(input.object, churning);
  if (removal.kind === 'words')
    return [{ ...removal, text: `${removal.text}${named(policies)}; or ${exclusion(churning)}` }];
  const text = `move ${quotedList(churning)} to an annotation; ${input.gain}${named(policies)}`;
  return [removal.patch.length > MOST_OPERATIONS ? { kind: 'words', text } : { ...removal, text }];
}

function fromController(keys: readonly string[]): Fix {
  const come = keys.length === 1 ? 'comes' : 'come';
  return { kind: 'words', text: `${quotedList(keys)} ${come} from a controller: ${exclusion(keys)}` };
}

function exclusion(keys: readonly string[]): string {
  return `the platform team can exclude ${keys.length === 1 ? 'it' : 'them'} in "labels" of cilium-config`;
}

function named(policies: readonly ParsedPolicy[]): string {
  const names = policies.map(({ object }) => describeRef(object));
  return policies.length === 0 ? '' : ` (selected by ${listed(names, { most: NAMED_POLICIES })})`;
}

function* policiesSelecting(view: ClusterView, input: ChurnFixInput): Generator<Pause, readonly ParsedPolicy[]> {
  const { namespace, labels, blame } = input;
  const question = { keys: new Set(blame.churning), labels };
  const isOwned = ownNamespaces(namespace, view);
  const selecting: ParsedPolicy[] = [];
  const pace = new Pace(REQUIREMENTS_PER_PAUSE);
  for (const policy of view.policies()) {
    if (pace.isPauseDue(1)) yield PAUSE;
    const home = policy.object.namespace;
    if (home !== undefined && !isOwned(home)) continue;
    if (yield* hasSelecting(rulesOf(policy), question, pace)) selecting.push(policy);
  }
  return selecting;
}

function* hasSelecting(rules: readonly Rule[], question: KeysOfPods, pace: Pace): Generator<Pause, boolean> {
  for (const rule of rules) {
    if (pace.isPauseDue(requirementsOf(rule))) yield PAUSE;
    if (selectsByKey(rule, question)) return true;
  }
  return false;
}

interface KeysOfPods {
  readonly keys: ReadonlySet<string>;
  readonly labels: LabelArray;
}

function selectsByKey({ subject, peers }: Rule, question: KeysOfPods): boolean {
  return [subject, ...listedSelectors(peers)].some((selector) => requires(selector, question));
}

/** Whether it asks for a key and can meet the pods: what it asks of namespace, service account and cluster holds for them. */
function requires({ requirements }: EndpointSelector, { keys, labels }: KeysOfPods): boolean {
  if (!requirements.some((requirement) => keys.has(requirement.key) && isOfPodLabel(requirement))) return false;
  return matches(endpointSelector(requirements.filter((requirement) => !isOfPodLabel(requirement))), labels);
}

function isOfPodLabel({ source, key }: Requirement): boolean {
  return isPodLabel({ source: source === 'any' ? 'k8s' : source, key });
}
