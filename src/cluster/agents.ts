/**
 * What agents run: their images, and the state of cilium-config that each of them has read.
 *
 * An agent reads its configuration once, when its pod begins. So while a change of cilium-config or an upgrade is under way there
 * are several of both. When cilium-config was changed is what its managed fields say, else when the change was seen; what it said
 * before it was first seen is not known.
 * Invariant: pods that run the same are one group, and a group without pods is gone.
 * Cost: O(1) for each event of an agent; O(agents) for each change of cilium-config.
 */
import { getOrMake } from '../cilium/get-or-make.ts';
import type { AgentFacts, Labels, Pod } from '../cilium/objects.ts';
import { isSameValue } from '../cilium/same-value.ts';

/** What cilium-config said for a while. */
export interface ConfigState {
  readonly data: Labels;
  /** In milliseconds since 1970; absent where nobody knows: then it counts as having been there always. */
  readonly since?: number | undefined;
}

/** What some agents run. */
export interface AgentRun {
  readonly images: readonly string[];
  /** undefined: what they have read is not known. */
  readonly config: ConfigState | undefined;
}

interface Group extends AgentRun {
  pods: number;
}

/** cilium-config is not there: every option has its default. */
const NO_CONFIG: ConfigState = { data: new Map() };

/** Agents that have read an older one are taken to have read what is not known. */
const MOST_STATES = 8;

export class Agents {
  readonly #pods = new Map<string, AgentFacts>();
  /** By what they have read and by their images. */
  readonly #groups = new Map<ConfigState | undefined, Map<string, Group>>();
  /** The newest last. */
  #states: readonly ConfigState[] = [];

  /** What agents read that start now. */
  get config(): ConfigState {
    return this.#states.at(-1) ?? NO_CONFIG;
  }

  /** Whether cilium-config was ever seen. */
  get hasConfig(): boolean {
    return this.#states.length > 0;
  }

  /** One for each group, in the order in which they came. */
  runs(): readonly AgentRun[] {
    const groups = [...this.#groups.values()].flatMap((ofConfig) => [...ofConfig.values()]);
    return groups.map(({ images, config }) => ({ images, config }));
  }

  /** `data`: undefined where cilium-config is gone. */
  configChanged(data: Labels | undefined, since: number | undefined): void {
    const next = { data: data ?? NO_CONFIG.data, since };
    if (this.#states.length > 0 && isSameValue(this.config.data, next.data)) return;
    this.#states = [...this.#states, next].slice(-MOST_STATES);
    this.#groups.clear();
    for (const facts of this.#pods.values()) this.#join(facts);
    const oldest = this.#states.findIndex((state) => this.#groups.has(state));
    this.#states = oldest === -1 ? [next] : this.#states.slice(oldest);
  }

  /** A pod where Cilium runs, as it is now. */
  set(pod: Pod): void {
    const facts = isRunning(pod) ? pod.agent : undefined;
    const before = this.#pods.get(pod.name);
    if (isSameValue(facts, before)) return;
    this.delete(pod.name);
    if (facts === undefined) return;
    this.#pods.set(pod.name, facts);
    this.#join(facts);
  }

  delete(name: string): void {
    const facts = this.#pods.get(name);
    if (facts === undefined) return;
    this.#pods.delete(name);
    this.#leave(facts);
  }

  #join(facts: AgentFacts): void {
    const config = this.#readBy(facts);
    const groups = getOrMake(this.#groups, config, () => new Map<string, Group>());
    getOrMake(groups, keyOf(facts), () => ({ images: facts.images, config, pods: 0 })).pods += 1;
  }

  #leave(facts: AgentFacts): void {
    const config = this.#readBy(facts);
    const groups = this.#groups.get(config);
    const group = groups?.get(keyOf(facts));
    if (groups === undefined || group === undefined) return;
    group.pods -= 1;
    if (group.pods === 0) groups.delete(keyOf(facts));
    if (groups.size === 0) this.#groups.delete(config);
  }

  /** The newest that was there then. Of who does not say when he started it is taken for granted that he has read the newest. */
  #readBy({ readConfig }: AgentFacts): ConfigState | undefined {
    if (this.#states.length === 0 || readConfig === undefined) return this.config;
    return this.#states.findLast(({ since }) => since === undefined || since <= readConfig);
  }
}

function keyOf({ images }: AgentFacts): string {
  return images.join(' ');
}

function isRunning({ phase }: Pod): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed';
}
