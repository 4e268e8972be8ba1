/**
 * A prefix of addresses of pods: pods are told by their labels, and no prefix ever matches one.
 *
 * The identity of a pod has no cidr label (pkg/ipcache); since 1.20 policy-cidr-match-mode may give it one.
 */
import { POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import { prefixOfLabelKey, type Prefix } from '../../cilium/policy/prefixes/cidr.ts';
import { endpointSelector, exists, type EndpointSelector } from '../../cilium/policy/selector.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { Element } from './element.ts';
import { portIn } from '../facts/example-flow.ts';
import { withPeer, type Ground, type Misreading } from './misreading.ts';

const ITEMS_PER_PAUSE = 256;
const PODS = endpointSelector([exists('k8s', POD_NAMESPACE_KEY)]);

export function* cidrOfPods({ rule }: Element, { settings, ends, podPrefixes }: Ground): Iterable<Misreading | Pause> {
  const packet = portIn(rule.ports);
  if (rule.peers.kind !== 'list' || packet === undefined || settings.config.cidrMatchMode.includes('pods')) return;
  for (const [index, { selectors, ref }] of rule.peers.items.entries()) {
    if (index % ITEMS_PER_PAUSE === ITEMS_PER_PAUSE - 1) yield PAUSE;
    const prefix = prefixOf(selectors);
    if (prefix === undefined || !podPrefixes.isAboutPods(prefix)) continue;
    yield {
      id: 'cidr-of-pods',
      reason: 'no-pod',
      field: ref.field,
      meant: withPeer(rule, ref.field, [PODS]),
      flows: [{ peer: ends.somePod(rule), ...packet }],
      content: JSON.stringify(selectors.map(({ key }) => key)),
      fixes: [{ kind: 'words', text: `name the pods that are meant by their labels, in place of ${ref.field}` }],
    };
  }
}

/** What the item takes, whatever it leaves out. */
function prefixOf([selector]: readonly EndpointSelector[]): Prefix | undefined {
  const taken = selector?.requirements.find(({ source, operator }) => source === 'cidr' && operator === 'Exists');
  return taken === undefined ? undefined : prefixOfLabelKey(taken.key);
}
