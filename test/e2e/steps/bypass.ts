/**
 * Every path on which the labels of a pod or a namespace can change: the webhook is asked on each, denies where it may, and what it
 * may never deny goes through.
 */
import assert from 'node:assert/strict';
import type { Api, ApiAnswer, Json } from '../cluster/api.ts';
import type { Step } from '../context.ts';
import { namespace, node, pod, podTemplate, TENANT } from '../objects.ts';
import { denied, stored } from './expect.ts';
import { OF_CILIUM } from './registration.ts';

const PODS = `/api/v1/namespaces/${TENANT}/pods`;
const POD = `${PODS}/victim`;
const NAMESPACE = `/api/v1/namespaces/${TENANT}`;
const NOT_ALLOWED = { stage: 'one' };
const RELABEL = { metadata: { labels: OF_CILIUM } };
const [RESERVED_KEY = ''] = Object.keys(OF_CILIUM);

/** The pod as it is stored, with another label. */
async function relabelled(api: Api, path: string, labels: Readonly<Record<string, string>>): Promise<Json> {
  const { body } = await api.get(path);
  const metadata = body['metadata'] as { readonly labels?: Json };
  return { ...body, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } };
}

const ADD_LABEL = [{ op: 'add', path: `/metadata/labels/${RESERVED_KEY}`, value: 'mine' }];
const APPLIED = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'victim', ...RELABEL.metadata } };

const POD_PATHS: readonly (readonly [string, (api: Api) => Promise<ApiAnswer>])[] = [
  ['POST pods', (api) => api.post(PODS, pod('x', OF_CILIUM))],
  ['PUT pods', async (api) => api.put(POD, await relabelled(api, POD, OF_CILIUM))],
  ['merge patch of pods', (api) => api.patch(POD, 'merge', RELABEL)],
  ['JSON patch of pods', (api) => api.patch(POD, 'json', ADD_LABEL)],
  ['strategic patch of pods', (api) => api.patch(POD, 'strategic', RELABEL)],
  ['server-side apply of pods', (api) => api.patch(POD, 'apply', APPLIED)],
  ['PUT pods/status', async (api) => api.put(`${POD}/status`, await relabelled(api, POD, OF_CILIUM))],
  ['merge patch of pods/status', (api) => api.patch(`${POD}/status`, 'merge', RELABEL)],
  ['server-side apply of pods/status', (api) => api.patch(`${POD}/status`, 'apply', APPLIED)],
];

const NAMESPACE_PATHS: readonly (readonly [string, (api: Api) => Promise<ApiAnswer>])[] = [
  ['POST namespaces', (api) => api.post('/api/v1/namespaces', namespace('new', NOT_ALLOWED))],
  ['PUT namespaces', async (api) => api.put(NAMESPACE, await relabelled(api, NAMESPACE, NOT_ALLOWED))],
  ['merge patch of namespaces', (api) => api.patch(NAMESPACE, 'merge', { metadata: { labels: NOT_ALLOWED } })],
  [
    'PUT namespaces/status',
    async (api) => api.put(`${NAMESPACE}/status`, await relabelled(api, NAMESPACE, NOT_ALLOWED)),
  ],
  [
    'PUT namespaces/finalize',
    async (api) => api.put(`${NAMESPACE}/finalize`, await relabelled(api, NAMESPACE, NOT_ALLOWED)),
  ],
];

const SELECTOR = { selector: { matchLabels: { app: 'w' } } };
const TEMPLATE = { template: podTemplate({ app: 'w', ...OF_CILIUM }) };
const JOB = {
  template: { ...podTemplate(OF_CILIUM), spec: { ...(podTemplate({})['spec'] as Json), restartPolicy: 'Never' } },
};

const WORKLOADS: readonly (readonly [string, string, Json])[] = [
  ['apps/v1', 'Deployment', { ...SELECTOR, ...TEMPLATE }],
  ['apps/v1', 'ReplicaSet', { ...SELECTOR, ...TEMPLATE }],
  ['apps/v1', 'StatefulSet', { ...SELECTOR, ...TEMPLATE, serviceName: 'w' }],
  ['apps/v1', 'DaemonSet', { ...SELECTOR, ...TEMPLATE }],
  ['batch/v1', 'Job', JOB],
  ['batch/v1', 'CronJob', { schedule: '0 * * * *', jobTemplate: { spec: JOB } }],
];

async function labelsOf(api: Api, path: string): Promise<Json> {
  const { body } = await api.get(path);
  return (body['metadata'] as { readonly labels?: Json }).labels ?? {};
}

export const BYPASS_STEPS: readonly Step[] = [
  {
    name: `labels of a pod are denied on every path that sets them (${POD_PATHS.length})`,
    run: async ({ api }) => {
      stored(await api.post(PODS, pod('victim', { app: 'web' })));
      for (const [path, act] of POD_PATHS) {
        await denying(path, () => act(api), 'pods', 'reserved-labels');
      }
      assert.deepEqual(await labelsOf(api, POD), { app: 'web' });
    },
  },
  {
    name: 'kubectl label, replace and patch --subresource are no way round',
    run: async (cluster) => {
      const changed = JSON.stringify(await relabelled(cluster.api, POD, OF_CILIUM));
      for (const [args, input] of [
        [['label', 'pod', 'victim', `${RESERVED_KEY}=mine`], ''],
        [['replace', '-f', '-'], changed],
        [['patch', 'pod', 'victim', '--subresource=status', '--type=merge', '-p', JSON.stringify(RELABEL)], ''],
      ] as const) {
        const { code, stderr } = await cluster.kubectl(['-n', TENANT, ...args], input);
        assert.equal(code, 1, args.join(' '));
        assert.match(stderr, /denied the request: \[reserved-labels\]/, args.join(' '));
      }
    },
  },
  {
    name: 'what changes no label asks nobody: status updates, resizes, ephemeral containers',
    run: async (cluster) => {
      const { api } = cluster;
      const before = await cluster.webhook.reviews();
      const conditions = [{ type: 'Ready', status: 'False' }];
      stored(await api.patch(`${POD}/status`, 'merge', { status: { conditions } }));
      stored(await api.patch(POD, 'merge', { metadata: { annotations: { a: 'b' } } }));
      const ephemeralContainers = [{ name: 'debug', image: 'registry.k8s.io/pause:3.10' }];
      stored(await api.patch(`${POD}/ephemeralcontainers`, 'strategic', { ...RELABEL, spec: { ephemeralContainers } }));
      assert.deepEqual(await labelsOf(api, POD), { app: 'web' });
      assert.equal(await cluster.webhook.reviews(), before);
    },
  },
  {
    name: 'labels of Bindings are seen on both of their paths, and never denied',
    run: async (cluster) => {
      const { api } = cluster;
      stored(await api.post('/api/v1/nodes', node('node-1', { 'topology.kubernetes.io/zone': 'z1' })));
      for (const [name, path] of [
        ['bound-1', `${PODS}/bound-1/binding`],
        ['bound-2', `/api/v1/namespaces/${TENANT}/bindings`],
      ] as const) {
        stored(await api.post(PODS, pod(name, { app: 'web' })));
        const before = await cluster.webhook.reviews();
        const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
        const metadata = { name, namespace: TENANT, labels: OF_CILIUM };
        stored(await api.post(path, { apiVersion: 'v1', kind: 'Binding', metadata, target }));
        assert.equal(await cluster.webhook.reviews(), before + 1, path);
        assert.equal((await labelsOf(api, `${PODS}/${name}`))[RESERVED_KEY], 'mine');
      }
    },
  },
  {
    name: `labels of a namespace are denied on every path that sets them (${NAMESPACE_PATHS.length})`,
    run: async ({ api }) => {
      for (const [path, act] of NAMESPACE_PATHS) await denying(path, () => act(api), 'namespaces', 'label-not-allowed');
      assert.deepEqual(await labelsOf(api, NAMESPACE), { 'kubernetes.io/metadata.name': TENANT });
    },
  },
  {
    name: 'a namespace is finalized: nobody is asked about what changes no label',
    run: async (cluster) => {
      const { api } = cluster;
      stored(await api.post('/api/v1/namespaces', namespace('short-lived')));
      stored(await api.delete('/api/v1/namespaces/short-lived'));
      const before = await cluster.webhook.reviews();
      const { body } = await api.get('/api/v1/namespaces/short-lived');
      stored(await api.put('/api/v1/namespaces/short-lived/finalize', { ...body, spec: { finalizers: [] } }));
      assert.equal((await api.get('/api/v1/namespaces/short-lived')).status, 404);
      assert.equal(await cluster.webhook.reviews(), before);
    },
  },
  {
    name: `templates are denied where their author stands (${WORKLOADS.map(([, kind]) => kind).join(', ')})`,
    run: async ({ api }) => {
      for (const [apiVersion, kind, spec] of WORKLOADS) {
        const path = `/apis/${apiVersion}/namespaces/${TENANT}/${kind.toLowerCase()}s`;
        const create = (): Promise<ApiAnswer> => api.post(path, { apiVersion, kind, metadata: { name: 'w' }, spec });
        await denying(kind, create, 'workloads', 'reserved-labels');
      }
    },
  },
  {
    name: 'system namespaces are left alone',
    run: async ({ api }) => {
      const inSystem = {
        ...pod('system', OF_CILIUM),
        metadata: { name: 'system', namespace: 'kube-system', labels: OF_CILIUM },
      };
      stored(await api.post('/api/v1/namespaces/kube-system/pods', inSystem));
    },
  },
];

async function denying(path: string, act: () => Promise<ApiAnswer>, hook: string, finding: string): Promise<void> {
  try {
    denied(await act(), hook, finding);
  } catch (cause) {
    throw new Error(`${path} is a way round`, { cause });
  }
}
