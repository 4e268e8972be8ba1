/**
 * One decision on the same cluster, divided among few or many tenants: what it costs must not tell how many there are.
 *
 * More than 70 % of the range is in use, so that the fair share of the tenant is asked for each time.
 */
import type { Submission } from '../../src/checks/check.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { ClusterStore } from '../../src/cluster/store.ts';
import { admit } from '../../src/review/admit.ts';
import { creationOf } from '../children/creation.ts';
import { ENFORCED } from '../children/enforced.ts';
import { decoded } from '../workload/decoded.ts';
import type { Json } from '../workload/json.ts';
import type { Operation } from './side-by-side.ts';

const TENANTS = [10, 100, 1_000] as const;
const NAMESPACES = 1_000;
/** Of the 32,512 that each of 511 clusters of a mesh has. */
const IDENTITIES = 23_000;
const PER_ROUND = 100;

export interface TenantOperations {
  /** On the cluster of the fewest tenants. */
  readonly unit: Operation;
  readonly operations: readonly Operation[];
}

export function tenantOperations(): TenantOperations {
  const [unit, ...operations] = TENANTS.map(deciding);
  if (unit === undefined) throw new Error('no number of tenants');
  return { unit, operations };
}

function deciding(tenants: number): Operation {
  const store = clusterOf(tenants);
  let serial = 0;
  return {
    name: `pod with a new identity, ${tenants} tenants`,
    perRound: PER_ROUND,
    prepare: () => {
      const submission = freshPod(serial++);
      return () => decide(store, submission);
    },
  };
}

function clusterOf(tenants: number): ClusterStore {
  const store = new ClusterStore({ version: { major: 1, minor: 20, patch: 2 }, tenantLabel: 'tenant' });
  const apply = (object: Json): void => void store.apply({ type: 'upsert', object: decoded(object) });
  const config = { namespace: 'kube-system', name: 'cilium-config' };
  apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: config, data: { 'max-connected-clusters': '511' } });
  for (let index = 0; index < NAMESPACES; index += 1) apply(namespaceOf(index, tenants));
  for (let index = 0; index < IDENTITIES; index += 1) apply(identity(256 + index, index % NAMESPACES, tenants));
  for (let index = 0; index < NAMESPACES; index += 1) apply(runningPod(256 + index, index));
  return store;
}

function namespaceOf(index: number, tenants: number): Json {
  const labels = { tenant: `tenant-${index % tenants}` };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `team-${index}`, labels } };
}

function identity(id: number, team: number, tenants: number): Json {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumIdentity',
    metadata: { name: String(id) },
    'security-labels': {
      'k8s:app': `app-${id}`,
      'k8s:io.kubernetes.pod.namespace': `team-${team}`,
      'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': `team-${team}`,
      'k8s:io.cilium.k8s.namespace.labels.tenant': `tenant-${team % tenants}`,
      'k8s:io.cilium.k8s.policy.cluster': 'default',
      'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
    },
  };
}

/** The first identity of each namespace is in use. */
function runningPod(id: number, team: number): Json {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'running', namespace: `team-${team}`, labels: { app: `app-${id}` } },
    spec: { containers: [{ name: 'main', image: 'main:1' }] },
  };
}

function decide(store: ClusterStore, submission: Submission): void {
  const { verdict, findings } = runToEnd(admit(store.view(), submission, { settings: ENFORCED }));
  if (verdict === 'allow' && findings.some(({ id }) => id === 'cluster-headroom')) return;
  throw new Error(`expected advice on the headroom: ${JSON.stringify(findings).slice(0, 1_000)}`);
}

function freshPod(serial: number): Submission {
  return creationOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `fresh-${serial}`, namespace: `team-${serial % NAMESPACES}`, labels: { app: `fresh-${serial}` } },
    spec: { containers: [{ name: 'main', image: 'main:1' }] },
  });
}
