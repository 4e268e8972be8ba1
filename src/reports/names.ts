/**
 * How reports write objects, rules, labels and flows. The same words in every format.
 */
import type { FlowEnd } from '../checks/check.ts';
import type { Label } from '../cilium/identity/label.ts';
import type { ObjectRef } from '../cilium/objects.ts';

/** What names an object; `kind` is a free word where it comes from a submitted object. */
type Named = Pick<ObjectRef, 'name' | 'namespace'> & { readonly kind: string };

/** As the object itself says it: `Rollout` of `Rollout.argoproj.io`. */
export function kindText(kind: string): string {
  return kind.split('.', 1)[0] ?? kind;
}

/** `CiliumNetworkPolicy/team-a/web`, `CiliumClusterwideNetworkPolicy/deny-metadata`. */
export function objectPath(object: Named): string {
  return [kindText(object.kind), object.namespace, object.name].filter((part) => part !== undefined).join('/');
}

/** `k8s:app=web`; an empty value prints without `=`, as in Cilium's own output. */
export function labelText(label: Label): string {
  return label.value === '' ? `${label.source}:${label.key}` : `${label.source}:${label.key}=${label.value}`;
}

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'ANY'],
  [1, 'ICMP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [58, 'ICMPv6'],
  [132, 'SCTP'],
]);

/** Kubernetes' name of an IP protocol, or its number. */
export function protocolName(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? String(protocol);
}

/** A pod by its name, an endpoint by its labels, an address as it is. */
export function flowEndText(end: FlowEnd): string {
  if (end.kind === 'address') return end.address;
  return end.pod === undefined ? `{${end.labels.map(labelText).join(' ')}}` : `pod ${end.pod}`;
}

/** Above the bits of a cluster: what means something on one node only (IdentityScopeMask), or has no number yet. */
const FIRST_MADE_UP = 1 << 24;

/** Whether an identity is known by its labels alone: its number is made up, here as on each node. */
export function isMadeUp(identity: number): boolean {
  return identity >= FIRST_MADE_UP;
}

const NAMESPACE = 'k8s:io.kubernetes.pod.namespace=';

/** `pods of team-a with app=web, tier=x`: what people know of an identity without a number. */
export function podsText(labels: readonly string[]): string {
  const namespace = labels.find((label) => label.startsWith(NAMESPACE))?.slice(NAMESPACE.length);
  const own = labels
    .filter((label) => label.startsWith('k8s:') && !label.startsWith('k8s:io.'))
    .map((label) => label.slice(4));
  const where = namespace === undefined ? '' : ` of ${namespace}`;
  return `pods${where} ${own.length === 0 ? 'without labels' : `with ${own.join(', ')}`}`;
}

/** Why a finding is recorded and nothing else; a log may have words of another version. */
export function mistrustText(why: string): string {
  switch (why) {
    case 'self-check':
      return 'recorded only: agents gave pods other identities';
    case 'config-not-seen':
      return 'recorded only: what agents have read of cilium-config is not known';
    case 'stale':
      return 'recorded only: the model is too old';
    default:
      return `recorded only: ${why}`;
  }
}
