/**
 * What the check label-filter finds, in facts, and in details for its message.
 *
 * JSON schema: schemas/finding.schema.json; the page of the check says what each word means.
 */

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

export type LabelFilterFacts = { readonly [Id in FilterFindingId]: FilterFacts };
export type LabelFilterDetails = { readonly [Id in FilterFindingId]: FilterDetails };
