/**
 * The label filter in force, and what would come of other entries in `labels`, over the labels that are or may be there.
 *
 * Every decision is that of LabelFilter itself; what an expression matches of a key is looked up once.
 * Invariant: variants differ in the entries of `labels` only; the rules before them (built in, or of the file) are the same.
 * Cost: a variant O(rules) for each label that the entries match in which it differs; for every label where one of the two
 * makes labels need an include.
 */
import {
  parseFilterEntry,
  splitFilterEntry,
  type FilterRule,
  type WrittenEntry,
} from '../../cilium/identity/filter-rule.ts';
import { LabelFilter, matchLength } from '../../cilium/identity/label-filter.ts';
import { compareBytes, type Label } from '../../cilium/identity/label.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { spelledKey, tokensOf, type Token } from './expression.ts';
import type { KnownKeys } from '../facts/known-keys.ts';
import { podLabel } from '../facts/pod-label.ts';

/** One entry of `labels`. */
export interface Entry {
  readonly text: string;
  /** Counts from 0. */
  readonly position: number;
  readonly written: WrittenEntry;
  readonly tokens: readonly Token[];
  readonly rule: FilterRule;
}

/** Other entries, and the filter that they make. */
export interface Variant {
  readonly entries: readonly string[];
  readonly filter: LabelFilter;
  /** All others come out as they do with the filter in force. */
  readonly touched: ReadonlySet<Label>;
}

export interface Difference {
  /** Kept by the second and not by the first. */
  readonly gained: readonly Label[];
  /** Kept by the first and not by the second. */
  readonly lost: readonly Label[];
}

/** What makes of a key one that starts with it: an entry matches both unless it ends in "$". */
const LONGER = '0';

export class LabelStudy {
  /** Before the entries of `labels`. */
  readonly base: readonly FilterRule[];
  readonly entries: readonly Entry[];
  readonly filter: LabelFilter;
  /** The entries as they are. */
  readonly current: Variant;
  /** What is decided on, sorted: the labels of the model, those that any cluster may have, and those that entries spell. */
  readonly labels: readonly Label[];
  readonly #present: ReadonlySet<string>;
  readonly #known: ReadonlySet<string>;
  readonly #named: ReadonlySet<string>;
  /** By entry. */
  readonly #rules = new Map<string, FilterRule | undefined>();
  readonly #reached = new Map<FilterRule, readonly Label[]>();

  /** `filter`: as parsed from the base rules and these entries. */
  constructor(filter: LabelFilter, entries: readonly string[], keys: KnownKeys) {
    this.base = filter.rules.filter(({ origin }) => origin.kind !== 'labels').map((rule) => remembering(rule));
    this.entries = entries.flatMap((text, position) => entryOf(text, position, this.#rule(text)) ?? []);
    this.filter = new LabelFilter([...this.base, ...this.entries.map(({ rule }) => rule)]);
    this.current = { entries, filter: this.filter, touched: new Set() };
    const spelled = entries.flatMap(spelledKeys);
    this.#present = new Set(keys.present);
    this.#known = new Set([...keys.present, ...keys.usual]);
    this.#named = new Set([...this.#known, ...spelled]);
    const all = new Set([...this.#named, ...spelled.map((key) => key + LONGER)]);
    this.labels = [...all].sort(compareBytes).map(podLabel);
  }

  /** Whether a label-prefix-file has taken the place of the built-in rules. */
  get isFromFile(): boolean {
    return this.base.every(({ origin }) => origin.kind === 'file');
  }

  /** Whether some object of the model has it. */
  isPresent({ key }: Label): boolean {
    return this.#present.has(key);
  }

  /** Whether some object of the model has it, or may have it because of Kubernetes itself. */
  isKnown({ key }: Label): boolean {
    return this.#known.has(key);
  }

  /** Whether somebody has named it; the others stand for keys that start like those. */
  isNamed({ key }: Label): boolean {
    return this.#named.has(key);
  }

  /** The same with other texts in place of these entries; none: without them. undefined: an agent would refuse it. */
  replacing(positions: ReadonlyMap<number, readonly string[]>): Variant | undefined {
    const entries = this.entries.flatMap(({ text, position }) => positions.get(position) ?? [text]);
    return this.variant(entries);
  }

  without(...entries: readonly Entry[]): Variant {
    const variant = this.replacing(new Map(entries.map(({ position }) => [position, []])));
    if (variant === undefined) throw new Error('entries that parse do so without each other');
    return variant;
  }

  variant(entries: readonly string[]): Variant | undefined {
    const rules = entries.flatMap((text) => this.#rule(text) ?? []);
    if (rules.length < entries.length) return undefined;
    const filter = new LabelFilter([...this.base, ...rules]);
    return { entries, filter, touched: this.#touchedBy(rules, filter.includeMode) };
  }

  /** The labels that a rule matches, an empty match aside. */
  matched(rule: FilterRule): readonly Label[] {
    return this.reached(rule).filter((label) => lengthOf(rule, label) > 0);
  }

  /** The labels that a rule matches, be it with an empty match. */
  reached(rule: FilterRule): readonly Label[] {
    return getOrMake(this.#reached, rule, () => this.labels.filter((label) => matchLength(rule, label) !== undefined));
  }

  /** Those of them that are there or may be; failing that, those that the entries spell. */
  concerned(rule: FilterRule): readonly Label[] {
    const matched = this.matched(rule);
    const known = matched.filter((label) => this.isKnown(label));
    return known.length > 0 ? known : matched.filter((label) => this.isNamed(label));
  }

  /** Of the model, those that are no part of identities only because this entry makes every label need an include. */
  lostToIncludeMode(entry: Entry): readonly Label[] {
    if (entry.rule.effect === 'exclude') return [];
    const without = this.without(entry);
    if (without.filter.includeMode) return [];
    return this.difference(without, this.current).lost.filter((label) => this.isPresent(label));
  }

  /** Sorted, as all labels are. */
  difference(first: Variant, second: Variant): Difference {
    const gained: Label[] = [];
    const lost: Label[] = [];
    for (const label of this.touched(first, second)) {
      const isKept = second.filter.keeps(label);
      if (first.filter.keeps(label) !== isKept) (isKept ? gained : lost).push(label);
    }
    return { gained, lost };
  }

  /** Those that may come out otherwise in one of the two. */
  touched(first: Variant, second: Variant): readonly Label[] {
    if (first.touched.size + second.touched.size === 0) return [];
    return this.labels.filter((label) => first.touched.has(label) || second.touched.has(label));
  }

  /** What is reached by none of the rules that come, go or are there another number of times meets the same rules as before. */
  #touchedBy(rules: readonly FilterRule[], includeMode: boolean): ReadonlySet<Label> {
    if (includeMode !== this.filter.includeMode) return new Set(this.labels);
    const surplus = new Map<FilterRule, number>();
    for (const rule of rules) surplus.set(rule, (surplus.get(rule) ?? 0) + 1);
    for (const { rule } of this.entries) surplus.set(rule, (surplus.get(rule) ?? 0) - 1);
    const touched = new Set<Label>();
    for (const [rule, times] of surplus) {
      if (times !== 0) for (const label of this.reached(rule)) touched.add(label);
    }
    return touched;
  }

  /** One rule for one text, wherever it stands, so that what it matches is looked up once. */
  #rule(entry: string): FilterRule | undefined {
    if (!this.#rules.has(entry)) {
      const rule = parseFilterEntry(entry, { kind: 'labels', entry, position: 0 });
      this.#rules.set(entry, rule.ok ? remembering(rule.value) : undefined);
    }
    return this.#rules.get(entry);
  }
}

/** Bytes that the rule matches of the label; 0: nothing, or an empty match. */
export function lengthOf(rule: FilterRule, label: Label): number {
  return matchLength(rule, label) ?? 0;
}

function entryOf(text: string, position: number, rule: FilterRule | undefined): Entry | undefined {
  const written = splitFilterEntry(text);
  if (written === undefined || rule === undefined) return undefined;
  return { text, position, written, tokens: tokensOf(written.expression), rule };
}

/** The keys that an entry names, also where a comma or the like keeps it from matching them. */
function spelledKeys(text: string): readonly string[] {
  return text.split(/[,;="']/).flatMap((part) => {
    const written = splitFilterEntry(part.replace(/(?<=\w)[*?]$/, ''));
    return written === undefined ? [] : (spelledKey(tokensOf(written.expression)) ?? []);
  });
}

const NOT_MATCHED = -1;

function remembering(rule: FilterRule): FilterRule {
  const lengths = new Map<string, number>();
  const lengthOfMatch = (key: string): number => rule.matchLength(key) ?? NOT_MATCHED;
  return {
    ...rule,
    matchLength: (key) => {
      const length = getOrMake(lengths, key, () => lengthOfMatch(key));
      return length === NOT_MATCHED ? undefined : length;
    },
  };
}
