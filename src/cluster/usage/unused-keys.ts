/**
 * The unused keys of one namespace, by the label keys in which they are not like most of them: so that what would become one
 * with a new identity if some labels were left out is found without a look at each of them.
 *
 * Of each key it is kept which labels deviate from what is usual; a value that few have is masked. Keys that deviate alike are
 * one group, and there are few groups, however many values a label has had. Differences (key-differences.ts) of a new
 * identity follow from the groups alone, as whatever merges half of the keys has to leave out every label of which the new
 * one's value is none that half of them have.
 * Invariant: once settled, each key is in the group of its deviations from the profile, and a value that half of the keys have
 * is frequent in it: the profile is made anew before that could fail.
 * Cost: an event O(labels). A question takes in what events brought, each O(labels) once, and after every eighth of the keys
 * all of them.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { compareBytes, type CanonicalKey, type Label, type LabelArray } from '../../cilium/identity/label.ts';
import { MergedKeys } from './merged-keys.ts';
import { deviationsOf, deviationsText, type Deviation } from './deviations.ts';
import { LabelCounts, NO_PROFILE, valueText, type LabelProfile } from './label-counts.ts';

/** Keys whose labels deviate alike. */
export interface DeviationGroup {
  /** One for each set of deviations. */
  readonly name: string;
  readonly deviations: readonly Deviation[];
  readonly members: ReadonlyMap<CanonicalKey, LabelArray>;
}

interface Group extends DeviationGroup {
  readonly members: Map<CanonicalKey, LabelArray>;
  /** Told of members that come and go. */
  readonly merged: Set<MergedKeys>;
}

interface Member {
  readonly labels: LabelArray;
  isCounted: boolean;
  group: Group | undefined;
}

/** All labels of each are looked at: an identity may have thousands. */
const KEYS_PER_PAUSE = 8;
/** Sets of groups that were asked about last; each is told of every key that comes and goes. */
const MOST_MERGED = 4;
/** Of more groups nothing is kept. */
const MOST_GROUPS_OF_MERGED = 64;

export class UnusedKeys {
  readonly #members = new Map<CanonicalKey, Member>();
  readonly #counts = new LabelCounts();
  #uncounted = new Set<CanonicalKey>();
  #ungrouped = new Set<CanonicalKey>();
  /** Those that have no member left among them, until the profile is made anew. */
  #groups = new Map<string, Group>();
  #merged = new Map<string, MergedKeys>();
  #profile = NO_PROFILE;

  get size(): number {
    return this.#members.size;
  }

  add(key: CanonicalKey, labels: LabelArray): void {
    this.#members.set(key, { labels, isCounted: false, group: undefined });
    this.#uncounted.add(key);
  }

  remove(key: CanonicalKey): void {
    const member = this.#members.get(key);
    if (member === undefined) return;
    this.#members.delete(key);
    this.#uncounted.delete(key);
    this.#ungrouped.delete(key);
    if (member.isCounted) this.#counts.remove(member.labels);
    if (member.group?.members.delete(key) !== true) return;
    for (const merged of member.group.merged) merged.changed(member.labels, -1);
  }

  /** What events brought is taken in. Yields where the caller may pause, and the cluster go on. */
  *settleSteps(): Generator<undefined, void> {
    let taken = 0;
    for (;;) {
      for (const key of this.#uncounted) {
        this.#count(key);
        if (++taken % KEYS_PER_PAUSE === 0) yield;
      }
      if (this.#isOutdated()) this.#startAnew();
      for (const key of this.#ungrouped) {
        this.#group(key);
        if (++taken % KEYS_PER_PAUSE === 0) yield;
      }
      if (this.#uncounted.size + this.#ungrouped.size === 0 && !this.#isOutdated()) return;
    }
  }

  /** Of the keys as they were settled, as the profile is. */
  get counts(): LabelCounts {
    return this.#counts;
  }

  get profile(): LabelProfile {
    return this.#profile;
  }

  *groups(): Iterable<DeviationGroup> {
    for (const group of this.#groups.values()) if (group.members.size > 0) yield group;
  }

  /** The keys of these groups together. */
  merged(names: readonly string[]): MergedKeys {
    const groups = names.flatMap((name) => this.#groups.get(name) ?? []);
    const labels = function* (): Iterable<LabelArray> {
      for (const { members } of groups) yield* members.values();
    };
    if (groups.length > MOST_GROUPS_OF_MERGED) return new MergedKeys(labels);
    const name = JSON.stringify(names.toSorted(compareBytes));
    const merged = this.#merged.get(name) ?? new MergedKeys(labels);
    this.#merged.delete(name);
    this.#merged.set(name, merged);
    for (const group of groups) group.merged.add(merged);
    this.#forgetOldest();
    return merged;
  }

  #forgetOldest(): void {
    const [oldest] = this.#merged;
    if (oldest === undefined || this.#merged.size <= MOST_MERGED) return;
    this.#merged.delete(oldest[0]);
    for (const { merged } of this.#groups.values()) merged.delete(oldest[1]);
  }

  #count(key: CanonicalKey): void {
    this.#uncounted.delete(key);
    const member = this.#members.get(key);
    if (member === undefined) return;
    member.isCounted = true;
    this.#counts.add(member.labels);
    this.#ungrouped.add(key);
    if (member.labels.some((label) => this.#becomesFrequent(label))) this.#profile = NO_PROFILE;
  }

  /** So many have the value by now that soon half of them might. */
  #becomesFrequent(label: Label): boolean {
    const { frequent, sets } = this.#profile;
    if (frequent.get(label.key)?.has(valueText(label)) === true) return false;
    return this.#counts.of(label) * 4 >= sets;
  }

  #isOutdated(): boolean {
    const { sets } = this.#profile;
    return this.#counts.sets * 2 < sets || this.#counts.sets > sets * 2;
  }

  #startAnew(): void {
    this.#profile = this.#counts.profile();
    this.#groups = new Map();
    this.#merged = new Map();
    for (const [key, member] of this.#members) {
      member.group = undefined;
      if (member.isCounted) this.#ungrouped.add(key);
    }
  }

  #group(key: CanonicalKey): void {
    this.#ungrouped.delete(key);
    const member = this.#members.get(key);
    if (member === undefined) return;
    const deviations = deviationsOf(member.labels, this.#profile);
    const name = deviationsText(deviations);
    const group = getOrMake(this.#groups, name, (): Group => ({
      name,
      deviations,
      members: new Map(),
      merged: new Set(),
    }));
    group.members.set(key, member.labels);
    member.group = group;
    for (const merged of group.merged) merged.changed(member.labels, 1);
  }
}
