/**
 * One written rule element at one flow: what it says, and whether it says it about this flow.
 */
import type { RuleRef } from '../objects.ts';
import type { Truth } from './truth.ts';

export interface Level {
  readonly tier: 'Admin' | 'Normal' | 'Baseline';
  readonly priority: number;
}

export interface Clause {
  readonly ref: RuleRef;
  /** Of a ClusterNetworkPolicy; all others have one level, in the normal tier. */
  readonly level?: Level;
  /**
   * `require`: it narrows every other clause of the subject (1.18). `pass`: later tiers decide (1.20). `share`: a selector of CIDR
   * groups that may stand for a selector of labels in any other clause, or the other way round (1.20).
   */
  readonly effect: 'allow' | 'deny' | 'require' | 'pass' | 'share';
  /** It turns default deny on for the subject in this direction, applying or not. */
  readonly defaultDeny: boolean;
  /** Whether it is about this peer and this port. */
  readonly applies: Truth;
  /** Of a deny in one of Cilium's own two kinds: its peer may be the wildcard, which is a policy-map key of its own. */
  readonly wildcard?: boolean;
}
