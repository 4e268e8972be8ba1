/**
 * A real etcd and a real kube-apiserver on 127.0.0.1, on free ports, with everything they keep in one folder.
 *
 * Which flags matter, and why: the address that is advertised is a loopback address, so nobody may make endpoints of it; without a
 * controller manager nobody makes service accounts, so pods are not asked for theirs.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../tools.ts';
import { Api } from './api.ts';
import { eventually, freePort, type Processes, type Running } from './processes.ts';
import { ADMIN, kubeconfig, tokenFile, USERS, type User } from './users.ts';

const AUDIT_LOG = 'audit.log';
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Metadata', namespaces: ['load'], verbs: ['create'], resources: [{ group: '', resources: ['pods'] }] },
    { level: 'None' },
  ],
};

export interface ApiServerOptions {
  /** Another one on the same etcd, with ports and certificates of its own. */
  readonly name?: string;
  readonly port?: number;
  readonly gates?: string;
}

export interface ApiServerProcess {
  readonly server: string;
  readonly port: number;
  readonly caFile: string;
  readonly process: Running;
  /** As the administrator. */
  readonly api: Api;
}

export class ControlPlane {
  readonly #folder: string;
  readonly #processes: Processes;
  #etcd = '';

  constructor(folder: string, processes: Processes) {
    this.#folder = folder;
    this.#processes = processes;
  }

  async startEtcd(): Promise<void> {
    const [client, peer] = [await freePort(), await freePort()];
    this.#etcd = `http://127.0.0.1:${client}`;
    const urls = [
      `--listen-client-urls=${this.#etcd}`,
      `--advertise-client-urls=${this.#etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ];
    const etcd = this.#processes.start('etcd', toolPath('etcd'), [
      `--data-dir=${join(this.#folder, 'etcd')}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
      ...urls,
    ]);
    await up(etcd, async () => (await fetch(`${this.#etcd}/health`)).ok);
  }

  async startApiServer({ name = 'kube-apiserver', port, gates }: ApiServerOptions = {}): Promise<ApiServerProcess> {
    const securePort = port ?? (await freePort());
    const certificates = join(this.#folder, name);
    const process = this.#processes.start(name, toolPath('kube-apiserver'), [
      `--etcd-servers=${this.#etcd}`,
      `--secure-port=${securePort}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${certificates}`,
      `--token-auth-file=${this.#file('tokens', tokenFile)}`,
      '--authorization-mode=Node,RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${this.#file('service-accounts.key', signingKey)}`,
      `--service-account-signing-key-file=${this.#file('service-accounts.key', signingKey)}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--endpoint-reconciler-type=none',
      '--disable-admission-plugins=ServiceAccount',
      `--audit-policy-file=${this.#file('audit-policy', () => JSON.stringify(AUDIT_POLICY))}`,
      `--audit-log-path=${join(this.#folder, AUDIT_LOG)}`,
      '--audit-log-mode=blocking-strict',
      ...(gates === undefined ? [] : [`--feature-gates=${gates}`]),
    ]);
    const server = `https://127.0.0.1:${securePort}`;
    const caFile = join(certificates, 'apiserver.crt');
    await up(process, async () => {
      const api = new Api({ server, caFile }, ADMIN);
      try {
        return (await api.get('/readyz')).status === 200;
      } finally {
        api.close();
      }
    });
    return { server, port: securePort, caFile, process, api: new Api({ server, caFile }, ADMIN) };
  }

  /** Everything before now is forgotten, once an API server has not kept it in memory. */
  async compact(): Promise<void> {
    const ask = async (path: string, body: object): Promise<unknown> => {
      const response = await fetch(`${this.#etcd}${path}`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`etcd answers ${response.status}: ${await response.text()}`);
      return response.json();
    };
    const { header } = (await ask('/v3/kv/range', { key: 'AA==', count_only: true })) as {
      header: { revision: string };
    };
    await ask('/v3/kv/compaction', { revision: header.revision, physical: true });
  }

  /** What every API server here wrote of pods of the load: a line before each answer. */
  audit(): string {
    return readFileSync(join(this.#folder, AUDIT_LOG), 'utf8');
  }

  /** The file of a user. */
  kubeconfig({ server, caFile }: Pick<ApiServerProcess, 'server' | 'caFile'>, user: User): string {
    const file = join(this.#folder, `kubeconfig-${USERS.indexOf(user)}`);
    writeFileSync(file, kubeconfig(server, caFile, user), { mode: 0o600 });
    return file;
  }

  readonly #written = new Map<string, string>();

  #file(name: string, content: () => string): string {
    const known = this.#written.get(name);
    if (known !== undefined) return known;
    mkdirSync(this.#folder, { recursive: true });
    const file = join(this.#folder, name);
    writeFileSync(file, content(), { mode: 0o600 });
    this.#written.set(name, file);
    return file;
  }
}

function signingKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString();
}

/** Connections are refused until it listens. */
async function up(process: Running, isUp: () => Promise<boolean>): Promise<void> {
  await eventually(
    `${process.name} serves`,
    () => {
      if (!process.isRunning) throw new Error(`${process.name} has ended:\n${process.tail}`);
      return isUp().catch(() => false);
    },
    60_000,
  );
}
