/**
 * Every finding: the check that makes it, the numbers that are published with it, and more for its message.
 *
 * One entry for each finding id, so that nobody can ask a finding for a fact that it does not have. What a check says stands
 * in findings/; names and meanings are those of docs/checks/. JSON schema:
 * schemas/finding.schema.json.
 */
import type { DenyContradictionDetails, DenyContradictionFacts } from './findings/deny-contradiction.ts';
import type { IdentityChurnDetails, IdentityChurnFacts } from './findings/identity-churn.ts';
import type { InvalidPolicyDetails, InvalidPolicyFacts } from './findings/invalid-policy.ts';
import type { LabelFilterDetails, LabelFilterFacts } from './findings/label-filter.ts';
import type { PolicyPitfallsDetails, PolicyPitfallsFacts } from './findings/policy-pitfalls.ts';
import type { PolicyMapOverflowDetails, PolicyMapOverflowFacts } from './findings/policy-map-overflow.ts';
import type { ReservedLabelsFacts } from './findings/reserved-labels.ts';

export const CHECK_IDS = [
  'identity-churn',
  'deny-contradiction',
  'policy-map-overflow',
  'invalid-policy',
  'policy-pitfalls',
  'reserved-labels',
  'label-filter',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** Every finding, and the check that makes it. */
export const CHECK_OF_FINDING = {
  'label-churn': 'identity-churn',
  'identity-budget': 'identity-churn',
  'mint-rate': 'identity-churn',
  'cluster-headroom': 'identity-churn',
  'namespace-churn': 'identity-churn',
  'label-not-allowed': 'identity-churn',
  'gc-stalled': 'identity-churn',
  'filter-gap': 'identity-churn',
  'cluster-churn': 'identity-churn',
  'relabel-pod': 'identity-churn',
  'relabel-namespace': 'identity-churn',
  'dead-allow': 'deny-contradiction',
  'dead-today': 'deny-contradiction',
  'partial-allow': 'deny-contradiction',
  'dead-selector': 'deny-contradiction',
  'kills-allows': 'deny-contradiction',
  'policy-map-overflow': 'policy-map-overflow',
  'invalid-policy': 'invalid-policy',
  'unresolved-services': 'policy-pitfalls',
  'empty-list-of-everybody': 'policy-pitfalls',
  'port-zero-range': 'policy-pitfalls',
  'icmp-type-zero': 'policy-pitfalls',
  'negation-takes-world': 'policy-pitfalls',
  'negation-takes-excluded': 'policy-pitfalls',
  'rules-without-parser': 'policy-pitfalls',
  'empty-cidr-group-selector': 'policy-pitfalls',
  'cidr-group-negation': 'policy-pitfalls',
  'cidr-of-pods': 'policy-pitfalls',
  'empty-ports': 'policy-pitfalls',
  'empty-list-of-nobody': 'policy-pitfalls',
  'denied-services': 'policy-pitfalls',
  'end-port-below-port': 'policy-pitfalls',
  'foreign-namespace-subject': 'policy-pitfalls',
  'filtered-label': 'policy-pitfalls',
  'clusterwide-empty-peer': 'policy-pitfalls',
  'any-protocol': 'policy-pitfalls',
  'nested-prefixes': 'policy-pitfalls',
  'prefixes-without-group': 'policy-pitfalls',
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

export interface FactsOf
  extends
    IdentityChurnFacts,
    DenyContradictionFacts,
    PolicyMapOverflowFacts,
    InvalidPolicyFacts,
    PolicyPitfallsFacts,
    ReservedLabelsFacts,
    LabelFilterFacts {}

/** For the message, and no part of what is published. */
export interface DetailsOf
  extends
    IdentityChurnDetails,
    DenyContradictionDetails,
    PolicyMapOverflowDetails,
    InvalidPolicyDetails,
    PolicyPitfallsDetails,
    LabelFilterDetails {}
