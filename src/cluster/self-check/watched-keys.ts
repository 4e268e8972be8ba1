/**
 * Which event touches which comparisons of the self-check: objects in, names of pods out.
 *
 * Invariant: told after the model has taken the object in.
 * Cost: O(endpoints and pods that the object is about); a change of the settings all.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import { identityRange, isInRange } from '../../cilium/identity/numeric-identity.ts';
import { isSameValue } from '../../cilium/same-value.ts';
import type { ClusterObject, Namespace } from '../../cilium/objects.ts';
import type { Derived } from '../derived.ts';
import type { ObjectTables } from '../objects/object-tables.ts';
import { endpointName } from '../ports/port-name.ts';
import type { WallClock } from '../usage/unused-since.ts';
import { SelfCheck, type SelfCheckSource } from './self-check.ts';
import { ToldIdentities, type KeyedLabels, type Telling } from './told-identities.ts';

export interface WatchedModel {
  readonly objects: Pick<ObjectTables, 'podsIn'>;
  /** By each of the settings, the first by those that agents have from their next start on. */
  readonly derived: () => readonly [Derived, ...Derived[]];
  readonly clock: WallClock | undefined;
}

export class WatchedKeys implements SelfCheckSource {
  readonly check: SelfCheck;
  readonly #model: WatchedModel;
  readonly #told = new ToldIdentities();

  constructor(model: WatchedModel) {
    this.#model = model;
    this.check = new SelfCheck(this, model.clock);
  }

  /** An object came, changed or went. */
  changed(before: ClusterObject | undefined, after: ClusterObject | undefined): void {
    this.check.touched(this.#touchedBy(before, after));
  }

  /** All predictions are new. */
  rebuilt(): void {
    this.check.touched(this.#told.names());
  }

  predicted(name: string): readonly CanonicalKey[] {
    return this.#model.derived().flatMap((derived) => derived.keyOfPod(name) ?? []);
  }

  predictedLabels(name: string): LabelArray | undefined {
    const [derived] = this.#model.derived();
    const key = derived.keyOfPod(name);
    const [identity] = key === undefined ? [] : derived.identities.withKey(key);
    return identity === undefined ? undefined : derived.identities.record(identity)?.labels;
  }

  /** An endpoint that is still about to get an identity has a reserved one, and nothing that could be compared. */
  told(name: string): KeyedLabels | undefined {
    const [{ identities, settings }] = this.#model.derived();
    const identity = this.#told.numberOf(name);
    if (identity === undefined || !isInRange(identityRange(settings.config), identity)) return undefined;
    return this.#told.labelsOf(identity) ?? identities.record(identity);
  }

  #touchedBy(before: ClusterObject | undefined, after: ClusterObject | undefined): Iterable<string> {
    const object = after ?? before;
    switch (object?.kind) {
      case 'Pod':
        return [endpointName(object)];
      case 'CiliumEndpoint':
      case 'CiliumEndpointSlice':
        return this.#told.changed(tellingOf(before), tellingOf(after));
      case 'CiliumIdentity':
        return [...this.#told.namesWith(object.id)];
      case 'Namespace':
        return this.#podsOf(object, isSameNamespace(before, after));
      default:
        return [];
    }
  }

  *#podsOf({ name }: Namespace, isSame: boolean): Iterable<string> {
    if (isSame) return;
    for (const pod of this.#model.objects.podsIn(name)) yield endpointName(pod);
  }
}

function tellingOf(object: ClusterObject | undefined): Telling | undefined {
  return object?.kind === 'CiliumEndpoint' || object?.kind === 'CiliumEndpointSlice' ? object : undefined;
}

function isSameNamespace(before: ClusterObject | undefined, after: ClusterObject | undefined): boolean {
  return before?.kind === 'Namespace' && after?.kind === 'Namespace' && isSameValue(before.labels, after.labels);
}
