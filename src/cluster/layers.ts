/**
 * What a view is put together from. The live layers belong to the store; a what-if replaces those that a change touches.
 */
import type { Workload } from '../cilium/objects.ts';
import type { Revision } from './events.ts';
import type { DNSCaches } from './identities/agent-identities.ts';
import type { HostLayer } from './identities/host-endpoints.ts';
import type { IdentityLayer } from './identities/identity-layer.ts';
import type { LabelSet, LabelSets } from './identities/label-sets.ts';
import type { NodeLayer } from './identities/node-layer.ts';
import type { ObjectLayer } from './objects/object-layer.ts';
import type { ClassLayer } from './classes/class-layer.ts';
import type { PortTable } from './ports/port-table.ts';
import type { PolicyLayer } from './policies/policy-layer.ts';
import type { SelfCheckLayer } from './self-check/self-check.ts';
import type { Settings } from './settings.ts';
import type { UsageLayer } from './usage/usage-layer.ts';
import type { ClusterView } from './view.ts';

export interface Rollout {
  readonly before: Workload;
  readonly after: Workload;
}

export interface Layers {
  readonly revision: Revision;
  readonly settings: Settings;
  /** See ClusterView; of the cluster as it is, in a what-if too. */
  readonly others: readonly ClusterView[];
  readonly objects: ObjectLayer;
  readonly identities: IdentityLayer;
  /** Of the keys of the cluster as it is, in a what-if too; absent where the label filter is not known. */
  readonly labelSets?: Pick<LabelSets<LabelSet>, 'find'> | undefined;
  readonly hosts: HostLayer;
  readonly policies: PolicyLayer;
  readonly nodes: NodeLayer;
  readonly dnsCaches: DNSCaches;
  readonly ports: PortTable;
  readonly classes: ClassLayer;
  /** Of the cluster as it is, in a what-if too. */
  readonly usage: UsageLayer;
  /** Of the cluster as it is, in a what-if too. */
  readonly selfCheck: SelfCheckLayer;
  /** Whose agent knows the cluster so; absent: that of a node which is none of those that are known. */
  readonly ownNode?: string;
  /** Of a what-if: a workload that replaces its pods. They are there until the cluster settles. */
  readonly rollout?: Rollout;
}
