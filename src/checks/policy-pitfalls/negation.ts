/**
 * Peer selectors of nothing but NotIn and DoesNotExist: they take every identity that lacks the label, and that is not only pods.
 *
 * Cilium puts a namespace into a peer selector that names none. One whose expressions are about the namespace names one already, and
 * one with a key of source `reserved` is left alone, so that nothing positive is in it (getEndpointSelector,
 * pkg/k8s/apis/cilium.io/utils).
 */
import { labelArray, type Label } from '../../cilium/identity/label.ts';
import { POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import { pointerTo } from '../../cilium/json-pointer.ts';
import type { Peer, Rule } from '../../cilium/policy/rule.ts';
import {
  endpointSelector,
  exists,
  matches,
  type EndpointSelector,
  type Requirement,
} from '../../cilium/policy/selector.ts';
import { PAUSE, type Fix, type Pause } from '../check.ts';
import { portIn } from '../facts/example-flow.ts';
import type { End } from '../facts/flow-ends.ts';
import { withPeer, type Misreading } from './misreading.ts';

const ITEMS_PER_PAUSE = 256;

/** All that a misreading has but for what it is. */
type NegationPart = Pick<Misreading, 'field' | 'meant' | 'flows' | 'content' | 'fixes'>;

/**
 * Of the peers that are told by labels. `takenIn`: an end of flows that the selector takes in besides the pods that lack the
 * labels; undefined where there is none.
 */
export function* negationsTaking(
  rule: Rule,
  takenIn: (selector: EndpointSelector) => End | undefined,
): Iterable<NegationPart | Pause> {
  const packet = portIn(rule.ports);
  if (rule.peers.kind !== 'list' || packet === undefined) return;
  for (const [index, peer] of rule.peers.items.entries()) {
    if (index % ITEMS_PER_PAUSE === ITEMS_PER_PAUSE - 1) yield PAUSE;
    const [selector] = peer.selectors;
    if (selector === undefined || peer.selectors.length > 1 || !isNegation(selector)) continue;
    const end = takenIn(selector);
    if (end === undefined) continue;
    const { field } = peer.ref;
    yield {
      field,
      meant: withPeer(rule, field, [podsOf(selector)]),
      flows: [{ peer: end, ...packet }],
      content: selector.key,
      fixes: [fixOf(peer, rule)],
    };
  }
}

function isNegation({ requirements }: EndpointSelector): boolean {
  return (
    requirements.length > 0 && requirements.every((requirement) => isNegative(requirement) && isOfPods(requirement))
  );
}

function isNegative({ operator }: Requirement): boolean {
  return operator === 'NotIn' || operator === 'DoesNotExist';
}

/** Prefixes and groups of them have their own. */
function isOfPods({ source }: Requirement): boolean {
  return source !== 'cidr' && source !== 'cidrgroup';
}

function podsOf({ requirements }: EndpointSelector): EndpointSelector {
  return endpointSelector([...requirements, exists('k8s', POD_NAMESPACE_KEY)]);
}

/** What is no pod is what it asks for. */
export function asksForMoreThanPods({ requirements }: EndpointSelector): boolean {
  return requirements.some(
    ({ source, key, operator }) => source === 'reserved' || (key === POD_NAMESPACE_KEY && operator === 'DoesNotExist'),
  );
}

/** Labels of a pod that it excludes; undefined where it excludes no pod. */
export function excludedLabels({ requirements }: EndpointSelector): readonly Label[] | undefined {
  for (const { source, key, values } of requirements) {
    if (source !== 'any' && source !== 'k8s') continue;
    const label = { source: 'k8s', key, value: values[0] ?? '' };
    if (!matches(endpointSelector(requirements), labelArray([label]))) return [label];
  }
  return undefined;
}

const EXISTS = 'Exists';

function fixOf({ ref }: Peer, { verdict }: Rule): Fix {
  const isKubernetes = ref.object.kind === 'NetworkPolicy';
  if (ref.object.kind === 'ClusterNetworkPolicy') {
    const text = `name the namespaces that are meant in ${ref.field}, or ask for a label that all of them have besides`;
    return { kind: 'words', text };
  }
  const place = isKubernetes ? `${ref.field}.namespaceSelector` : ref.field;
  const key = isKubernetes ? 'kubernetes.io/metadata.name' : `k8s:${POD_NAMESPACE_KEY}`;
  const path = `${pointerTo(place)}/matchExpressions/-`;
  const text = `add { key: "${key}", operator: ${EXISTS} } to the matchExpressions of ${place}, so that it ${verdict === 'deny' ? 'denies' : 'allows'} pods only`;
  return { kind: 'patch', patch: [{ op: 'add', path, value: { key, operator: EXISTS } }], text };
}
