/**
 * Which kinds of objects the findings of each check rest on: where one of these is out of date, so is what was found.
 *
 * Every check needs Namespaces (whose object it is) and what tells Cilium's version and configuration. A check that judges pods
 * where their author stands needs workloads.
 */
import { isWorkloadKind, POLICY_KINDS, type Kind, type WorkloadKind } from '../cilium/objects.ts';
import type { CheckId } from './facts/finding-facts.ts';

type Needed = Exclude<Kind, WorkloadKind> | 'workloads';

const ALWAYS: readonly Needed[] = ['Namespace', 'ConfigMap'];
const IDENTITIES: readonly Needed[] = ['Pod', 'workloads', 'CiliumIdentity', 'CiliumEndpoint', 'CiliumEndpointSlice'];
/** What rules are about besides identities. */
const PEERS: readonly Needed[] = ['CiliumCIDRGroup', 'Service', 'EndpointSlice', 'Endpoints', 'Node', 'CiliumNode'];

const NEEDED: Readonly<Record<CheckId, readonly Needed[]>> = {
  'identity-churn': [...ALWAYS, ...IDENTITIES],
  'deny-contradiction': [...ALWAYS, ...IDENTITIES, ...POLICY_KINDS, ...PEERS],
  'policy-map-overflow': [...ALWAYS, ...IDENTITIES, ...POLICY_KINDS, ...PEERS],
  'invalid-policy': ALWAYS,
  'policy-pitfalls': [...ALWAYS, ...IDENTITIES, ...PEERS],
  'reserved-labels': [...ALWAYS, 'workloads'],
  'label-filter': [...ALWAYS, ...IDENTITIES, ...POLICY_KINDS],
};

/** A DaemonSet tells the version of Cilium, which every check needs. */
export function needsKind(check: CheckId, kind: Kind): boolean {
  if (kind === 'DaemonSet') return true;
  return NEEDED[check].includes(isOfWorkloads(kind) ? 'workloads' : kind);
}

/** Those that a workload may go back to are part of it. */
function isOfWorkloads(kind: Kind): kind is WorkloadKind | 'ControllerRevision' {
  return isWorkloadKind(kind) || kind === 'ControllerRevision';
}
