/**
 * Pods of a tenant as ends of flows, one for each identity: those of a namespace that is relabelled, then those of the tenant's
 * other namespaces.
 *
 * Cost: O(identities of the tenant), up to a bound, with pauses.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { namedPorts, type NamedPortMap } from '../../cilium/named-ports.ts';
import type { Pod } from '../../cilium/objects.ts';
import { Pace } from '../../cilium/pace.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import type { OwnNamespaces } from '../facts/own-namespaces.ts';
import type { KeyChange } from '../facts/relabelled-pods.ts';

const MOST_IDENTITIES = 500;
const STEPS_PER_PAUSE = 100;

export interface OwnPod {
  /** `team-a/web-0` */
  readonly pod: string;
  /** Once the namespace is relabelled. */
  readonly labels: LabelArray;
  readonly identities: { readonly before: NumericIdentity; readonly after: NumericIdentity };
  readonly ports: NamedPortMap;
  /** Of a pod of the namespace. */
  readonly change?: KeyChange;
}

/** `examples`: the changes of which a pod is wanted, whatever else there is. */
export function* ownPods(
  examples: Iterable<KeyChange>,
  isOwn: OwnNamespaces,
  context: ChangeContext,
): Generator<Pause, readonly OwnPod[]> {
  const moved = [...new Set(examples)].flatMap((change) => movedPod(change, context) ?? []);
  return [...moved, ...(yield* standingPods(isOwn, context))];
}

function movedPod(change: KeyChange, { before, after }: ChangeContext): OwnPod | undefined {
  const pod = firstByName(change.pods);
  const [was] = before.identitiesWithKey(change.from);
  const [is] = after.identitiesWithKey(change.key);
  if (pod === undefined || was === undefined || is === undefined) return undefined;
  return { ...ofPod(pod, change.labels), identities: { before: was, after: is }, change };
}

/** Of namespaces of the tenant whose labels stay. */
function* standingPods(
  isOwn: OwnNamespaces,
  { before, submission }: ChangeContext,
): Generator<Pause, readonly OwnPod[]> {
  const { change } = submission;
  const relabelled = change.op === 'update' ? change.after.name : undefined;
  const pods: OwnPod[] = [];
  const pace = new Pace(STEPS_PER_PAUSE);
  let seen = 0;
  for (const { name } of before.namespaces()) {
    if (pace.isPauseDue(1)) yield PAUSE;
    if (name === relabelled || !isOwn(name)) continue;
    for (const identity of before.identitiesIn(name)) {
      if (++seen > MOST_IDENTITIES) return pods;
      if (pace.isPauseDue(1)) yield PAUSE;
      const labels = before.labelsOf(identity);
      const [pod] = before.podsWith(identity);
      if (labels === undefined || pod === undefined) continue;
      pods.push({ ...ofPod(pod, labels), identities: { before: identity, after: identity } });
    }
  }
  return pods;
}

function ofPod(pod: Pod, labels: LabelArray): Pick<OwnPod, 'pod' | 'labels' | 'ports'> {
  return { pod: `${pod.namespace}/${pod.name}`, labels, ports: namedPorts(pod.ports) };
}

function firstByName(pods: readonly Pod[]): Pod | undefined {
  return pods.reduce<Pod | undefined>(
    (first, pod) => (first === undefined || pod.name < first.name ? pod : first),
    undefined,
  );
}
