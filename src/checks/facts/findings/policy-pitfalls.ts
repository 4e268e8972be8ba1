/**
 * What the check policy-pitfalls finds, in facts, and in details for its message.
 *
 * JSON schema: schemas/finding.schema.json; the page of the check says what each word means.
 */
import type { Direction } from '../../../cilium/policy/rule.ts';

/** What about a policy is otherwise than it is written, by finding. */
export interface MisreadingReasons {
  readonly 'unresolved-services': 'no-service';
  readonly 'empty-list-of-everybody': 'toFQDNs' | 'toServices' | 'toGroups';
  readonly 'port-zero-range': 'every-port';
  readonly 'icmp-type-zero': 'every-type';
  readonly 'negation-takes-world': 'world';
  readonly 'negation-takes-excluded': 'aggregate';
  readonly 'rules-without-parser': 'kafka' | 'l7' | 'l7proto';
  readonly 'empty-cidr-group-selector': 'everybody';
  readonly 'cidr-group-negation': 'pods';
  readonly 'cidr-of-pods': 'no-pod';
  readonly 'empty-ports': 'no-port';
  readonly 'empty-list-of-nobody': 'nobody';
  readonly 'denied-services': 'never-looked-up';
  readonly 'end-port-below-port': 'one-port';
}
export type MisreadingId = keyof MisreadingReasons;

/** What selects nothing, or something else. */
export interface LostReasons {
  readonly 'foreign-namespace-subject': 'nothing' | 'own-namespace';
  readonly 'filtered-label': 'subject';
}
export type LostId = keyof LostReasons;

export interface CostReasons {
  readonly 'clusterwide-empty-peer': 'entity-cluster';
  readonly 'any-protocol': 'protocol-tcp';
  readonly 'nested-prefixes': 'without-nested';
  readonly 'prefixes-without-group': 'cidr-group';
}
export type CostId = keyof CostReasons;

export type PitfallReasons = MisreadingReasons & LostReasons & CostReasons;
export type PitfallId = keyof PitfallReasons;

/** `opens`: more flows go through than it says. `closes`: fewer. `costs`: the same with more entries of policy maps. */
export type PitfallEffect = 'opens' | 'closes' | 'costs';

type MisreadingFacts = {
  readonly effect: 'opens' | 'closes';
  readonly reason: MisreadingReasons[MisreadingId];
  readonly direction: Direction;
  readonly verdict: 'allow' | 'deny';
};

type LostFacts = {
  readonly effect: 'closes';
  readonly reason: LostReasons[LostId];
  /** What asks for it. */
  readonly label: string;
  /** Pods of the namespace that have the label, where that is the one to look in. */
  readonly pods?: number;
  /** Pods that are selected. */
  readonly selected: number;
};

type CostFacts = {
  readonly effect: 'costs';
  readonly reason: CostReasons[CostId];
  /** Of the policy map that has most of them because of it. */
  readonly entries: number;
  /** Of that map, in the other form. */
  readonly entriesOtherwise: number;
};

export type PolicyPitfallsFacts = { readonly [Id in MisreadingId]: MisreadingFacts } & {
  readonly [Id in LostId]: LostFacts;
} & { readonly [Id in CostId]: CostFacts };

type PitfallDetails = {
  /** What tells it apart wherever it stands in its policy. */
  readonly content: string;
};

type CostDetails = PitfallDetails & {
  /** One that has the map. */
  readonly pod?: string;
  /** How many prefixes it is about. */
  readonly prefixes?: number;
};

export type PolicyPitfallsDetails = { readonly [Id in MisreadingId | LostId]: PitfallDetails } & {
  readonly [Id in CostId]: CostDetails;
};
