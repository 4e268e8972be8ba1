/**
 * What no decoder looks at, as far as it is much of an object: it need not be parsed.
 *
 * Whatever is not named here is parsed, read or not. A test holds each decoder to it: with anything in these places it decodes the same.
 */

/** Fields of an object, or of each object of a list: all of a field, or some of its fields. */
export interface PassedOver {
  readonly [field: string]: PassedOver | 'all';
}

const ANNOTATIONS = { 'kubectl.kubernetes.io/last-applied-configuration': 'all' } as const;

/** ConfigMaps are read for it. */
const MANAGED = { managedFields: 'all', selfLink: 'all' } as const;

const METADATA = { ...MANAGED, annotations: ANNOTATIONS } as const;

const CONTAINER = {
  args: 'all',
  command: 'all',
  env: 'all',
  envFrom: 'all',
  imagePullPolicy: 'all',
  lifecycle: 'all',
  livenessProbe: 'all',
  readinessProbe: 'all',
  resources: 'all',
  securityContext: 'all',
  startupProbe: 'all',
  terminationMessagePath: 'all',
  terminationMessagePolicy: 'all',
  volumeMounts: 'all',
} as const;

const POD_SPEC = {
  affinity: 'all',
  containers: CONTAINER,
  ephemeralContainers: 'all',
  initContainers: 'all',
  securityContext: 'all',
  tolerations: 'all',
  topologySpreadConstraints: 'all',
  volumes: 'all',
} as const;

/** When an init container began is read, of agents. */
const POD_STATUS = {
  conditions: 'all',
  containerStatuses: 'all',
  ephemeralContainerStatuses: 'all',
  hostIPs: 'all',
  podIPs: 'all',
  resourceClaimStatuses: 'all',
} as const;

const TEMPLATE = { metadata: { annotations: 'all' }, spec: POD_SPEC } as const;

export const OF_ANY = { metadata: METADATA, status: 'all' } as const;
export const OF_CONFIG_MAP = { metadata: { annotations: ANNOTATIONS, selfLink: 'all' } } as const;
export const OF_POD = { metadata: METADATA, spec: POD_SPEC, status: POD_STATUS } as const;
export const OF_WORKLOAD = { ...OF_ANY, spec: { template: TEMPLATE } } as const;
export const OF_CRON_JOB = { ...OF_ANY, spec: { jobTemplate: { spec: { template: TEMPLATE } } } } as const;
export const OF_REVISION = { ...OF_ANY, data: { spec: { template: TEMPLATE } } } as const;
/** Labels of its metadata repeat the security labels. */
export const OF_IDENTITY = { metadata: { ...MANAGED, annotations: 'all', labels: 'all' }, status: 'all' } as const;
export const OF_NODE = {
  metadata: METADATA,
  status: { conditions: 'all', images: 'all', volumesAttached: 'all', volumesInUse: 'all' },
} as const;
export const OF_CILIUM_NODE = {
  metadata: METADATA,
  spec: { alibaba: 'all', azure: 'all', eni: 'all' },
  status: 'all',
} as const;
export const OF_ENDPOINT = {
  metadata: METADATA,
  status: {
    controllers: 'all',
    'external-identifiers': 'all',
    health: 'all',
    log: 'all',
    networking: 'all',
    policy: 'all',
  },
} as const;
export const OF_ENDPOINT_SLICE = { metadata: METADATA, endpoints: { encryption: 'all', networking: 'all' } } as const;
