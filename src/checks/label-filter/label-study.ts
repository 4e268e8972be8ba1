/**
 * The label filter in force, and what would come of other entries in `labels`, over the labels that are or may be there.
 *
 * Every decision is that of LabelFilter itself; what an expression matches of a key is looked up once.
 * Invariant: variants differ in the entries of `labels` only; the rules before them (built in, or of the file) are the same.
 * Cost: a variant O(labels x rules) look-ups.
 */
import {
  parseFilterEntry,
  splitFilterEntry,
  type FilterRule,
  type WrittenEntry,
} from '../../cilium/identity/filter-rule.ts';
import { LabelFilter } from '../../cilium/identity/label-filter.ts';
import { compareBytes, type Label } from '../../cilium/identity/label.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { spelledKey, tokensOf, type Token } from './expression.ts';
import type { KnownKeys } from './known-keys.ts';

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
  /** What is decided on, sorted: the labels of the model, those that any cluster may have, and those that entries spell. */
  readonly labels: readonly Label[];
  readonly #present: ReadonlySet<string>;
  readonly #known: ReadonlySet<string>;
  readonly #named: ReadonlySet<string>;
  /** By expression, then by key. */
  readonly #lengths = new Map<string, Map<string, number | undefined>>();

  /** `filter`: as parsed from the base rules and these entries. */
  constructor(filter: LabelFilter, entries: readonly string[], keys: KnownKeys) {
    this.base = filter.rules.filter(({ origin }) => origin.kind !== 'labels').map((rule) => remembering(rule));
    const rules = entries.map((text, position) => this.#rule(text, position));
    this.entries = rules.flatMap((rule, position) => entryOf(entries[position] ?? '', position, rule) ?? []);
    this.filter = new LabelFilter([...this.base, ...this.entries.map(({ rule }) => rule)]);
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
    const rules = entries.map((text, position) => this.#rule(text, position));
    const parsed = rules.flatMap((rule) => rule ?? []);
    return parsed.length < rules.length ? undefined : { entries, filter: new LabelFilter([...this.base, ...parsed]) };
  }

  /** The labels that a rule matches, an empty match aside. */
  matched(rule: FilterRule): readonly Label[] {
    return this.labels.filter((label) => lengthOf(rule, label) > 0);
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
    const { filter } = this.without(entry);
    if (filter.includeMode) return [];
    return this.difference(filter, this.filter).lost.filter((label) => this.isPresent(label));
  }

  difference(first: LabelFilter, second: LabelFilter): Difference {
    const gained: Label[] = [];
    const lost: Label[] = [];
    for (const label of this.labels) {
      const isKept = second.keeps(label);
      if (first.keeps(label) !== isKept) (isKept ? gained : lost).push(label);
    }
    return { gained, lost };
  }

  #rule(entry: string, position: number): FilterRule | undefined {
    const rule = parseFilterEntry(entry, { kind: 'labels', entry, position });
    if (!rule.ok) return undefined;
    return remembering(
      rule.value,
      getOrMake(this.#lengths, entry, () => new Map<string, number | undefined>()),
    );
  }
}

/** Bytes that the rule matches of the label; 0: nothing, or an empty match. */
export function lengthOf(rule: FilterRule, { source, key }: Label): number {
  return rule.source === '' || rule.source === source ? (rule.matchLength(key) ?? 0) : 0;
}

/** As the agent makes labels of what Kubernetes has. */
export function podLabel(key: string): Label {
  return { source: 'k8s', key, value: '' };
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

function remembering(rule: FilterRule, lengths = new Map<string, number | undefined>()): FilterRule {
  return {
    ...rule,
    matchLength: (key) => {
      if (!lengths.has(key)) lengths.set(key, rule.matchLength(key));
      return lengths.get(key);
    },
  };
}
