/**
 * The cached model of one cluster: the only long-lived mutable state of the inside.
 *
 * Applies events one at a time; each answers with what it touched. Objects are kept as they came; what depends on Cilium's
 * version, its configuration or namespace labels is derived under a settings epoch, so that a configuration that arrives
 * late is no special case: it derives everything again.
 * Invariant: the state after any sequence of events depends on the objects that are left, not on the order of arrival.
 * Cost: a pod O(its labels); an identity O(peer selectors); a policy O(identities that it selects); a new epoch everything.
 */
import {
  formatRef,
  isWorkload,
  refOf,
  type ClusterObject,
  type ConfigMap,
  type Kind,
  type Namespace,
  type ObjectRef,
  type Workload,
} from '../cilium/objects.ts';
import type { DNSAnswers } from '../cilium/policy/prefixes/fqdn.ts';
import { isServiceObject } from '../cilium/policy/service-catalog.ts';
import { isSameValue } from '../cilium/same-value.ts';
import { DeltaBuilder } from './delta-builder.ts';
import { Derived } from './derived.ts';
import type { ClusterEvent, Delta, Revision } from './events.ts';
import { LayeredView } from './layered-view.ts';
import { link, unlink } from './link.ts';
import { ObjectTables } from './objects/object-tables.ts';
import { DEFAULT_SETTINGS_OPTIONS, deriveSettings, type SettingsOptions, type SettingsSource } from './settings.ts';
import { UnusedSince, type WallClock } from './usage/unused-since.ts';
import type { ClusterView } from './view.ts';

export interface StoreOptions extends Partial<SettingsOptions> {
  readonly clock?: WallClock;
}

export class ClusterStore {
  readonly #options: SettingsOptions;
  readonly #tables = new ObjectTables();
  readonly #dnsCaches = new Map<string, DNSAnswers>();
  readonly #unusedSince: UnusedSince;
  readonly #delta = new DeltaBuilder();
  /** Objects of a kind that is listed again and that were not seen yet. */
  readonly #unseen = new Map<Kind, Map<string, ObjectRef>>();
  #source: SettingsSource = { configMap: undefined, agentImages: [] };
  #derived: Derived;
  #epoch = 1;
  #revision = 0;
  #view: ClusterView | undefined;

  /** `clock`: when each event happens; what was read from files has none. */
  constructor({ clock, ...options }: StoreOptions = {}) {
    this.#options = { ...DEFAULT_SETTINGS_OPTIONS, ...options };
    this.#unusedSince = new UnusedSince(clock);
    this.#derived = this.#derive();
  }

  /** Takes one event in. Never fails: what cannot be judged (a policy that the agent refuses, say) is kept as such. */
  apply(event: ClusterEvent): Delta {
    this.#revision += 1;
    this.#view = undefined;
    switch (event.type) {
      case 'upsert':
        this.#upsert(event.object);
        break;
      case 'delete':
        this.#delete(event.ref);
        break;
      case 'dns-cache':
        this.#dnsCaches.set(event.agent, event.answers);
        this.#derived.classes.forgetCounts();
        break;
      case 'relist':
        this.#unseen.set(event.kind, new Map([...this.#tables.refs(event.kind)].map((ref) => [formatRef(ref), ref])));
        break;
      case 'synced':
        this.#listed(event.kind);
        for (const ref of this.#unseen.get(event.kind)?.values() ?? []) this.#delete(ref);
        this.#unseen.delete(event.kind);
        break;
    }
    return this.#delta.take(this.#revision as Revision);
  }

  /** The cluster as it is now. The view answers for this revision only until the next event. */
  view(): ClusterView {
    this.#derived.catchUp();
    if (this.#view !== undefined) return this.#view;
    const view = new LayeredView({
      revision: this.#revision as Revision,
      settings: this.#derived.settings,
      objects: this.#tables,
      identities: this.#derived.identities,
      hosts: this.#derived.hosts,
      policies: this.#derived.policies,
      nodes: this.#derived.nodes,
      dnsCaches: this.#dnsCaches,
      ports: this.#derived.ports,
      classes: this.#derived.classes,
      usage: this.#derived.usage,
    });
    this.#view = view;
    return view;
  }

  /** The object under a reference, as it came in last. */
  get(ref: ObjectRef): ClusterObject | undefined {
    return this.#tables.get(ref);
  }

  /** How many objects of a kind the model holds. */
  count(kind: Kind): number {
    return this.#tables.count(kind);
  }

  #upsert(object: ClusterObject): void {
    this.#unseen.get(object.kind)?.delete(formatRef(refOf(object)));
    const before = this.#tables.set(object);
    if (object.kind === 'ConfigMap' || object.kind === 'DaemonSet') this.#refreshSettings(object);
    if (before !== undefined) unlink(this.#derived, before, 'replaced');
    link(this.#derived, object);
    if (object.kind === 'Namespace') this.#namespaceChanged(before, object);
    this.#servicesChanged(before, object);
  }

  #delete(ref: ObjectRef): void {
    const before = this.#tables.delete(ref);
    if (before === undefined) return;
    unlink(this.#derived, before, 'gone');
    if (before.kind === 'ConfigMap' || before.kind === 'DaemonSet') this.#refreshSettings(before);
    if (before.kind === 'Namespace') this.#namespaceChanged(before, undefined);
    this.#servicesChanged(before, undefined);
  }

  #namespaceChanged(before: ClusterObject | undefined, after: Namespace | undefined): void {
    const name = before?.name ?? after?.name ?? '';
    this.#derived.usage.namespaceChanged(name);
    if (before?.kind === 'Namespace' && after !== undefined && isSameValue(before.labels, after.labels)) return;
    for (const pod of this.#tables.podsIn(name)) this.#derived.setPod(pod);
  }

  #servicesChanged(before: ClusterObject | undefined, after: ClusterObject | undefined): void {
    const changed = [before, after].filter(isServiceObject);
    if (changed.length > 0 && !isSameValue(before, after)) this.#derived.servicesChanged(changed);
  }

  /** A source has listed every object of the kind: there may be none. */
  #listed(kind: Kind): void {
    if (kind !== 'Service' && kind !== 'EndpointSlice') return;
    this.#tables.services.listed(kind);
    this.#derived.servicesChanged([]);
  }

  /** Derives everything again if this object decides Cilium's version or configuration. */
  #refreshSettings(object: ClusterObject): void {
    const { ciliumNamespace } = this.#options;
    const isConfig = object.kind === 'ConfigMap' && isCiliumConfig(object, ciliumNamespace);
    const isAgent = isWorkload(object) && isAgentDaemonSet(object, ciliumNamespace);
    if (!isConfig && !isAgent) return;
    const source = this.#settingsSource();
    // Agents report their status all day: nothing is derived again for that.
    if (isSameSource(source, this.#source)) return;
    this.#source = source;
    this.#epoch += 1;
    this.#derived = this.#derive();
    this.#delta.rebuilt = true;
    for (const stored of this.#tables.all()) link(this.#derived, stored);
  }

  #derive(): Derived {
    const settings = deriveSettings(this.#epoch, this.#options, this.#source);
    return new Derived(settings, this.#delta, this.#tables, {
      dnsCaches: this.#dnsCaches,
      unusedSince: this.#unusedSince,
    });
  }

  #settingsSource(): SettingsSource {
    const { ciliumNamespace } = this.#options;
    const agents = [...this.#tables.workloads()].filter((workload) => isAgentDaemonSet(workload, ciliumNamespace));
    return {
      configMap: this.#tables.configMap(ciliumNamespace, 'cilium-config'),
      agentImages: agents.flatMap((agent) => agent.images),
    };
  }
}

function isCiliumConfig({ namespace, name }: ConfigMap, ciliumNamespace: string): boolean {
  return namespace === ciliumNamespace && name === 'cilium-config';
}

function isSameSource(a: SettingsSource, b: SettingsSource): boolean {
  return isSameValue([a.configMap?.data, a.agentImages], [b.configMap?.data, b.agentImages]);
}

function isAgentDaemonSet(workload: Workload, ciliumNamespace: string): boolean {
  if (workload.kind !== 'DaemonSet' || workload.namespace !== ciliumNamespace) return false;
  return workload.template.labels.get('k8s-app') === 'cilium';
}
