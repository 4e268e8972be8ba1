/**
 * Which labels are identity-relevant, and by which rule.
 *
 * Mirrors pkg/labelsfilter/filter.go. Of the rules that match a label, the longest include and the shortest exclude are
 * compared; the include has to be longer. A zero-length exclude counts as none at that moment, so that order matters.
 * Invariant: a decision depends on source and key only, never on the value or on other labels.
 * Cost: one expression per rule for a new key; a key of source k8s that was seen before is a map look-up, for a bounded
 * number of keys.
 */
import { fields } from '../go-text.ts';
import type { Profile } from '../profile.ts';
import { ok, type Result } from '../result.ts';
import { parseFilterEntry, type FilterRule, type LabelFilterError } from './filter-rule.ts';
import type { Label } from './label.ts';
import { parseLabelPrefixFile } from './label-prefix-file.ts';

export interface RuleMatch {
  readonly rule: FilterRule;
  /** Bytes of the key, from its start. */
  readonly length: number;
}

export interface FilterDecision {
  readonly kept: boolean;
  /** The longest include that matches. */
  readonly include?: RuleMatch;
  /** The shortest exclude that matches. */
  readonly exclude?: RuleMatch;
  /** An include that a user wrote makes every label need one. */
  readonly includeMode: boolean;
}

export interface LabelFilterSource {
  readonly profile: Profile;
  /** The `labels` option as written: entries between white space (a comma separates nothing). */
  readonly labels?: string;
  /** Content of the label-prefix-file; it replaces the built-in rules. */
  readonly prefixFile?: string;
}

const KEPT_DECISIONS = 10_000;
/** Kubernetes takes keys of 317 characters; whatever else comes in is not worth the room. */
const LONGEST_KEPT_KEY = 512;

export class LabelFilter {
  /** In the order in which the agent goes through them. */
  readonly rules: readonly FilterRule[];
  readonly includeMode: boolean;
  /** Decisions on labels of source k8s, by key. */
  readonly #decided = new Map<string, boolean>();

  constructor(rules: readonly FilterRule[]) {
    this.rules = rules;
    this.includeMode = rules.some((rule) => rule.effect === 'include' && rule.origin.kind !== 'built-in');
  }

  /** Whether the label is part of the identity; else it is an information label. */
  keeps(label: Label): boolean {
    if (label.source !== 'k8s') return this.decide(label).kept;
    const known = this.#decided.get(label.key);
    if (known !== undefined) return known;
    const { kept } = this.decide(label);
    if (label.key.length > LONGEST_KEPT_KEY) return kept;
    // Once full of keys that nobody uses any more, it has to make room for those that somebody does.
    if (this.#decided.size >= KEPT_DECISIONS) this.#decided.clear();
    this.#decided.set(label.key, kept);
    return kept;
  }

  /** The decision with the rules behind it. */
  decide(label: Label): FilterDecision {
    let include: RuleMatch | undefined;
    let exclude: RuleMatch | undefined;
    for (const rule of this.rules) {
      const length = matchLength(rule, label);
      if (length === undefined) continue;
      if (rule.effect === 'include') {
        if (length > lengthOf(include)) include = { rule, length };
      } else if (lengthOf(exclude) === 0 || length < lengthOf(exclude)) exclude = { rule, length };
    }
    if (lengthOf(exclude) === 0) exclude = undefined;
    const kept = (!this.includeMode && exclude === undefined) || lengthOf(include) > lengthOf(exclude);
    return {
      kept,
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
      includeMode: this.includeMode,
    };
  }
}

/** Of a label; undefined: the rule does not match it. 0 is a match too. */
export function matchLength(rule: FilterRule, label: Label): number | undefined {
  return rule.source === '' || rule.source === label.source ? rule.matchLength(label.key) : undefined;
}

function lengthOf(match: RuleMatch | undefined): number {
  return match?.length ?? 0;
}

/** The filter that an agent with these settings starts with, or why it does not start. */
export function parseLabelFilter(source: LabelFilterSource): Result<LabelFilter, LabelFilterError> {
  const base = source.prefixFile === undefined ? builtInRules(source.profile) : parseLabelPrefixFile(source.prefixFile);
  return base.ok ? filterOf(base.value, source.labels ?? '') : base;
}

/** The filter of labels of nodes: all are kept unless `node-labels` says otherwise, which has no rules beside it. */
export function parseNodeLabelFilter(nodeLabels: string): Result<LabelFilter, LabelFilterError> {
  return filterOf([], nodeLabels);
}

/** Of the rules of `base`, and after them the entries. */
function filterOf(base: readonly FilterRule[], entries: string): Result<LabelFilter, LabelFilterError> {
  const rules = [...base];
  for (const [position, entry] of fields(entries).entries()) {
    const rule = parseFilterEntry(entry, { kind: 'labels', entry, position });
    if (!rule.ok) return rule;
    rules.push(rule.value);
  }
  return ok(new LabelFilter(rules));
}

const BUILT_IN = [
  'reserved:.*',
  'io\\.kubernetes\\.pod\\.namespace',
  'io\\.cilium\\.k8s\\.namespace\\.labels',
  'app\\.kubernetes\\.io',
  'io\\.cilium\\.k8s\\.policy\\.cluster',
  'io\\.cilium\\.k8s\\.policy\\.serviceaccount',
  '!io\\.kubernetes',
  '!kubernetes\\.io',
  '!statefulset\\.kubernetes\\.io/pod-name',
  '!apps\\.kubernetes\\.io/pod-index',
  '!batch\\.kubernetes\\.io/job-completion-index',
  '!batch\\.kubernetes\\.io/controller-uid',
  '!.*beta\\.kubernetes\\.io',
  '!k8s\\.io',
  '!pod-template-generation',
  '!pod-template-hash',
  '!controller-revision-hash',
  '!controller-uid',
  '!annotation.*',
  '!etcd_node',
] as const;

const BUILT_IN_TOPOLOGY = '!topology\\.kubernetes\\.io';

function builtInRules(profile: Profile): Result<readonly FilterRule[], LabelFilterError> {
  const entries = profile.excludesTopologyLabels ? [...BUILT_IN, BUILT_IN_TOPOLOGY] : BUILT_IN;
  const rules: FilterRule[] = [];
  for (const entry of entries) {
    const rule = parseFilterEntry(entry, { kind: 'built-in', entry });
    if (!rule.ok) return rule;
    rules.push(rule.value);
  }
  return ok(rules);
}
