/**
 * The model that `serve` judges by: read once from files, or kept up with a live cluster.
 */
import type { ApiConnection } from '../kubernetes/api/api-connection.ts';
import type { Model } from '../server/model.ts';

export interface ServedModel {
  readonly model: Model;
  /** `Cilium 1.19.7, cluster "default", 213 objects` */
  readonly title: string;
  /** Whether it stays what it was at the start. */
  readonly isFrozen: boolean;
  /** What the person should know about the source. */
  readonly notes: readonly string[];
  /** Why it can answer nothing yet. */
  readonly notReady: () => string | undefined;
  /** To the API server of a live cluster; closed with the model. */
  readonly connection?: ApiConnection;
  readonly close: () => Promise<void>;
}
