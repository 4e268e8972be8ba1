/**
 * What a check is given: the cluster before and after a change, and facts that several checks share.
 *
 * A fact is computed when it is first asked for and kept for the run, so that no two checks do the same work and none
 * imports another.
 */
import type { ClusterView } from '../cluster/view.ts';
import type { Submission } from './check.ts';
import type { CheckSettings } from './settings.ts';

export interface ChangeContext {
  readonly submission: Submission;
  /** The cluster as it is; for an update the submitted object is there in its old form. */
  readonly before: ClusterView;
  /** The cluster as it would be, with the old identities of a rollout or relabel still there. */
  readonly after: ClusterView;
  readonly settings: CheckSettings;
}

export interface StateContext {
  readonly view: ClusterView;
  readonly settings: CheckSettings;
}
