/**
 * What comes out of a review, of `check` and of an audit: the types that answers, reports and renderers are made from. JSON
 * shapes as documented; those of `explain` are in explanations.ts.
 */
import type { Tenant } from '../cluster/tenant.ts';
import type { Certainty } from '../cluster/view.ts';
import type { Fix, Flow, PolicyEffects, Severity } from '../checks/check.ts';
import type { CheckId, Facts, FindingId } from '../checks/facts/finding-facts.ts';
import type { Mode } from '../checks/settings.ts';
import type { Charge } from './charge.ts';
import type { ObjectRef, RuleRef } from '../cilium/objects.ts';
import type { FieldPath } from '../cilium/field-path.ts';
import type { Exemption } from './decision-rules.ts';
import type { Mistrust } from './mistrust.ts';
import type { SelfCheckFigures } from '../cluster/self-check/self-check.ts';

/** A finding with everything a reader gets: its message, its mode, and a fix that was judged again. */
export interface JudgedFinding {
  readonly check: CheckId;
  readonly id: FindingId;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly subject: ObjectRef;
  readonly field?: FieldPath;
  readonly facts: Facts;
  readonly causes: readonly RuleRef[];
  readonly witness?: Flow;
  readonly effects?: PolicyEffects;
  readonly fix?: Fix;
  /** One line: what, why, numbers. */
  readonly message: string;
  /** `platform`: recorded, never shown to the author. */
  readonly audience: 'author' | 'platform';
  /** While agents run with several versions or configurations: those with which alone it holds, as `Cilium 1.19.5`. */
  readonly onlyIn?: readonly string[];
  /** The mode in force for it; it denies if this is `enforce` and it can deny. */
  readonly mode: Mode;
  /** The exemption because of which it is only recorded. */
  readonly exemption?: string;
  /** Why it is only recorded: what the model knows may be wrong, or is too old. */
  readonly mistrust?: Mistrust['why'];
  /** Why a violation is advice here: the object was created before the day from which on objects are judged in earnest. */
  readonly eased?: 'created-before';
  readonly denies: boolean;
}

/** Something that could not be judged, and why; it never denies. */
export interface Unknown {
  readonly reason: string;
  /** Absent where it is what was submitted, or the model as a whole. */
  readonly object?: ObjectRef;
  readonly path?: FieldPath;
  /**
   * It could be judged, and the deadline or a bound of our own was in the way; `list`: it was judged, and is not listed, as
   * there is too much of it. Absent where it is not known or modelled.
   */
  readonly unfinished?: 'time' | 'size' | 'list';
  /** Policy maps have it: only what clusterwide denies would do to it is not known. */
  readonly only?: 'denies';
}

export interface Decision {
  readonly verdict: 'allow' | 'deny';
  readonly findings: readonly JudgedFinding[];
  readonly warnings: readonly string[];
  readonly unknowns: readonly Unknown[];
  /** Of these, what a policy is refused for, as the author may read them. */
  readonly refusedFor?: readonly Unknown[];
  readonly tenant: Tenant;
  readonly modelRevision: number;
  readonly replayMismatches: readonly ReplayMismatch[];
  /** What is taken once this is answered; absent: nothing. */
  readonly charge?: Charge;
}

/** A witness on which the second evaluator disagreed: a bug of ours. The finding is advice, `unknown`, for the platform. */
export interface ReplayMismatch {
  readonly finding: FindingId;
  readonly detail: string;
}

export interface JudgedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface ObjectDecision {
  readonly object: JudgedObject;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly origin?: { readonly file: string; readonly line: number };
  /** Why no check looked at it; absent where they did. */
  readonly notJudged?: string;
  readonly decision: Decision;
}

export interface CheckResult {
  readonly kind: 'CheckResult';
  readonly modelRevision: number;
  readonly decisions: readonly ObjectDecision[];
  /** Of the manifests; absent: nothing. */
  readonly skipped?: SkippedThings;
}

/** What was read and is no part of what is judged. */
export interface SkippedThings {
  readonly total: number;
  /** The first of them; `total` counts the others too. */
  readonly places: readonly SkippedPlace[];
}

export interface SkippedPlace {
  readonly file: string;
  /** Of the first that was skipped there for this reason. */
  readonly line?: number;
  readonly reason: string;
  readonly count: number;
}

export interface Capacity {
  readonly identitySpace: number;
  readonly identitiesInUse: number;
  readonly identitiesUnused: number;
  readonly policyMapMax: number;
  /** How many policy maps are counted how surely; certainties that none has are left out. */
  readonly policyMapCounts: readonly { readonly certainty: Certainty; readonly maps: number }[];
  /** The fullest policy maps, worst first. */
  readonly policyMaps: readonly {
    /** `new`: no CiliumIdentity has it yet. */
    readonly identity: number | 'new';
    readonly namespace: string;
    /** One that has the map. */
    readonly pod?: string;
    /** A node whose host endpoint has it. */
    readonly node?: string;
    readonly endpoints: number;
    readonly entries: number;
    /** Of the number of entries. */
    readonly certainty: Certainty;
    /** Why it is not exact. */
    readonly doubts: readonly string[];
  }[];
}

export interface Report {
  readonly kind: 'Report';
  readonly modelRevision: number;
  readonly ciliumVersion: string;
  readonly findings: readonly JudgedFinding[];
  readonly unknowns: readonly Unknown[];
  readonly replayMismatches: readonly ReplayMismatch[];
  /** They have no effect any more: somebody should renew them or take them out. */
  readonly expiredExemptions: readonly Pick<Exemption, 'name' | 'reason' | 'expires'>[];
  readonly capacity: Capacity;
  /** Predicted identities of pods against those that agents gave; absent where there was nothing to compare. */
  readonly selfCheck?: SelfCheckReport;
}

export interface SelfCheckReport extends SelfCheckFigures {
  /** Else findings about identities and policy maps are recorded only. */
  readonly isTrusted: boolean;
}
