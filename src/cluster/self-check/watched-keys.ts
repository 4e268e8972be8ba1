/**
 * Which event touches which comparisons of the self-check: objects in, names of pods out.
 *
 * Cost: O(endpoints and pods that the object is about); a change of the settings all.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import { identityRange, isInRange } from '../../cilium/identity/numeric-identity.ts';
import type { ClusterObject } from '../../cilium/objects.ts';
import type { Derived } from '../derived.ts';
import { keepsLabels } from '../keeps-labels.ts';
import type { ObjectTables } from '../objects/object-tables.ts';
import { endpointName } from '../ports/port-name.ts';
import type { WallClock } from '../clock.ts';
import { SelfCheck, type SelfCheckSource } from './self-check.ts';
import type { ToldIdentities } from './told-identities.ts';
import type { KeyedLabels } from './told-labels.ts';

export interface WatchedModel {
  readonly objects: Pick<ObjectTables, 'podsIn'>;
  /** By each of the settings, the first by those that agents have from their next start on. */
  readonly derived: () => readonly [Derived, ...Derived[]];
  /** Has taken in what comes before it is asked here. */
  readonly told: ToldIdentities;
  readonly clock: WallClock | undefined;
}

export class WatchedKeys implements SelfCheckSource {
  readonly check: SelfCheck;
  readonly #model: WatchedModel;
  readonly #told: ToldIdentities;

  constructor(model: WatchedModel) {
    this.#model = model;
    this.#told = model.told;
    this.check = new SelfCheck(this, model.clock);
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

  /**
   * An endpoint that is still about to get an identity has a reserved one, and nothing that could be compared. What an identity
   * says of itself counts before what any endpoint says of it: who writes one endpoint tells nothing of the others.
   */
  told(name: string): KeyedLabels | undefined {
    const [{ identities, settings }] = this.#model.derived();
    const identity = this.#told.numberOf(name);
    if (identity === undefined || !isInRange(identityRange(settings.config), identity)) return undefined;
    return identities.record(identity) ?? this.#told.labelsOf(identity);
  }

  /** An object came, changed or went, and the model has taken that in. `endpoints`: those that it is about. */
  changed(before: ClusterObject | undefined, after: ClusterObject | undefined, endpoints: readonly string[]): void {
    this.check.touched(endpoints);
    const object = after ?? before;
    if (object?.kind === 'Pod') this.check.touched([endpointName(object)]);
    if (object?.kind === 'CiliumIdentity') this.check.touched([...this.#told.namesWith(object.id)]);
    if (object?.kind === 'Namespace') this.check.touched(keepsLabels(before, after) ? [] : this.#podsIn(object.name));
  }

  *#podsIn(namespace: string): Iterable<string> {
    for (const pod of this.#model.objects.podsIn(namespace)) yield endpointName(pod);
  }
}
