/**
 * Prefixes -> the label sets of node-local identities.
 *
 * Every agent imports every policy, so each prefix and each except of any policy becomes an identity on every node; so do
 * the members of CIDR groups, learned DNS answers and API servers outside the cluster. Mirrors pkg/ipcache/metadata.go
 * (mergeLabels, resolveLabels). Numbers are given out elsewhere: an agent numbers its own.
 * Invariant: a label set has one world label, at most one cidr label (its own, else that of the nearest prefix around it),
 * and of other labels the one of the longest prefix wins.
 * Cost: O(prefixes x distinct lengths).
 */
import { canonicalKey, compareBytes, labelArray, type Label, type LabelArray } from '../identity/label.ts';
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

/** Distinct label sets, each once. `prefixes` are those of policies, without /0; what can't be read is left out. */
export function localIdentities(
  prefixes: Iterable<string>,
  context: PolicyContext,
  labelled: Iterable<LabelledPrefix> = [],
): readonly LabelArray[] {
  const table = new PrefixLabels(context, prefixes, labelled);
  const sets = new Map<string, LabelArray>();
  for (const prefix of table.prefixes()) {
    const labels = table.labelsOf(prefix);
    sets.set(canonicalKey(labels), labels);
  }
  return [...sets.values()];
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

/** What is known about prefixes, and what a prefix inherits from those around it. */
export class PrefixLabels {
  readonly #context: PolicyContext;
  readonly #known = new Map<string, { readonly prefix: Prefix; readonly labels: Map<string, Label> }>();
  readonly #lengths = { 4: new Set<number>(), 6: new Set<number>() };

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

  /** The longest known prefix around this one, itself included. */
  nearest(prefix: Prefix): Prefix | undefined {
    for (const { prefix: around } of this.#around(prefix)) return around;
    return undefined;
  }

  labelsOf(prefix: Prefix): LabelArray {
    const labels = new Map<string, Label>();
    let hasCIDR = false;
    for (const { labels: inherited } of this.#around(prefix)) {
      for (const [key, label] of inherited) {
        if (labels.has(key) || (label.source === 'cidr' && hasCIDR)) continue;
        labels.set(key, label);
        hasCIDR ||= label.source === 'cidr';
      }
    }
    const world = worldLabel(prefix.family, this.#context);
    labels.set(world.key, world);
    return labelArray(labels.values());
  }

  #add(prefix: Prefix, labels: readonly Label[]): void {
    const text = formatPrefix(prefix);
    const known = this.#known.get(text) ?? { prefix, labels: new Map<string, Label>() };
    for (const label of labels) if (!known.labels.has(label.key)) known.labels.set(label.key, label);
    this.#known.set(text, known);
    this.#lengths[prefix.family].add(prefix.bits);
  }

  /** From the longest to the shortest. */
  *#around(prefix: Prefix) {
    const lengths = [...this.#lengths[prefix.family]].filter((bits) => bits <= prefix.bits).sort((a, b) => b - a);
    for (const bits of lengths) {
      const known = this.#known.get(formatPrefix(shortened(prefix, bits)));
      if (known !== undefined) yield known;
    }
  }
}
