/**
 * Which cluster a command is about: files that are named, the demo, or a live one.
 *
 * Of several nothing is guessed, and the demo is never what nobody asked for.
 */
import type { ClusterChoice } from '../kubernetes/api/client.ts';
import { CommandError } from './command-error.ts';
import { sourcePaths } from './load-model.ts';
import type { LiveSourceOptions, SourceOptions } from './options.ts';

export type ClusterSource = { readonly kind: 'files' } | { readonly kind: 'live'; readonly cluster: ClusterChoice };

const NONE =
  'no source of the cluster is named: give --kubeconfig FILE for a live one, --cluster PATH for files, or --demo for the demo cluster';

/** `inPod`: this process runs in a pod, whose cluster is meant where nothing is said. */
export function clusterSource(
  options: SourceOptions & LiveSourceOptions,
  { inPod }: { readonly inPod: boolean },
): ClusterSource {
  const { cluster, demo, kubeconfig, context } = options;
  const isLive = kubeconfig !== undefined || context !== undefined;
  const isFiles = cluster !== undefined || demo === true;
  if (isLive && isFiles) {
    throw new CommandError(['--kubeconfig and --context are for a live cluster, and exclude --cluster and --demo']);
  }
  if (isFiles) {
    sourcePaths(options);
    return { kind: 'files' };
  }
  const inContext = context === undefined ? {} : { context };
  if (kubeconfig !== undefined)
    return { kind: 'live', cluster: { from: 'kubeconfig', file: kubeconfig, ...inContext } };
  if (context !== undefined) return { kind: 'live', cluster: { from: 'default', ...inContext } };
  if (inPod) return { kind: 'live', cluster: { from: 'pod' } };
  throw new CommandError([NONE]);
}
