/**
 * Prefixes -> the label sets of node-local identities.
 *
 * Every agent imports every policy, so each prefix and each except of any policy becomes an identity on every node; so do
 * the members of CIDR groups, learned DNS answers and API servers outside the cluster. Mirrors pkg/ipcache/metadata.go
 * (mergeLabels, resolveLabels). Numbers are given out elsewhere: an agent numbers its own.
 * Invariant: a label set is in the cluster or has the world label of its family, has at most one cidr label (its own, else that
 * of the nearest prefix around it), and of other labels the one of the longest prefix wins. Around a prefix of IPv4-mapped
 * addresses are, of all things, the IPv4 prefixes around the address that it starts with, which give it their world label too,
 * and no IPv6 prefix. What is learned of such an address later it gets only if it is learned itself.
 * Cost: O(prefixes x distinct lengths of prefixes that carry labels). One that comes or goes costs what depends on it; what is
 * laid over others copies nothing of theirs.
 */
import { labelArray, type Label, type LabelArray } from '../../identity/label.ts';
import { cidrLabelKey, embeddedAddress, formatPrefix, parsePrefix, worldLabel, type Prefix } from './cidr.ts';
import type { PolicyContext } from '../context.ts';
import { inClusterLabels, isInCluster } from './in-cluster.ts';
import { KnownPrefixes, type KnownPrefix } from './known-prefixes.ts';

/** A prefix with labels that it has besides those of its own text. */
export interface LabelledPrefix {
  readonly prefix: Prefix;
  readonly labels: readonly Label[];
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

/** What a prefix has of itself and inherits from those around it. */
export class PrefixLabels {
  readonly #context: PolicyContext;
  readonly #known: KnownPrefixes;
  readonly #world: Readonly<Record<4 | 6, Label>>;

  /** `prefixes` are those of policies; what can't be read is left out. Over others, it starts with what they know. */
  constructor(
    context: PolicyContext,
    prefixes: Iterable<string>,
    labelled: Iterable<LabelledPrefix>,
    below?: PrefixLabels,
  ) {
    this.#context = context;
    this.#known = below === undefined ? new KnownPrefixes() : new KnownPrefixes(below.#known);
    this.#world = { 4: worldLabel(4, context), 6: worldLabel(6, context) };
    for (const { prefix, labels } of labelled) {
      const text = formatPrefix(prefix);
      this.#known.putCarrier(text, this.#carrying(text, prefix, labels));
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
    for (const known of this.#known.all()) {
      const set = this.#labelSet(known.prefix, known);
      if (isNodeLocal(set)) yield set;
    }
  }

  /** Of a prefix by its canonical text, if it is known, and a node-local identity. */
  labelSetOf(text: string): PrefixLabelSet | undefined {
    const known = this.#known.find(text);
    const set = known === undefined ? undefined : this.#labelSet(known.prefix, known);
    return set !== undefined && isNodeLocal(set) ? set : undefined;
  }

  /** The longest known prefix around this one, itself included. */
  nearest(prefix: Prefix): Prefix | undefined {
    if (this.#known.find(formatPrefix(prefix)) !== undefined) return prefix;
    for (const { prefix: around } of this.#known.around(prefix)) return around;
    return undefined;
  }

  labelsOf(prefix: Prefix): LabelArray {
    return this.#labelSet(prefix, this.#known.find(formatPrefix(prefix))).labels;
  }

  /** Whether a policy names this prefix. Not for one that others are laid over. */
  setNamed(text: string, prefix: Prefix, isNamed: boolean): void {
    const carried = this.#known.find(text)?.carried ?? NOTHING_CARRIED;
    if (!isNamed && carried.size === 0) {
      this.#known.forget(text, prefix);
      return;
    }
    const isLabelled = isNamed && prefix.bits > 0;
    const cidr: Label | undefined = isLabelled ? { source: 'cidr', key: cidrLabelKey(prefix), value: '' } : undefined;
    this.#known.put(text, { prefix, cidr, carried });
  }

  /** Labels that an address has besides. Nothing lies inside it, so that those of no other prefix change. */
  carry(text: string, address: Prefix, labels: readonly Label[]): void {
    this.#known.put(text, this.#carrying(text, address, labels));
  }

  #carrying(text: string, prefix: Prefix, labels: readonly Label[]): KnownPrefix {
    const known = this.#known.find(text);
    const carried = new Map(known?.carried);
    for (const label of labels) if (!carried.has(label.key)) carried.set(label.key, label);
    return { prefix, cidr: known?.cidr, carried };
  }

  /** Canonical texts of the prefixes whose labels depend on whether a policy names this one. */
  dependingOn(prefix: Prefix): Iterable<string> {
    return this.#known.dependingOn(prefix);
  }

  #labelSet(prefix: Prefix, own: KnownPrefix | undefined): PrefixLabelSet {
    const embedded = embeddedAddress(prefix);
    const inherits = embedded !== undefined || this.#known.hasCarriers(prefix.family);
    if (own?.cidr !== undefined && own.carried.size === 0 && !inherits) {
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
    return { labels: labelArray([...labels.values()]), cidr };
  }

  /** Those whose labels a prefix may have, from the longest to the shortest. */
  *#givers(prefix: Prefix, own: KnownPrefix | undefined): Iterable<Giver> {
    if (own !== undefined) yield { prefix, labels: labelsOf(own) };
    const around = own?.cidr === undefined ? this.#known.around(prefix) : this.#known.carriersAround(prefix);
    for (const known of around) yield { prefix: known.prefix, labels: labelsOf(known) };
  }

  /** The same for the prefix that starts with the IPv4-mapped form of an address. */
  *#giversTo(embedded: Prefix, own: KnownPrefix | undefined): Iterable<Giver> {
    if (own !== undefined) yield { prefix: own.prefix, labels: labelsOf(own) };
    const isLearned = [...(own?.carried.values() ?? [])].some(isOfName);
    const itself = this.#known.find(formatPrefix(embedded));
    const around = this.#known.around(embedded);
    for (const known of itself === undefined ? around : [itself, ...around]) {
      const labels = [...labelsOf(known)].filter((label) => isLearned || !isOfName(label));
      yield { prefix: known.prefix, labels: isOfWorld(known) ? [...labels, this.#world[4]] : labels };
    }
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
