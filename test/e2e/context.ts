/**
 * What every step works with: one cluster, which the steps fill one after the other.
 */
import { Api } from './cluster/api.ts';
import type { ApiServerProcess, ControlPlane } from './cluster/control-plane.ts';
import { kubectl, type KubectlResult } from './cluster/kubectl.ts';
import type { Processes } from './cluster/processes.ts';
import { ADMIN, WEBHOOK, type User } from './cluster/users.ts';
import { Webhook } from './cluster/webhook.ts';

export interface Step {
  /** What holds once it has passed. */
  readonly name: string;
  readonly run: (cluster: Cluster) => Promise<void>;
}

export class Cluster {
  readonly folder: string;
  readonly processes: Processes;
  readonly controlPlane: ControlPlane;
  readonly #config: string;
  #apiServer: ApiServerProcess;
  #webhook: Webhook | undefined;

  constructor(
    parts: Pick<Cluster, 'folder' | 'processes' | 'controlPlane'>,
    config: string,
    apiServer: ApiServerProcess,
  ) {
    this.folder = parts.folder;
    this.processes = parts.processes;
    this.controlPlane = parts.controlPlane;
    this.#config = config;
    this.#apiServer = apiServer;
  }

  get api(): Api {
    return this.#apiServer.api;
  }

  /** As somebody else than the administrator; whoever asks closes it. */
  apiAs(user: User): Api {
    return new Api(this.#apiServer, user);
  }

  get apiServer(): ApiServerProcess {
    return this.#apiServer;
  }

  get webhook(): Webhook {
    if (this.#webhook === undefined) throw new Error('the webhook was not started yet');
    return this.#webhook;
  }

  /** It is another one from now on; with the address of the former the others need not know. */
  isServedBy(apiServer: ApiServerProcess): void {
    this.#apiServer.api.close();
    this.#apiServer = apiServer;
  }

  /** Anew, at the address of the former one. */
  async startWebhook(more: readonly string[] = []): Promise<Webhook> {
    this.#webhook = await this.#start(more, this.#webhook?.port);
    return this.#webhook;
  }

  /** One more, that the API server does not ask. */
  startReplica(more: readonly string[]): Promise<Webhook> {
    return this.#start(more);
  }

  #start(more: readonly string[], port?: number): Promise<Webhook> {
    const kubeconfig = this.controlPlane.kubeconfig(this.#apiServer, WEBHOOK);
    return Webhook.start(this.processes, { kubeconfig, config: this.#config, more }, port);
  }

  /** As the administrator. */
  kubectl(args: readonly string[], input?: string): Promise<KubectlResult> {
    const kubeconfig = this.controlPlane.kubeconfig(this.#apiServer, ADMIN);
    return kubectl({ kubeconfig, home: this.folder }, args, input);
  }

  /** The same, and it has to succeed. */
  async apply(args: readonly string[], input?: string): Promise<void> {
    const { code, stderr } = await this.kubectl(['apply', '--server-side', ...args], input);
    if (code !== 0) throw new Error(`kubectl apply: ${stderr}`);
  }

  async close(): Promise<void> {
    this.#apiServer.api.close();
    await this.processes.stopAll();
  }
}
