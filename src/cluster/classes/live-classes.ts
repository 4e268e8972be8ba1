/**
 * The classes that have members, found by what is in them: their key, their rules, the names of ports that they ask for, what their
 * peers select, and whether their maps are known to be small.
 *
 * Invariant: each index holds the classes that are open and no other; a class is large unless a bound of it says that it is small.
 * Cost: to open or to close one O(its peers + its names); one found by labels O(peer selectors that share a label with them).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import { NO_PORTS } from '../../cilium/named-ports.ts';
import { namesIn, type PortName } from '../ports/port-name.ts';
import type { ClassComputer, ClassRules, Newcomer } from './class-computer.ts';
import type { SmallMaps } from './class-layer.ts';
import { LiveClass } from './live-class.ts';
import { PeerUses } from './peer-uses.ts';

export class LiveClasses {
  readonly #computer: ClassComputer;
  readonly #smallMap: number;
  readonly #byKey = new Map<string, LiveClass>();
  /** Those that differ in own ports alone, and share what the rules make. */
  readonly #byRules = new Map<string, Set<LiveClass>>();
  /** By the names of ports that their egress rules ask for. */
  readonly #byName = new Map<PortName, Set<LiveClass>>();
  readonly #peers = new PeerUses<LiveClass>();
  /** Just opened: what their rules say of their maps is not known yet. */
  readonly #unbounded = new Set<LiveClass>();
  /** Those of whose maps it is not known that they are small. */
  readonly #large = new Set<LiveClass>();
  /** Of any class whose map was small. */
  #mostOfOne = 0;

  /** `smallMap`: a map with fewer entries is small; nothing that one change adds fills it, or hardly anything. */
  constructor(computer: ClassComputer, smallMap: number) {
    this.#computer = computer;
    this.#smallMap = smallMap;
  }

  get(key: string): LiveClass | undefined {
    return this.#byKey.get(key);
  }

  all(): Iterable<LiveClass> {
    return this.#byKey.values();
  }

  large(): Iterable<LiveClass> {
    return this.#large;
  }

  get small(): SmallMaps {
    return { entries: this.#smallMap, mostOfOne: this.#mostOfOne };
  }

  /** Whether what the rules say was asked of each. */
  get areBounded(): boolean {
    return this.#unbounded.size === 0;
  }

  /** Those with a peer that selects the labels. */
  selecting(labels: LabelArray, which: 'all' | 'large'): Iterable<LiveClass> {
    return this.#peers.selecting(labels, which);
  }

  asking(name: PortName): Iterable<LiveClass> {
    return this.#byName.get(name) ?? [];
  }

  /** Those that select the labels, and those that ask everybody for a name that one of the ports has. */
  meeting({ labels, ports = NO_PORTS }: Newcomer, which: 'all' | 'large'): Iterable<LiveClass> {
    const selecting = this.selecting(labels, which);
    const byName = namesIn(ports).flatMap(([name]) => [...this.asking(name)]);
    if (byName.length === 0) return selecting;
    return new Set([...selecting, ...byName.filter((live) => which === 'all' || this.#large.has(live))]);
  }

  getOrOpen(rules: ClassRules): LiveClass {
    return getOrMake(this.#byKey, rules.key, () => this.#open(rules));
  }

  close(live: LiveClass): void {
    const { key, rulesKey } = live.policyClass;
    this.#byKey.delete(key);
    drop(this.#byRules, rulesKey, live);
    this.#large.delete(live);
    this.#unbounded.delete(live);
    this.#peers.delete(live, this.#computer.peersOf(live.policyClass));
    for (const name of live.egressNames) drop(this.#byName, name, live);
  }

  /** Yields where the caller may pause; meanwhile others may open and close. */
  *boundSteps(): Generator<undefined, void> {
    for (const live of this.#unbounded) {
      live.boundByRules(this.#computer, this.#smallMap);
      this.#unbounded.delete(live);
      yield;
    }
  }

  #open(rules: ClassRules): LiveClass {
    const [like] = this.#byRules.get(rules.rulesKey) ?? [];
    const policyClass = this.#computer.make(rules, like?.policyClass);
    const live = new LiveClass(policyClass, (moved) => this.#setLarge(moved, !this.#isSmall(moved)), like);
    this.#large.add(live);
    this.#unbounded.add(live);
    this.#peers.add(live, this.#computer.peersOf(policyClass));
    getOrMake(this.#byRules, policyClass.rulesKey, () => new Set<LiveClass>()).add(live);
    for (const name of live.egressNames) getOrMake(this.#byName, name, () => new Set<LiveClass>()).add(live);
    return live;
  }

  #isSmall({ policyClass, bounds, mostEntries }: LiveClass): boolean {
    const isTold = policyClass.unsupported.length === 0 && bounds.isOfIdentitiesAlone;
    return isTold && mostEntries < this.#smallMap;
  }

  #setLarge(live: LiveClass, isLarge: boolean): void {
    if (this.#large.has(live) === isLarge || this.#byKey.get(live.policyClass.key) !== live) return;
    if (isLarge) this.#large.add(live);
    else this.#large.delete(live);
    if (!isLarge) this.#mostOfOne = Math.max(this.#mostOfOne, live.bounds.mostOfOne);
    this.#peers.setLarge(live, this.#computer.peersOf(live.policyClass), isLarge);
  }
}

function drop<Key>(index: Map<Key, Set<LiveClass>>, key: Key, live: LiveClass): void {
  const classes = index.get(key);
  classes?.delete(live);
  if (classes?.size === 0) index.delete(key);
}
