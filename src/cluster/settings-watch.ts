/**
 * Which objects decide Cilium's version and configuration, and what follows from them.
 *
 * Invariant: `current` is what follows from the objects that are there, and from what cilium-config said before as long as an
 * agent that has read it runs.
 * Cost: O(1) for an object that decides nothing, or that decides what it did; else O(what agents run).
 */
import { isWorkload, type ClusterObject, type ObjectRef } from '../cilium/objects.ts';
import { isSameValue } from '../cilium/same-value.ts';
import { Agents } from './agents.ts';
import type { WallClock } from './clock.ts';
import {
  deriveClusterSettings,
  isSameClusterSettings,
  type AgentSources,
  type ClusterSettings,
} from './cluster-settings.ts';
import type { SettingsOptions } from './settings.ts';

const CILIUM_CONFIG = 'cilium-config';

export class SettingsWatch {
  readonly #options: SettingsOptions;
  readonly #clock: WallClock | undefined;
  readonly #agents = new Agents();
  /** Images of the DaemonSets of agents, by name. */
  readonly #daemonSets = new Map<string, readonly string[]>();
  #sources: AgentSources;
  #current: ClusterSettings;

  /** `clock`: when each event happens; what was read from files has none. */
  constructor(options: SettingsOptions, clock: WallClock | undefined) {
    this.#options = options;
    this.#clock = clock;
    this.#sources = this.#seen();
    this.#current = deriveClusterSettings(1, options, this.#sources);
  }

  get current(): ClusterSettings {
    return this.#current;
  }

  /** An object came or changed: whether everything has to be derived again. */
  came(object: ClusterObject): boolean {
    return this.#decides(object) && this.#refresh(() => this.#take(object));
  }

  /** It is gone, and was this. */
  went(object: ClusterObject): boolean {
    return this.#decides(object) && this.#refresh(() => this.#letGo(object));
  }

  #take(object: ClusterObject): void {
    if (object.kind === 'Pod') this.#agents.set(object);
    // Nobody knows for how long the first one that is seen has been there.
    if (object.kind === 'ConfigMap') {
      this.#agents.configChanged(object.data, object.changed ?? (this.#agents.hasConfig ? this.#clock?.() : undefined));
    }
    if (!isWorkload(object)) return;
    if (object.template.labels.get('k8s-app') === 'cilium') this.#daemonSets.set(object.name, object.images);
    else this.#daemonSets.delete(object.name);
  }

  #letGo(object: ClusterObject): void {
    if (object.kind === 'Pod') this.#agents.delete(object.name);
    if (object.kind === 'ConfigMap') this.#agents.configChanged(undefined, this.#clock?.());
    if (isWorkload(object)) this.#daemonSets.delete(object.name);
  }

  /** May have a part in it: by its kind, name and namespace. */
  #decides(object: ObjectRef): boolean {
    if (object.namespace !== this.#options.ciliumNamespace) return false;
    const { kind, name } = object;
    return kind === 'Pod' || kind === 'DaemonSet' || (kind === 'ConfigMap' && name === CILIUM_CONFIG);
  }

  /** Agents report their status all day: nothing is derived again for that. */
  #refresh(change: () => void): boolean {
    change();
    const sources = this.#seen();
    if (isSameValue(sources, this.#sources)) return false;
    this.#sources = sources;
    const next = deriveClusterSettings(this.#current.main.epoch + 1, this.#options, sources);
    if (isSameClusterSettings(next, this.#current)) return false;
    this.#current = next;
    return true;
  }

  #seen(): AgentSources {
    return { daemonSets: [...this.#daemonSets.values()], config: this.#agents.config, runs: this.#agents.runs() };
  }
}
