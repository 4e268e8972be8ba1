/**
 * The cached model of one cluster: the only long-lived mutable state of the inside.
 *
 * Applies events one at a time; each answers with what it touched. Objects are kept as they came; what depends on Cilium's
 * version, its configuration or namespace labels is derived under a settings epoch, so that a configuration that arrives
 * late is no special case: it derives everything again.
 * Invariant: the state after any sequence of events depends on the objects that are left, not on the order of arrival.
 * Cost: a pod O(its labels); an identity O(peer selectors); a policy O(identities that it selects); a new epoch everything.
 */
import { formatRef, refOf, type ClusterObject, type Kind, type ObjectRef } from '../cilium/objects.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';
import type { DNSAnswers } from '../cilium/policy/prefixes/fqdn.ts';
import { isServiceObject } from '../cilium/policy/service-catalog.ts';
import { isSameValue } from '../cilium/same-value.ts';
import type { WallClock } from './clock.ts';
import { DeltaBuilder } from './delta-builder.ts';
import { Derived } from './derived.ts';
import type { ClusterEvent, Delta, Revision } from './events.ts';
import { keepsLabels } from './keeps-labels.ts';
import { LayeredView } from './layered-view.ts';
import { link, unlink } from './link.ts';
import { ObjectTables } from './objects/object-tables.ts';
import { DEFAULT_SETTINGS_OPTIONS, type Settings, type SettingsOptions } from './settings.ts';
import { ToldIdentities } from './self-check/told-identities.ts';
import { WatchedKeys } from './self-check/watched-keys.ts';
import { SettingsWatch } from './settings-watch.ts';
import { UnusedSince } from './usage/unused-since.ts';
import type { ClusterView } from './view.ts';

export interface StoreOptions extends Partial<SettingsOptions> {
  readonly clock?: WallClock;
}

export class ClusterStore {
  readonly #tables = new ObjectTables();
  readonly #dnsCaches = new Map<string, DNSAnswers>();
  readonly #clock: WallClock | undefined;
  readonly #unusedSince: UnusedSince;
  readonly #delta = new DeltaBuilder();
  /** Of what is derived by other settings. */
  readonly #unread = new DeltaBuilder();
  /** Objects of a kind that is listed again and that were not seen yet. */
  readonly #unseen = new Map<Kind, Map<string, ObjectRef>>();
  readonly #settings: SettingsWatch;
  /** By the settings that agents run with from their next start on. */
  #derived: Derived;
  /** By each of the others that some run with still. */
  #others: readonly Derived[] = [];
  /** What agents say of endpoints. */
  readonly #told = new ToldIdentities();
  readonly #keys: WatchedKeys;
  #revision = 0;
  #view: ClusterView | undefined;
  /** Objects come in, and what follows from them waits: in which order they come makes no difference then. */
  #isLoading = false;

  /** `clock`: when each event happens; what was read from files has none. */
  constructor({ clock, ...options }: StoreOptions = {}) {
    this.#clock = clock;
    this.#unusedSince = new UnusedSince(clock);
    this.#settings = new SettingsWatch({ ...DEFAULT_SETTINGS_OPTIONS, ...options }, clock);
    this.#derived = this.#deriveMain();
    this.#keys = new WatchedKeys({ objects: this.#tables, derived: () => this.#each(), told: this.#told, clock });
  }

  /** A source fills the model: what follows from the objects waits until it is done, or somebody asks. */
  beginLoad(): void {
    this.#isLoading = true;
  }

  endLoad(): void {
    if (!this.#isLoading) return;
    this.#isLoading = false;
    this.#deriveAgain();
    // Who is told of the next event is told that everything is new, and not of what.
    this.#delta.take(this.#revision as Revision);
    this.#delta.rebuilt = true;
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
        for (const derived of this.#each()) derived.classes.forgetCounts();
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
    this.#unread.take(this.#revision as Revision);
    return this.#delta.take(this.#revision as Revision);
  }

  /** The cluster as it is now. The view answers for this revision only until the next event. */
  view(): ClusterView {
    this.endLoad();
    for (const derived of this.#each()) derived.catchUp();
    this.#view ??= this.#viewOf(
      this.#derived,
      this.#others.map((derived) => this.#viewOf(derived, [])),
    );
    return this.#view;
  }

  /** What the next question would wait for, done before it comes. Yields where the caller may pause, and events be applied. */
  *catchUpSteps(): Generator<undefined, void> {
    this.endLoad();
    for (const derived of this.#each()) yield* derived.catchUpSteps();
  }

  #viewOf(derived: Derived, others: readonly ClusterView[]): ClusterView {
    return new LayeredView({
      revision: this.#revision as Revision,
      settings: derived.settings,
      others,
      objects: this.#tables,
      identities: derived.identities,
      labelSets: derived.labelSets,
      hosts: derived.hosts,
      policies: derived.policies,
      nodes: derived.nodes,
      dnsCaches: this.#dnsCaches,
      ports: derived.ports,
      classes: derived.classes,
      usage: derived.usage,
      selfCheck: this.#keys.check,
    });
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
    const before = this.#tables.set(withoutLabels(object));
    const { endpoints, identities } = this.#told.changed(before, object);
    const isSetting = this.#settings.came(object);
    if (this.#isLoading) return;
    if (isSetting) this.#deriveAgain();
    else this.#changed(before, object, identities);
    this.#keys.changed(before, object, endpoints);
  }

  #delete(ref: ObjectRef): void {
    const before = this.#tables.get(ref);
    if (before === undefined) return;
    const { endpoints, identities } = this.#told.changed(before, undefined);
    const isSetting = this.#settings.went(before);
    if (before.kind === 'Pod' && !isSetting && !this.#isLoading)
      for (const derived of this.#each()) derived.deletePod(before);
    this.#tables.delete(ref);
    if (this.#isLoading) return;
    if (isSetting) this.#deriveAgain();
    else this.#changed(before, undefined, identities);
    this.#keys.changed(before, undefined, endpoints);
  }

  /** `told`: the identities that it says endpoints have, or said. */
  #changed(
    before: ClusterObject | undefined,
    after: ClusterObject | undefined,
    told: readonly NumericIdentity[],
  ): void {
    for (const derived of this.#each()) {
      if (before !== undefined) unlink(derived, before, after === undefined ? 'gone' : 'replaced');
      if (after !== undefined) link(derived, after);
      derived.identitySource.endpointsChanged(told);
    }
    this.#namespaceChanged(before, after);
    this.#servicesChanged(before, after);
  }

  #namespaceChanged(before: ClusterObject | undefined, after: ClusterObject | undefined): void {
    const namespace = after ?? before;
    if (namespace?.kind !== 'Namespace') return;
    const { name } = namespace;
    for (const derived of this.#each()) {
      derived.usage.namespaceChanged(name);
      if (!keepsLabels(before, after)) derived.renewPodsIn(name);
    }
  }

  #servicesChanged(before: ClusterObject | undefined, after: ClusterObject | undefined): void {
    const changed = [before, after].filter(isServiceObject);
    if (changed.length === 0 || isSameValue(before, after)) return;
    for (const derived of this.#each()) derived.servicesChanged(changed);
  }

  /** A source has listed every object of the kind: there may be none. */
  #listed(kind: Kind): void {
    if (kind !== 'Service' && kind !== 'EndpointSlice') return;
    this.#tables.services.listed(kind);
    for (const derived of this.#each()) derived.servicesChanged([]);
  }

  #each(): readonly [Derived, ...Derived[]] {
    return [this.#derived, ...this.#others];
  }

  /** Cilium's version or configuration is another one, or agents run with several. */
  #deriveAgain(): void {
    this.#derived = this.#deriveMain();
    this.#others = this.#settings.current.others.map((settings) => this.#deriveOther(settings));
    this.#delta.rebuilt = true;
    for (const derived of this.#each()) {
      for (const stored of this.#tables.allButPods()) link(derived, stored);
      // Last, so that no pod has a number made up that gives way to that of an identity.
      for (const namespace of this.#tables.pods.namespaces()) derived.renewPodsIn(namespace);
      derived.identitySource.endpointsChanged(this.#told.numbers());
    }
    this.#keys.rebuilt();
  }

  #deriveMain(): Derived {
    return this.#derive(this.#settings.current.main, this.#delta, this.#unusedSince);
  }

  /** Keys are others under other settings: what is new there is no news, and has times of its own. */
  #deriveOther(settings: Settings): Derived {
    return this.#derive(settings, this.#unread, new UnusedSince(this.#clock));
  }

  #derive(settings: Settings, delta: DeltaBuilder, unusedSince: UnusedSince): Derived {
    const lasting = { dnsCaches: this.#dnsCaches, told: this.#told, unusedSince, clock: this.#clock };
    return new Derived(settings, delta, this.#tables, lasting);
  }
}

/** Of endpoints they are kept once for each identity. */
function withoutLabels(object: ClusterObject): ClusterObject {
  if (object.kind !== 'CiliumEndpoint') return object;
  const { labels, ...slim } = object;
  return labels === undefined ? object : slim;
}
