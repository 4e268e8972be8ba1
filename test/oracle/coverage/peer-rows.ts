/**
 * Rows of the policy-map table: whom peers select: entities, selectors, namespaces, clusters.
 */
import { both, hasEntity, hasLabel, knpPeer, peer, rule } from './policy-map-tests.ts';
import type { Row } from './row.ts';
import { isEmptySelector, json, list, onlyExcludes, requirementsOf, type SeenWorld } from './seen-world.ts';

const NAMESPACE = 'io.kubernetes.pod.namespace';
const TEAM = 'io.cilium.k8s.namespace.labels.team';

/** Where one is named, nothing is injected for namespaces. */
const NAMESPACES = /^((k8s|any):)?(io\.kubernetes\.pod\.namespace|io\.cilium\.k8s\.namespace\.labels\..*)$/;

function names(selector: unknown, key: RegExp): boolean {
  return requirementsOf(selector).some((one) => key.test(one.key));
}

/** Nothing is injected for clusters. */
function isOfAnyCluster({ minor, options }: SeenWorld): boolean {
  return (
    options['policyDefaultLocalCluster'] === false ||
    (minor === '1.18' && options['policyDefaultLocalCluster'] !== true)
  );
}

export const PEER_ROWS: readonly Row<SeenWorld>[] = [
  ...[
    'all',
    'world',
    'cluster',
    'host',
    'remote-node',
    'kube-apiserver',
    'init',
    'health',
    'ingress',
    'unmanaged',
    'none',
  ].map((name) => ({ row: '2', says: `entity ${name}`, isReached: hasEntity(name) })),
  {
    row: '2',
    says: 'kube-apiserver with addresses outside',
    isReached: both(hasEntity('kube-apiserver'), ({ world }) => list(world['apiserverIPs']).length > 0),
  },
  {
    row: '3',
    says: 'cluster-mesh, refused before 1.20',
    isReached: (seen) =>
      seen.minor === '1.20'
        ? hasEntity('cluster-mesh')(seen)
        : 'parseErrors' in seen.answer && JSON.stringify(seen.policies).includes('"cluster-mesh"'),
  },
  {
    row: '5',
    says: 'exclusions that reach reserved identities and aggregates',
    isReached: peer(
      'Endpoints',
      (selector, _, seen) =>
        onlyExcludes(selector) &&
        (names(selector, /^reserved:/) ||
          (names(selector, NAMESPACES) && (isOfAnyCluster(seen) || names(selector, /policy\.cluster$/)))),
    ),
  },
  {
    row: '6',
    says: 'a peer that excludes a namespace',
    isReached: peer('Endpoints', (selector) => onlyExcludes(selector) && names(selector, NAMESPACES)),
  },
  {
    row: '6',
    says: 'a NetworkPolicy whose namespaceSelector excludes',
    isReached: knpPeer(({ namespaceSelector }) => onlyExcludes(namespaceSelector)),
  },
  {
    row: '9',
    says: 'CNP peer {}',
    isReached: peer('Endpoints', (selector, { kind }) => kind === 'CiliumNetworkPolicy' && isEmptySelector(selector)),
  },
  {
    row: '9',
    says: 'CCNP peer {}',
    isReached: peer('Endpoints', (selector, { kind }) => kind.includes('Clusterwide') && isEmptySelector(selector)),
  },
  {
    row: '9',
    says: 'CCNP peer {} of a subject reserved:init',
    isReached: both(
      hasLabel('reserved:init'),
      peer(
        'Endpoints',
        (selector, { spec }) => isEmptySelector(selector) && !isEmptySelector(spec['endpointSelector']),
      ),
    ),
  },
  ...[`any:${NAMESPACE}`, `k8s:${NAMESPACE}`, NAMESPACE].map((key) => ({
    row: '10',
    says: `peer that names ${key}`,
    isReached: peer('Endpoints', (selector) =>
      requirementsOf(selector).some((one) => one.key === key && one.operator === 'In'),
    ),
  })),
  {
    row: '10',
    says: 'peer whose namespace exists',
    isReached: peer('Endpoints', (selector) =>
      requirementsOf(selector).some(({ key, operator }) => key.endsWith(NAMESPACE) && operator === 'Exists'),
    ),
  },
  {
    row: '10',
    says: 'peer that names a label of the namespace',
    isReached: peer('Endpoints', (selector) => requirementsOf(selector).some(({ key }) => key.endsWith(TEAM))),
  },
  {
    row: '10',
    says: 'peer with a reserved: key',
    isReached: peer('Endpoints', (selector) => requirementsOf(selector).some(({ key }) => key.startsWith('reserved:'))),
  },
  ...['k8s:', 'any:'].map((source) => ({
    row: '10',
    says: `subject that names ${source}${NAMESPACE}`,
    isReached: ({ policies, subject }: SeenWorld) =>
      policies.some(
        ({ kind, metadata, spec }) =>
          kind === 'CiliumNetworkPolicy' &&
          json(metadata)['namespace'] === subject[`k8s:${NAMESPACE}`] &&
          requirementsOf(json(spec)['endpointSelector']).some(({ key }) => key === `${source}${NAMESPACE}`),
      ),
  })),
  {
    row: '11',
    says: 'NetworkPolicy: empty namespaceSelector',
    isReached: knpPeer(
      ({ namespaceSelector }) => namespaceSelector !== undefined && isEmptySelector(namespaceSelector),
    ),
  },
  {
    row: '11',
    says: 'NetworkPolicy: podSelector alone',
    isReached: knpPeer(
      ({ podSelector, namespaceSelector }) => podSelector !== undefined && namespaceSelector === undefined,
    ),
  },
  {
    row: '11',
    says: 'NetworkPolicy: both selectors',
    isReached: knpPeer(
      ({ podSelector, namespaceSelector }) => podSelector !== undefined && namespaceSelector !== undefined,
    ),
  },
  {
    row: '11',
    says: 'NetworkPolicy: no peers',
    isReached: rule(({ kind, element }) => kind === 'NetworkPolicy' && !('from' in element) && !('to' in element)),
  },
  {
    row: '11',
    says: 'NetworkPolicy: rules of a direction that policyTypes leaves out',
    isReached: rule(
      ({ kind, spec, ...one }) =>
        kind === 'NetworkPolicy' && !JSON.stringify(spec['policyTypes']).toLowerCase().includes(one.direction),
    ),
  },
  {
    row: '11',
    says: 'NetworkPolicy: ipBlock with except',
    isReached: knpPeer(({ ipBlock }) => 'except' in json(ipBlock)),
  },
  {
    row: '29',
    says: 'peer {} and a pod of another cluster',
    isReached: both(
      ({ world }) => list(world['identities']).some(({ id }) => Number(id) > 65_535),
      peer('Endpoints', (selector) => isEmptySelector(selector)),
    ),
  },
];
