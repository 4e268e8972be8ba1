/**
 * What the second evaluator is asked: one flow at one endpoint, and the settings under which it is judged.
 */
import type { AgentConfig } from '../agent-config.ts';
import type { LabelArray } from '../identity/label.ts';
import type { RuleRef } from '../objects.ts';
import type { Profile } from '../profile.ts';
import type { Readings } from './readings.ts';

export type ReplayPeer =
  | { readonly kind: 'endpoint'; readonly labels: LabelArray }
  /** `labels`: what its identity has besides the world and cidr labels, such as `reserved:kube-apiserver`. */
  | { readonly kind: 'address'; readonly address: string; readonly labels?: LabelArray };

/** One direction at one endpoint. The other end judges the same packet by its own policy: that is a second flow. */
export interface ReplayFlow {
  readonly direction: 'ingress' | 'egress';
  /** Security labels of the endpoint whose policy is asked. */
  readonly subject: LabelArray;
  readonly peer: ReplayPeer;
  /** IP protocol number; 0 is a packet of no protocol that a rule could name. */
  readonly protocol: number;
  /** Destination port, or ICMP type; 0 is a packet without a port, such as a fragment. */
  readonly port: number;
}

export interface ReplayOptions {
  readonly profile: Pick<
    Profile,
    | 'aggregateIdentities'
    | 'bothSlashZeroSelectWorld'
    | 'encodesCIDRGroupLabels'
    | 'cidrSelectorsNeedWorld'
    | 'hostEntry'
    | 'hostLabelDisablesPolicy'
    | 'leavesGroupsToOperator'
    | 'legacySelectorKeys'
    | 'nullSelectsEveryGroup'
    | 'portZeroIgnoresEndPort'
    | 'worldLabelByFamily'
  >;
  readonly config: Pick<
    AgentConfig,
    | 'clusterName'
    | 'cidrMatchMode'
    | 'policyDefaultLocalCluster'
    | 'enforcement'
    | 'allowLocalhost'
    | 'hostFirewall'
    | 'nonDefaultDeny'
    | 'ipv4'
    | 'ipv6'
  >;
}

/** What is passed on while a policy is read. */
export interface ReplayContext extends ReplayOptions {
  readonly readings: Readings;
}

export interface ReplayVerdict {
  /** `unknown`: a rule that could change the answer uses something that is not modelled. */
  readonly verdict: 'allow' | 'deny' | 'default-deny' | 'unknown';
  /** The rules that decide; for `unknown`, those that could. */
  readonly by: readonly RuleRef[];
  readonly reason: string;
}
