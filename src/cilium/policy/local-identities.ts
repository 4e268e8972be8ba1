/**
 * Prefixes -> the label sets of node-local identities.
 *
 * Every agent imports every policy, so each prefix and each except of any policy becomes an identity on every node; so do
 * the members of CIDR groups, learned DNS answers and API servers outside the cluster. Mirrors pkg/ipcache/metadata.go
 * (mergeLabels, resolveLabels). Numbers are given out elsewhere: an agent numbers its own.
 * Invariant: a label set is in the cluster or has the world label of its family, has at most one cidr label (its own, else that
 * of the nearest prefix around it), and of other labels the one of the longest prefix wins. Around a prefix of IPv4-mapped addresses are, of all things,
 * the IPv4 prefixes around the address that it starts with, which give it their world label too, and no IPv6 prefix. What is
 * learned of such an address later it gets only if it is learned itself.
 * Cost: O(prefixes x distinct lengths of prefixes that carry labels). One that comes or goes costs what depends on it; what is
 * laid over others copies nothing of theirs.
 */
import { labelArray, type Label, type LabelArray } from '../identity/label.ts';
import {
  cidrLabelKey,
  embeddedAddress,
  formatPrefix,
  parsePrefix,
  shortened,
  worldLabel,
  type Prefix,
} from './cidr.ts';
import type { PolicyContext } from './context.ts';
import { inClusterLabels, isInCluster } from './in-cluster.ts';
import { PrefixOrder, stretchOf } from './prefix-order.ts';

/** A prefix with labels that it has besides those of its own text. */
export interface LabelledPrefix {
  readonly prefix: Prefix;
  readonly labels: readonly Label[];
}

interface KnownPrefix {
  readonly prefix: Prefix;
  /** Of its own text, if a policy names it. */
  readonly cidr: Label | undefined;
  /** By key; what it has besides. */
  readonly carried: ReadonlyMap<string, Label>;
}

/** The labels of a prefix, and which prefix the cidr label among them names, if there is one. */
export interface PrefixLabelSet {
  readonly labels: LabelArray;
  readonly cidr: Prefix | undefined;
}

/** Prefixes of policies that come or go: canonical. */
export interface PrefixChange {
  readonly named: readonly string[];
  readonly unnamed: readonly string[];
}

/** What a prefix may have labels of, and which. */
interface Giver {
  readonly prefix: Prefix;
  readonly labels: Iterable<Label>;
}

const NOTHING_CARRIED: ReadonlyMap<string, Label> = new Map();

type Lengths = Readonly<Record<4 | 6, Set<number>>>;

/** What is known about prefixes, and what a prefix inherits from those around it. */
export class PrefixLabels {
  readonly #context: PolicyContext;
  readonly #below: PrefixLabels | undefined;
  /** `undefined`: known below, and no longer here. */
  readonly #known = new Map<string, KnownPrefix | undefined>();
  /** No fewer than there are. */
  readonly #lengths: Lengths = { 4: new Set(), 6: new Set() };
  /** Of prefixes that carry labels: few, and all that a prefix with a cidr label of its own inherits from. */
  readonly #carrierLengths: Lengths;
  /** Canonical texts of these prefixes. */
  readonly #carriers: PrefixOrder<string>;
  /** Canonical texts of prefixes of IPv4-mapped addresses that are known here, by the address that they start with. */
  readonly #mapped = new PrefixOrder<string>();
  readonly #world: Readonly<Record<4 | 6, Label>>;

  /** `prefixes` are those of policies; what can't be read is left out. Over others, it starts with what they know. */
  constructor(
    context: PolicyContext,
    prefixes: Iterable<string>,
    labelled: Iterable<LabelledPrefix>,
    below?: PrefixLabels,
  ) {
    this.#context = context;
    this.#below = below;
    this.#carriers = below === undefined ? new PrefixOrder<string>() : below.#carriers;
    this.#carrierLengths = below === undefined ? { 4: new Set(), 6: new Set() } : below.#carrierLengths;
    this.#world = { 4: worldLabel(4, context), 6: worldLabel(6, context) };
    for (const { prefix, labels } of labelled) {
      const text = formatPrefix(prefix);
      if (this.#find(text) === undefined) this.#carriers.add(prefix, text);
      this.#carrierLengths[prefix.family].add(prefix.bits);
      this.carry(text, prefix, labels);
    }
    for (const text of prefixes) {
      const prefix = parsePrefix(text);
      if (prefix !== undefined) this.setNamed(formatPrefix(prefix), prefix, true);
    }
  }

  /** The same prefixes, in which some may be named or no longer named, or addresses carry labels, without a change of these. */
  overlaid(): PrefixLabels {
    return new PrefixLabels(this.#context, [], [], this);
  }

  /** Of every known prefix that is a node-local identity. */
  *labelSets(): Iterable<PrefixLabelSet> {
    for (const known of this.#all()) {
      const set = this.#labelSet(known.prefix, known);
      if (isNodeLocal(set)) yield set;
    }
  }

  /** Of a prefix by its canonical text, if it is known, and a node-local identity. */
  labelSetOf(text: string): PrefixLabelSet | undefined {
    const known = this.#find(text);
    const set = known === undefined ? undefined : this.#labelSet(known.prefix, known);
    return set !== undefined && isNodeLocal(set) ? set : undefined;
  }

  /** The longest known prefix around this one, itself included. */
  nearest(prefix: Prefix): Prefix | undefined {
    const own = this.#find(formatPrefix(prefix));
    if (own !== undefined) return prefix;
    for (const { prefix: around } of this.#around(prefix, this.#lengthsOf(prefix.family))) return around;
    return undefined;
  }

  labelsOf(prefix: Prefix): LabelArray {
    return this.#labelSet(prefix, this.#find(formatPrefix(prefix))).labels;
  }

  /** Whether a policy names this prefix. Not for one that others are laid over. */
  setNamed(text: string, prefix: Prefix, isNamed: boolean): void {
    const carried = this.#find(text)?.carried ?? NOTHING_CARRIED;
    if (!isNamed && carried.size === 0) {
      this.#forget(text, prefix);
      return;
    }
    const isLabelled = isNamed && prefix.bits > 0;
    const cidr: Label | undefined = isLabelled ? { source: 'cidr', key: cidrLabelKey(prefix), value: '' } : undefined;
    this.#put(text, { prefix, cidr, carried });
  }

  /** Labels that an address has besides. Nothing lies inside it, so that those of no other prefix change. */
  carry(text: string, prefix: Prefix, labels: readonly Label[]): void {
    const known = this.#find(text);
    const carried = new Map(known?.carried);
    for (const label of labels) if (!carried.has(label.key)) carried.set(label.key, label);
    this.#put(text, { prefix, cidr: known?.cidr, carried });
  }

  /**
   * Canonical texts of the prefixes whose labels depend on whether a policy names this one: those inside it that carry labels, as
   * they take the cidr label of the nearest prefix around them if they have none themselves, and those of IPv4-mapped addresses.
   */
  *dependingOn(prefix: Prefix): Iterable<string> {
    yield* this.#carriers.between(stretchOf(prefix));
    if (prefix.family === 4) yield* this.#mappedIn(prefix);
  }

  *#mappedIn(prefix: Prefix): Iterable<string> {
    yield* this.#mapped.between(stretchOf(prefix));
    if (this.#below !== undefined) yield* this.#below.#mappedIn(prefix);
  }

  *#all(): Iterable<KnownPrefix> {
    for (const known of this.#known.values()) if (known !== undefined) yield known;
    if (this.#below === undefined) return;
    for (const known of this.#below.#all()) if (!this.#known.has(formatPrefix(known.prefix))) yield known;
  }

  #labelSet(prefix: Prefix, own: KnownPrefix | undefined): PrefixLabelSet {
    const embedded = embeddedAddress(prefix);
    const hasNoCarriers = this.#carrierLengths[prefix.family].size === 0;
    if (own?.cidr !== undefined && own.carried.size === 0 && hasNoCarriers && embedded === undefined) {
      return { labels: labelArray([own.cidr, this.#world[prefix.family]]), cidr: prefix };
    }
    const labels = new Map<string, Label>();
    let cidr: Prefix | undefined;
    for (const giver of embedded === undefined ? this.#givers(prefix, own) : this.#giversTo(embedded, own)) {
      for (const label of giver.labels) {
        if (labels.has(label.key) || (label.source === 'cidr' && cidr !== undefined)) continue;
        labels.set(label.key, label);
        if (label.source === 'cidr') cidr = giver.prefix;
      }
    }
    if (isInCluster(labels)) return inClusterSet(labels, cidr, this.#context);
    const world = this.#world[prefix.family];
    labels.set(world.key, world);
    return { labels: labelArray(labels.values()), cidr };
  }

  #find(text: string): KnownPrefix | undefined {
    if (this.#below === undefined || this.#known.has(text)) return this.#known.get(text);
    return this.#below.#find(text);
  }

  #put(text: string, known: KnownPrefix): void {
    const { prefix } = known;
    const embedded = embeddedAddress(prefix);
    if (embedded !== undefined && this.#find(text) === undefined) this.#mapped.add(embedded, text);
    this.#known.set(text, known);
    this.#lengths[prefix.family].add(prefix.bits);
  }

  #forget(text: string, prefix: Prefix): void {
    const embedded = embeddedAddress(prefix);
    if (embedded !== undefined) this.#mapped.remove(embedded, text);
    if (this.#below === undefined) this.#known.delete(text);
    else this.#known.set(text, undefined);
  }

  /** Those whose labels a prefix may have, from the longest to the shortest. */
  *#givers(prefix: Prefix, own: KnownPrefix | undefined): Iterable<Giver> {
    if (own !== undefined) yield { prefix, labels: labelsOf(own) };
    const lengths = own?.cidr === undefined ? this.#lengthsOf(prefix.family) : this.#carrierLengths[prefix.family];
    for (const known of this.#around(prefix, lengths)) yield { prefix: known.prefix, labels: labelsOf(known) };
  }

  /** The same for the prefix that starts with the IPv4-mapped form of an address. */
  *#giversTo(embedded: Prefix, own: KnownPrefix | undefined): Iterable<Giver> {
    if (own !== undefined) yield { prefix: own.prefix, labels: labelsOf(own) };
    const isLearned = [...(own?.carried.values() ?? [])].some(isOfName);
    const itself = this.#find(formatPrefix(embedded));
    const around = this.#around(embedded, this.#lengthsOf(4));
    for (const known of itself === undefined ? around : [itself, ...around]) {
      const labels = [...labelsOf(known)].filter((label) => isLearned || !isOfName(label));
      yield { prefix: known.prefix, labels: isOfWorld(known) ? [...labels, this.#world[4]] : labels };
    }
  }

  /** Known prefixes of these lengths that are shorter, from the longest to the shortest. */
  *#around(prefix: Prefix, lengths: ReadonlySet<number>): Iterable<KnownPrefix> {
    if (lengths.size === 0) return;
    for (const bits of [...lengths].filter((length) => length < prefix.bits).sort((a, b) => b - a)) {
      const known = this.#find(formatPrefix(shortened(prefix, bits)));
      if (known !== undefined) yield known;
    }
  }

  #lengthsOf(family: 4 | 6): ReadonlySet<number> {
    const own = this.#lengths[family];
    return this.#below === undefined ? own : new Set([...own, ...this.#below.#lengthsOf(family)]);
  }
}

/** With nothing but its world label, as /0 is by itself, a prefix is the reserved identity of the world. */
function isNodeLocal({ labels }: PrefixLabelSet): boolean {
  return labels.length > 1 || labels[0]?.key.startsWith('world') !== true;
}

function isOfName({ source }: Label): boolean {
  return source === 'fqdn';
}

/** Policies and CIDR groups say that a prefix is outside the cluster; names and API servers do not. */
function isOfWorld({ cidr, carried }: KnownPrefix): boolean {
  return carried.size === 0 || cidr !== undefined || [...carried.values()].some(({ source }) => source === 'cidrgroup');
}

function inClusterSet(
  labels: ReadonlyMap<string, Label>,
  cidr: Prefix | undefined,
  { config }: PolicyContext,
): PrefixLabelSet {
  const left = labelArray(inClusterLabels(labels, config));
  return { labels: left, cidr: left.some(({ source }) => source === 'cidr') ? cidr : undefined };
}

function* labelsOf({ cidr, carried }: KnownPrefix): Iterable<Label> {
  if (cidr !== undefined) yield cidr;
  yield* carried.values();
}
