/**
 * How to reach a cluster and who one is there: of a kubeconfig, or of the account of the pod that this runs in.
 *
 * The only home of @kubernetes/client-node, of which nothing else is used: it reads kubeconfigs and gets credentials (tokens,
 * certificates, exec plugins), and renews them. It takes over a second to load, so it is loaded when a cluster is asked for.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { fail, ok, type Result } from '../../cilium/result.ts';

/** Which cluster: that of a file, or the one that this process runs in. */
export type ClusterChoice =
  | { readonly from: 'kubeconfig'; readonly file: string; readonly context?: string }
  /** As kubectl finds it: $KUBECONFIG, else ~/.kube/config. */
  | { readonly from: 'default'; readonly context?: string }
  | { readonly from: 'pod' };

export type Credentials = Omit<RequestOptions, 'headers'> & { readonly headers: OutgoingHttpHeaders };

export interface ClusterAccess {
  /** Of the API server; may have a path. */
  readonly server: URL;
  /** Requests go through a proxy, with the agent that is among their options. */
  readonly proxied: boolean;
  /** Credentials of this moment: they may be others for each request. Rejects where they cannot be had. */
  readonly credentials: () => Promise<Credentials>;
}

/** Why not, in one sentence, where the kubeconfig names no cluster that can be asked. */
export async function openCluster(choice: ClusterChoice): Promise<Result<ClusterAccess, string>> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    load(config, choice);
  } catch (error) {
    return fail(`${placeOf(choice)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return accessOf(config, choice);
}

function load(config: KubeConfig, choice: ClusterChoice): void {
  switch (choice.from) {
    case 'kubeconfig':
      config.loadFromFile(choice.file);
      break;
    case 'default':
      config.loadFromDefault();
      break;
    case 'pod':
      config.loadFromCluster();
      break;
  }
  if (choice.from !== 'pod' && choice.context !== undefined) config.setCurrentContext(choice.context);
}

function accessOf(config: KubeConfig, choice: ClusterChoice): Result<ClusterAccess, string> {
  const context = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  if (cluster === null) return fail(`${placeOf(choice)} has no cluster for the context ${JSON.stringify(context)}`);
  const server = URL.parse(cluster.server);
  if (server === null || !/^https?:$/.test(server.protocol)) {
    return fail(`${placeOf(choice)}: the server ${JSON.stringify(cluster.server)} is no address of HTTPS`);
  }
  return ok({
    server,
    proxied: cluster.proxyUrl !== undefined,
    credentials: async () => {
      const options: RequestOptions & Credentials = { headers: {} };
      await config.applyToHTTPSOptions(options);
      return options;
    },
  });
}

function placeOf(choice: ClusterChoice): string {
  switch (choice.from) {
    case 'kubeconfig':
      return `the kubeconfig ${choice.file}`;
    case 'default':
      return 'the kubeconfig';
    case 'pod':
      return 'the service account of this pod';
  }
}
