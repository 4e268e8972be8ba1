/**
 * The words of a check: what is submitted, and what is found. context.ts has the signature of a check.
 */
import type { ObjectRef, RuleRef } from '../cilium/objects.ts';
import type { FieldError, FieldPath } from '../cilium/field-path.ts';
import type { LabelArray } from '../cilium/identity/label.ts';
import type { Direction, Protocol } from '../cilium/policy/rule.ts';
import type { Result } from '../cilium/result.ts';
import type { Change } from '../cluster/change.ts';
import type { Certainty } from '../cluster/view.ts';
import type { CHECK_OF_FINDING, CheckId, DetailsOf, FactsOf, FindingId } from './facts/finding-facts.ts';

export type Severity = 'violation' | 'advice';

/** RFC 6902, the operations that fixes need. */
export type JsonPatch = readonly JsonPatchOperation[];
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export interface Requester {
  readonly username: string;
  readonly groups: readonly string[];
}

export interface Submission {
  readonly change: Change;
  readonly requester: Requester;
  readonly dryRun: boolean;
  /** `status`, `finalize`, `binding`, ... as the API server names it. */
  readonly subresource?: string;
  /** Who asks: an API server that is about to store it, or somebody with a file, who reads about costs as well. */
  readonly origin: 'api-server' | 'file';
  /** Made by the edge: patches the raw object and decodes it again, so that a fix can be judged like what was sent. */
  readonly revise: (patch: JsonPatch) => Result<Submission, FieldError>;
}

/** One end of a flow: an endpoint by its identity labels, or an address outside the cluster. */
export type FlowEnd =
  | {
      readonly kind: 'endpoint';
      readonly labels: LabelArray;
      /** A pod of the tenant's own that has these labels. */ readonly pod?: string;
    }
  | {
      readonly kind: 'address';
      readonly address: string;
      /** What its identity carries besides the world and cidr labels, where that matters. */
      readonly labels?: LabelArray;
    };

/** A flow that shows a finding to be true. The subject of the policy is one end, by direction. */
export interface Flow {
  readonly direction: Direction;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  readonly protocol: Protocol;
  /** 0: every port of the protocol. */
  readonly port: number;
}

export interface ChangedFlow {
  readonly change: 'opens' | 'closes';
  readonly flow: Flow;
}

/** What a change does to what policies select, and to the flows that they are about. */
export interface PolicyEffects {
  /** Rules of clusterwide policies and of the tenant's own that start or stop selecting pods; the first of them. */
  readonly rules: readonly RuleShift[];
  /** How many of these there are, listed or not. */
  readonly rulesInAll: number;
  /** How many rules of other tenants do, rounded to one digit. */
  readonly rulesOfOthers: number;
  /** Not all rules were looked at. */
  readonly incomplete: boolean;
  /** Examples, each true before and after. */
  readonly flows: readonly ChangedFlow[];
}

/** Of some pods it may start, and of others stop. */
export interface RuleShift {
  readonly rule: RuleRef;
  readonly change: 'starts' | 'stops' | 'both';
}

export type Fix =
  /** Applied to what was submitted and judged again before it was shown. */
  | { readonly kind: 'patch'; readonly patch: JsonPatch; readonly text: string }
  | { readonly kind: 'words'; readonly text: string };

interface FindingBase {
  readonly severity: Severity;
  readonly certainty: Certainty;
  /** Whom it is about. */
  readonly subject: ObjectRef;
  /** `platform`: recorded, never shown to the author: it is about others, or would be noise. */
  readonly audience: 'author' | 'platform';
  /** Where in the submitted object. */
  readonly field?: FieldPath;
  readonly causes: readonly RuleRef[];
  readonly witness?: Flow;
  readonly effects?: PolicyEffects;
  /** While agents run with several versions or configurations: those with which alone it holds. Checks leave it out. */
  readonly onlyIn?: readonly string[];
  /** What would repair it, not yet judged: review/fix.ts applies it and judges the result before anybody sees it. */
  readonly proposals: readonly Fix[];
}

/** A finding by its id, with the facts of that id. Messages are made from these, in review/messages/. */
export type FindingOf<Id extends FindingId> = FindingBase & {
  readonly id: Id;
  readonly facts: FactsOf[Id];
} & (Id extends keyof DetailsOf ? { readonly details: DetailsOf[Id] } : { readonly details?: undefined });

export type FindingOfCheck<Check extends CheckId> = {
  readonly [Id in FindingId]: (typeof CHECK_OF_FINDING)[Id] extends Check ? FindingOf<Id> : never;
}[FindingId];

export type Finding = { readonly [Id in FindingId]: FindingOf<Id> }[FindingId];

/** Said instead of a finding where something could not be judged; it never denies. */
export interface Unjudged {
  readonly kind: 'unjudged';
  readonly reason: string;
  /** Absent where it is what was submitted. */
  readonly object?: ObjectRef;
  readonly path?: FieldPath;
  /** It could be judged, and a bound of our own was in the way. */
  readonly unfinished?: 'size';
}

/** Yielded so that the caller may look at the deadline and give way to other requests. */
export const PAUSE = Symbol('pause');
export type Pause = typeof PAUSE;

/** What a check yields, one after the other; the caller may stop at any of them. */
export type Answer = Finding | Unjudged | Pause;

export function isFinding(answer: Answer): answer is Finding {
  return answer !== PAUSE && 'severity' in answer;
}
