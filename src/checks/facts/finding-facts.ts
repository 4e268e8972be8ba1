/**
 * What each finding says: the check that it belongs to, the numbers that are published with it, and more for its message.
 *
 * One entry for each finding id, so that nobody can ask a finding for a fact that it does not have. Names and meanings are
 * those of docs/checks/; JSON schema: schemas/finding.schema.json.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { ObjectRef } from '../../cilium/objects.ts';
import type { Direction } from '../../cilium/policy/rule.ts';

export const CHECK_IDS = [
  'identity-churn',
  'deny-contradiction',
  'policy-map-overflow',
  'reserved-labels',
  'label-filter',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** Every finding, and the check that makes it. */
export const CHECK_OF_FINDING = {
  'label-churn': 'identity-churn',
  'relabel-pod': 'identity-churn',
  'relabel-namespace': 'identity-churn',
  'dead-allow': 'deny-contradiction',
  'dead-today': 'deny-contradiction',
  'partial-allow': 'deny-contradiction',
  'policy-map-overflow': 'policy-map-overflow',
  'reserved-labels': 'reserved-labels',
  'filter-refused': 'label-filter',
  'filter-comma': 'label-filter',
  'filter-source': 'label-filter',
  'filter-no-such-key': 'label-filter',
  'filter-not-at-start': 'label-filter',
  'filter-empty-match': 'label-filter',
  'filter-glob': 'label-filter',
  'filter-unescaped-dot': 'label-filter',
  'filter-prefix': 'label-filter',
  'filter-alternatives': 'label-filter',
  'filter-outweighed': 'label-filter',
  'filter-shortest-exclude': 'label-filter',
  'filter-dead-entry': 'label-filter',
  'filter-include-mode': 'label-filter',
  'filter-readmitted': 'label-filter',
  'filter-lost-label': 'label-filter',
  'filter-lost-selector': 'label-filter',
  'filter-file-literal': 'label-filter',
} as const satisfies Readonly<Record<string, CheckId>>;
export type FindingId = keyof typeof CHECK_OF_FINDING;

export type FactValue = string | number | boolean | readonly string[];
/** The facts of any finding, for who only shows them. */
export type Facts = Readonly<Record<string, FactValue>>;

/** `new`: no CiliumIdentity has it yet. */
type IdentityOrNew = NumericIdentity | 'new';

type AllowFacts = {
  readonly direction: Direction;
  /** `ANY` where none is named. */
  readonly protocol: string;
  /** A number, an interval such as `8000-9000`, 0 for every port. */
  readonly port: number | string;
};

/** What Cilium takes a pod label key for, besides a label. */
export type Meaning =
  /** Stripped or overwritten: it means nothing to Cilium. */
  | 'cilium-owned'
  /** `reserved.` is read as the source of the label, and which of two labels stays is left to chance. */
  | 'source-prefix'
  /** The pod gets a number of its own on each node, and no CiliumIdentity. */
  | 'no-identity'
  /** No policy is enforced on the pod. */
  | 'policy-off'
  /** Default deny in both directions. */
  | 'default-deny'
  /** The name of a reserved identity, easily taken for it. */
  | 'reserved-name';

/** What is wrong with an entry of the label filter, by finding; docs/checks/label-filter.md says what each word means. */
export interface FilterReasons {
  readonly 'filter-refused': 'expression' | 'star' | 'source' | 'nothing' | 'file';
  readonly 'filter-comma': 'separator';
  readonly 'filter-source': 'any' | 'exclamation' | 'other';
  readonly 'filter-no-such-key': 'value' | 'quotes' | 'exclamation' | 'minus' | 'character';
  readonly 'filter-not-at-start': 'middle' | 'namespace-label';
  readonly 'filter-empty-match': 'undoes-excludes' | 'never-counts';
  readonly 'filter-glob': 'star';
  readonly 'filter-unescaped-dot': 'dot';
  readonly 'filter-prefix': 'longer-keys';
  readonly 'filter-alternatives': 'first-counts';
  readonly 'filter-outweighed': 'tie' | 'shorter';
  readonly 'filter-shortest-exclude': 'undone';
  readonly 'filter-dead-entry': 'repeated' | 'covered';
  readonly 'filter-include-mode': 'defaults-off';
  readonly 'filter-readmitted': 'wildcard' | 'file';
  readonly 'filter-lost-label':
    'cluster' | 'cluster-of-every-peer' | 'service-account' | 'namespace' | 'namespace-labels';
  readonly 'filter-lost-selector': 'excluded' | 'not-included';
  readonly 'filter-file-literal': 'expression';
}
export type FilterFindingId = keyof FilterReasons;

/** Lists are sorted, and the first of many. */
type FilterFacts = {
  readonly reason: FilterReasons[FilterFindingId];
  /** As written; absent where it is the value as a whole. */
  readonly entry?: string;
  /** Of the entry, from 0. */
  readonly position?: number;
  /** The rule that decides instead. */
  readonly rule?: string;
  /** Label keys that it is about. */
  readonly labels: readonly string[];
  /** Label keys of the cluster that are no part of identities because of the entry. */
  readonly lost?: readonly string[];
};

interface FilterDetails {
  /** How many labels, listed or not. */
  readonly labels: number;
  readonly lost: number;
  /** What the agent says when it refuses to start. */
  readonly error?: string;
  /** How many policies, listed as causes or not. */
  readonly policies: number;
}

export type FactsOf = { readonly [Id in FilterFindingId]: FilterFacts } & {
  readonly 'label-churn': {
    /** Sorted; the first of them where they are many. */
    readonly labels: readonly string[];
    readonly unused: number;
    readonly inUse: number;
    readonly nearestIdentity?: NumericIdentity;
  };
  readonly 'relabel-pod': { readonly identityBefore: IdentityOrNew; readonly identityAfter: IdentityOrNew };
  readonly 'relabel-namespace': {
    readonly podsReidentified: number;
    readonly identitiesMinted: number;
    readonly identitiesMintedWorst: number;
    readonly identitiesOrphaned: number;
    readonly entriesGainedWorst: number;
  };
  readonly 'dead-allow': AllowFacts;
  readonly 'dead-today': AllowFacts;
  readonly 'partial-allow': AllowFacts;
  readonly 'policy-map-overflow': {
    readonly identity: IdentityOrNew;
    readonly endpoints: number;
    readonly entriesBefore: number;
    readonly entriesAfter: number;
    readonly entriesSettled: number;
    readonly limit: number;
  };
  readonly 'reserved-labels': { readonly reason: Meaning; readonly label: string };
};

/** What tells a unit apart wherever it stands in its policy. */
type UnitDetails = { readonly content: string };

/** For the message, and no part of what is published. */
export type DetailsOf = { readonly [Id in FilterFindingId]: FilterDetails } & {
  readonly 'label-churn': {
    /** How many labels, listed or not. */
    readonly labels: number;
    /** Those of them that keep changing. */
    readonly churning: readonly string[];
    readonly mergedUnused: number;
    readonly mergedInUse: number;
  };
  /** `unpoliced`: pods that stay open if the policy is refused. */
  readonly 'dead-allow': UnitDetails & { readonly unpoliced: number };
  /** `matching`: how many identities it matches now. */
  readonly 'dead-today': UnitDetails & { readonly matching: number };
  /** `part`: what of it is denied. */
  readonly 'partial-allow': UnitDetails & { readonly part: string };
  readonly 'policy-map-overflow': {
    /** Of the causes, in percent. */
    readonly shares: readonly number[];
    /** One that has the map. */
    readonly pod?: string;
    /** A node whose host endpoint has it. */
    readonly node?: string;
    /** Where prefixes that only policies of other tenants name are to blame: for the platform team. */
    readonly foreign?: {
      readonly prefixes: number;
      /** How many policies name them, listed or not. */
      readonly policies: number;
      /** Those that name most, first. */
      readonly namers: readonly { readonly policy: ObjectRef; readonly prefixes: number }[];
    };
  };
};
