/**
 * Prefixes -> the label sets of node-local identities.
 *
 * Every agent imports every policy, so each prefix and each except of any policy becomes an identity on every node; so do
 * the members of CIDR groups, learned DNS answers and API servers outside the cluster. Mirrors pkg/ipcache/metadata.go
 * (mergeLabels, resolveLabels). Numbers are given out elsewhere: an agent numbers its own.
 * Invariant: a label set has one world label, at most one cidr label (its own, else that of the nearest prefix around it),
 * and of other labels the one of the longest prefix wins.
 * Cost: O(prefixes x distinct lengths of prefixes that have more than a cidr label).
 */
import { getOrMake } from '../get-or-make.ts';
import { compareBytes, labelArray, type Label, type LabelArray } from '../identity/label.ts';
import type { CiliumCIDRGroup } from '../objects.ts';
import type { Profile } from '../profile.ts';
import { cidrLabelKey, formatPrefix, parsePrefix, shortened, worldLabel, type Prefix } from './cidr.ts';
import type { PolicyContext } from './context.ts';
import { encodedGroupKey } from './selector.ts';

/** A prefix with labels that it has besides those of its own text. */
export interface LabelledPrefix {
  readonly prefix: Prefix;
  readonly labels: readonly Label[];
}

/** Labels of the members of CIDR groups; of two groups that disagree the name that sorts first wins. */
export function groupPrefixes(groups: Iterable<CiliumCIDRGroup>, profile: Profile): readonly LabelledPrefix[] {
  const sorted = [...groups].sort((a, b) => compareBytes(a.name, b.name));
  return sorted.flatMap((group) => {
    const labels = groupLabels(group, profile);
    return group.cidrs.flatMap((text) => {
      const prefix = parsePrefix(text);
      return prefix === undefined ? [] : [{ prefix, labels }];
    });
  });
}

/** The label that `cidrGroupRef` selects. */
export function groupNameKey(name: string): string {
  return `io.cilium.policy.cidrgroupname/${name}`;
}

function groupLabels(group: CiliumCIDRGroup, profile: Profile): readonly Label[] {
  const labels: Label[] = [{ source: 'cidrgroup', key: groupNameKey(group.name), value: '' }];
  for (const [key, value] of group.labels) {
    if (key.startsWith('io.cilium.k8s')) continue;
    labels.push({ source: 'cidrgroup', key, value });
    if (profile.encodesCIDRGroupLabels) {
      labels.push({ source: 'cidrgroup', key: encodedGroupKey(key, value), value: '' });
    }
  }
  return labels;
}

interface KnownPrefix {
  readonly prefix: Prefix;
  readonly labels: Map<string, Label>;
}

/** The labels of a prefix, and which prefix the cidr label among them names, if there is one. */
export interface PrefixLabelSet {
  readonly labels: LabelArray;
  readonly cidr: Prefix | undefined;
}

/** What is known about prefixes, and what a prefix inherits from those around it. */
export class PrefixLabels {
  readonly #context: PolicyContext;
  readonly #known = new Map<string, KnownPrefix>();
  readonly #lengths = { 4: new Set<number>(), 6: new Set<number>() };
  /** Of prefixes that have more than a cidr label: few, and all that a prefix with a cidr label of its own inherits from. */
  readonly #namedLengths = { 4: new Set<number>(), 6: new Set<number>() };

  /** `prefixes` are those of policies, without /0; what can't be read is left out. */
  constructor(context: PolicyContext, prefixes: Iterable<string>, labelled: Iterable<LabelledPrefix>) {
    this.#context = context;
    for (const text of prefixes) {
      const prefix = parsePrefix(text);
      if (prefix === undefined || prefix.bits === 0) continue;
      this.#add(prefix, [{ source: 'cidr', key: cidrLabelKey(prefix), value: '' }]);
    }
    for (const { prefix, labels } of labelled) this.#add(prefix, labels);
  }

  *prefixes(): Iterable<Prefix> {
    for (const { prefix } of this.#known.values()) yield prefix;
  }

  /** Of every known prefix. */
  *labelSets(): Iterable<PrefixLabelSet> {
    for (const known of this.#known.values()) yield this.#labelSet(known.prefix, known);
  }

  /** The longest known prefix around this one, itself included. */
  nearest(prefix: Prefix): Prefix | undefined {
    for (const { prefix: around } of this.#around(prefix, this.#find(prefix))) return around;
    return undefined;
  }

  labelsOf(prefix: Prefix): LabelArray {
    return this.#labelSet(prefix, this.#find(prefix)).labels;
  }

  #labelSet(prefix: Prefix, own: KnownPrefix | undefined): PrefixLabelSet {
    const labels = new Map<string, Label>();
    let cidr: Prefix | undefined;
    for (const { prefix: around, labels: inherited } of this.#around(prefix, own)) {
      for (const [key, label] of inherited) {
        if (labels.has(key) || (label.source === 'cidr' && cidr !== undefined)) continue;
        labels.set(key, label);
        if (label.source === 'cidr') cidr = around;
      }
    }
    const world = worldLabel(prefix.family, this.#context);
    labels.set(world.key, world);
    return { labels: labelArray(labels.values()), cidr };
  }

  #find(prefix: Prefix): KnownPrefix | undefined {
    return this.#known.get(formatPrefix(prefix));
  }

  #add(prefix: Prefix, labels: readonly Label[]): void {
    const text = formatPrefix(prefix);
    const known = getOrMake(this.#known, text, () => ({ prefix, labels: new Map<string, Label>() }));
    for (const label of labels) if (!known.labels.has(label.key)) known.labels.set(label.key, label);
    this.#lengths[prefix.family].add(prefix.bits);
    if (labels.some(({ source }) => source !== 'cidr')) this.#namedLengths[prefix.family].add(prefix.bits);
  }

  /** Those whose labels a prefix may have, from the longest to the shortest. */
  *#around(prefix: Prefix, own: KnownPrefix | undefined): Iterable<KnownPrefix> {
    if (own !== undefined) yield own;
    const hasCIDR = own !== undefined && [...own.labels.values()].some(({ source }) => source === 'cidr');
    const lengths = (hasCIDR ? this.#namedLengths : this.#lengths)[prefix.family];
    if (lengths.size === 0) return;
    for (const bits of [...lengths].filter((length) => length < prefix.bits).sort((a, b) => b - a)) {
      const known = this.#find(shortened(prefix, bits));
      if (known !== undefined) yield known;
    }
  }
}
