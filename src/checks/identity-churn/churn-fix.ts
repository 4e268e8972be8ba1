/**
 * What would end the churn: the labels to blame become annotations, unless somebody else needs them.
 *
 * Policies that select a label are named; those of other namespaces are not for this author to read about, so then there
 * are words only and no patch.
 * Cost: O(selectors of all policies), once a violation is found.
 */
import { formatRef, type ClusterObject } from '../../cilium/objects.ts';
import type { ParsedPolicy, Rule } from '../../cilium/policy/rule.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Fix, type Pause } from '../check.ts';
import { removePodLabels } from '../facts/label-patch.ts';
import { quotedList } from '../facts/quoted-list.ts';
import type { Blame } from './blame.ts';

const POLICIES_PER_PAUSE = 200;

export interface ChurnFixInput {
  readonly object: ClusterObject;
  readonly namespace: string;
  readonly blame: Blame;
  /** What the pods would share then, as the end of a sentence. */
  readonly gain: string;
}

export function* churnFixes(view: ClusterView, input: ChurnFixInput): Generator<Pause, readonly Fix[]> {
  const { removable, keys } = input.blame;
  if (removable.length === 0) {
    const text = `${quotedList(keys)} come from a controller: the platform team can exclude them in "labels" of cilium-config`;
    return [{ kind: 'words', text }];
  }
  const selecting = yield* policiesSelecting(view, new Set(removable));
  const own = selecting.filter(({ object }) => (object.namespace ?? input.namespace) === input.namespace);
  if (own.length < selecting.length) {
    return [{ kind: 'words', text: `ask the platform team whether ${quotedList(removable)} can become an annotation` }];
  }
  const patch = removePodLabels(input.object, removable);
  return [{ kind: 'patch', patch, text: `move ${quotedList(removable)} to an annotation; ${input.gain}${named(own)}` }];
}

function named(policies: readonly ParsedPolicy[]): string {
  return policies.length === 0 ? '' : ` (selected by ${quotedList(policies.map(({ object }) => formatRef(object)))})`;
}

function* policiesSelecting(view: ClusterView, keys: ReadonlySet<string>): Generator<Pause, readonly ParsedPolicy[]> {
  const selecting: ParsedPolicy[] = [];
  let seen = 0;
  for (const policy of view.policies()) {
    if (++seen % POLICIES_PER_PAUSE === 0) yield PAUSE;
    if (policy.kind === 'parsed' && policy.rules.some((rule) => selectsKey(rule, keys))) selecting.push(policy);
  }
  return selecting;
}

function selectsKey(rule: Rule, keys: ReadonlySet<string>): boolean {
  if (requires(rule.subject, keys)) return true;
  return rule.peers.kind === 'list' && rule.peers.items.some((peer) => peer.selectors.some((s) => requires(s, keys)));
}

function requires({ requirements }: EndpointSelector, keys: ReadonlySet<string>): boolean {
  return requirements.some(({ source, key }) => keys.has(key) && (source === 'any' || source === 'k8s'));
}
