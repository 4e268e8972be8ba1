/**
 * Where agents read identities from: CiliumIdentity objects, or a kvstore, which nobody sees. Of the latter the identities count
 * that agents say endpoints have; objects that are there all the same are left from another mode, and no agent reads them.
 *
 * Cost: O(labels) for an object, or for an identity of which something else is told.
 */
import type { AgentConfig } from '../../cilium/agent-config.ts';
import { canonicalKey, labelArray } from '../../cilium/identity/label.ts';
import { identityRange, isInRange, type NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { CiliumIdentity } from '../../cilium/objects.ts';
import type { ToldIdentities } from '../self-check/told-identities.ts';
import type { IdentityIndex } from './identity-index.ts';

export interface SourceGround {
  readonly index: Pick<IdentityIndex, 'addObject' | 'removeObject'>;
  /** What agents say of endpoints. */
  readonly told: Pick<ToldIdentities, 'labelsOf'>;
  /** Called for objects that agents read. */
  readonly objectSeen: (object: CiliumIdentity) => void;
  readonly objectGone: (identity: NumericIdentity) => void;
}

export class IdentitySource {
  readonly #config: AgentConfig;
  readonly #ground: SourceGround;

  constructor(config: AgentConfig, ground: SourceGround) {
    this.#config = config;
    this.#ground = ground;
  }

  set(object: CiliumIdentity): void {
    if (this.#isKVStore) return;
    const labels = labelArray(object.securityLabels);
    this.#ground.index.addObject(object.id, canonicalKey(labels), labels);
    this.#ground.objectSeen(object);
  }

  delete({ id }: CiliumIdentity): void {
    if (this.#isKVStore) return;
    this.#ground.index.removeObject(id);
    this.#ground.objectGone(id);
  }

  /** What agents say of the endpoints with these identities is another. */
  endpointsChanged(identities: Iterable<NumericIdentity>): void {
    if (!this.#isKVStore) return;
    const { index, told } = this.#ground;
    const range = identityRange(this.#config);
    for (const id of identities) {
      const labels = isInRange(range, id) ? told.labelsOf(id) : undefined;
      if (labels === undefined) index.removeObject(id);
      else index.addObject(id, labels.key, labels.labels);
    }
  }

  get #isKVStore(): boolean {
    return this.#config.identityAllocationMode === 'kvstore';
  }
}
