/**
 * Keys of identities as use is counted by them, and who has them.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';

export interface NamespacedKey {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  /** Empty where the identity has none: then it is nobody's. */
  readonly namespace: string;
}

/** `none`: no object of this cluster and no pod has the key. */
export type KeyStanding = 'none' | 'pods' | 'endpoints' | 'unused';

/** Before an event and after. */
export interface StandingChange {
  readonly before: KeyStanding;
  readonly after: KeyStanding;
}
