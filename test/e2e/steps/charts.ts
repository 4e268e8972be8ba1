/**
 * The chart, the manifests that are made from it, and their overlays: each is taken by the real API server, with the CRDs of Cilium,
 * cert-manager and prometheus-operator. No field that a kind does not have gets through (kubectl's strict validation).
 *
 * The last steps of a run: what deploy/ has registered goes, as it would judge these objects, and a release of Helm comes in its place.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../../src/config.ts';
import { CHART, renderedFiles, ROOT } from '../../charts/rendered.ts';
import type { Json } from '../cluster/api.ts';
import { helm } from '../cluster/helm.ts';
import { eventually } from '../cluster/processes.ts';
import { ADMIN } from '../cluster/users.ts';
import type { Cluster, Step } from '../context.ts';
import { namespace } from '../objects.ts';
import { chartCrdFolders } from '../chart-tools.ts';
import { stored } from './expect.ts';

const FOLDER = join(ROOT, CHART);
const OVERLAYS = join(ROOT, 'overlays');
const RELEASE = 'bulkhead';
/** Not the default: what names a namespace has to name this one. */
const NAMESPACE = 'platform-bulkhead';
const CONFIG = `/api/v1/namespaces/${NAMESPACE}/configmaps/cilium-bulkhead-config`;
const SECRET = '/api/v1/namespaces/cilium-bulkhead/secrets/cilium-bulkhead-certificates';
const OWN_SECRET = `/api/v1/namespaces/${NAMESPACE}/secrets/cilium-bulkhead-certificates`;
const REGISTRATION = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/cilium-bulkhead';
/** As the webhook wrote it. */
let caBundle: unknown;

export const CHART_STEPS: readonly Step[] = [
  {
    name: 'deploy/ is what the chart renders',
    run: async () => {
      for (const [file, text] of await renderedFiles()) {
        assert.equal(readFileSync(join(ROOT, file), 'utf8'), text, `${file}: npm run manifests`);
      }
    },
  },
  {
    name: 'the API server takes what the chart renders with each of its values files, helm lint has nothing to say, and serve takes the configuration',
    run: async (cluster) => {
      caBundle = (await webhooks(cluster))[0]?.clientConfig['caBundle'];
      await removeDeployed(cluster);
      await cluster.apply(chartCrdFolders().flatMap((folder) => ['-f', folder]));
      for (const name of [NAMESPACE, 'cilium-system']) {
        stored(await cluster.api.post('/api/v1/namespaces', namespace(name)));
      }
      const files = readdirSync(join(FOLDER, 'ci')).map((name) => ['--values', join(FOLDER, 'ci', name)]);
      for (const values of [[], ...files]) {
        await helmAs(cluster, ['lint', '--strict', FOLDER, ...values]);
        const text = await helmAs(cluster, ['template', RELEASE, FOLDER, '--namespace', NAMESPACE, ...values]);
        await isTaken(cluster, text, values.join(' '));
        configurationIsValid(text, values.join(' '));
      }
    },
  },
  {
    name: 'what a kind does not have is not taken, and what is no value is not rendered',
    run: async (cluster) => {
      const text = await helmAs(cluster, ['template', RELEASE, FOLDER, '--namespace', NAMESPACE]);
      const spoiled = text.replace('readOnlyRootFilesystem:', 'readOnlyRootFileSystem:');
      await assert.rejects(isTaken(cluster, spoiled, ''), /readOnlyRootFileSystem: field not declared in schema/);
      const misspelt = ['template', RELEASE, FOLDER, '--set', 'config.checks.identity-churn.mod=warn'];
      await assert.rejects(helmAs(cluster, misspelt), /additional properties 'mod' not allowed/);
    },
  },
  {
    name: 'the API server takes deploy/ with Kustomize, and each of its overlays; to apply the Secret again leaves the certificates',
    run: async (cluster) => {
      const before = (await cluster.api.get(SECRET)).body['data'];
      assert.ok(Object.keys(before ?? {}).length > 0);
      for (const more of [[], ['--server-side', '--force-conflicts']]) {
        const applied = await cluster.kubectl(['apply', ...more, '-f', join(ROOT, 'deploy/11-certificates.yaml')]);
        assert.equal(applied.code, 0, applied.stderr);
        assert.deepEqual((await cluster.api.get(SECRET)).body['data'], before);
      }
      const overlays = readdirSync(OVERLAYS, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(OVERLAYS, name));
      for (const folder of [join(ROOT, 'deploy'), ...overlays]) {
        const { code, stdout, stderr } = await cluster.kubectl(['kustomize', folder]);
        assert.equal(code, 0, stderr);
        await isTaken(cluster, stdout, folder);
      }
    },
  },
  {
    name: 'helm installs it, an upgrade leaves what the webhook and the on-call have written, and nothing is left of it in the end',
    run: async (cluster) => {
      assert.equal(typeof caBundle, 'string');
      const install = [RELEASE, FOLDER, '--namespace', NAMESPACE, '--set', 'certificates.mode=self-managed'];
      await helmAs(cluster, ['install', ...install]);
      const hooks = (await webhooks(cluster)).map((hook) => ({
        name: hook.name,
        clientConfig: { ...hook.clientConfig, caBundle },
      }));
      stored(await cluster.api.patch(REGISTRATION, 'strategic', { webhooks: hooks }));
      stored(await cluster.api.patch(OWN_SECRET, 'merge', { data: { 'ca.crt': caBundle } }));
      stored(await cluster.api.patch(CONFIG, 'merge', { data: { maxMode: 'audit' } }));
      await helmAs(cluster, ['upgrade', ...install, '--set', 'mode=warn', '--set', 'webhook.timeoutSeconds=2']);
      for (const hook of await webhooks(cluster)) {
        assert.equal(hook.timeoutSeconds, 2);
        assert.equal(hook.clientConfig['caBundle'], caBundle);
      }
      assert.deepEqual((await cluster.api.get(OWN_SECRET)).body['data'], { 'ca.crt': caBundle });
      const { data } = (await cluster.api.get(CONFIG)).body as { data: Record<string, string> };
      assert.equal(data['maxMode'], 'audit');
      assert.match(data['config.yaml'] ?? '', /identity-churn:\n {4}mode: warn/);
      await helmAs(cluster, ['uninstall', RELEASE, '--namespace', NAMESPACE]);
      for (const path of [REGISTRATION, CONFIG, OWN_SECRET]) {
        await eventually(`${path} is gone`, async () => (await cluster.api.get(path)).status === 404);
      }
    },
  },
];

interface Hook {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly clientConfig: Json;
}

async function webhooks({ api }: Cluster): Promise<readonly Hook[]> {
  return (await api.get(REGISTRATION)).body['webhooks'] as readonly Hook[];
}

function helmAs(cluster: Cluster, args: readonly string[]): Promise<string> {
  const kubeconfig = cluster.controlPlane.kubeconfig(cluster.apiServer, ADMIN);
  return helm({ kubeconfig, home: cluster.folder }, args);
}

/** That in the ConfigMap, as `serve` reads it. */
function configurationIsValid(text: string, what: string): void {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Json | null);
  const { data } = objects.find((object) => object?.['kind'] === 'ConfigMap') as { data: Record<string, string> };
  const config = loadConfig(data['config.yaml'] ?? '', 'config.yaml');
  assert.ok(config.ok, `${what}: ${JSON.stringify(config)}`);
}

/** Every object of the text, without being kept. */
async function isTaken(cluster: Cluster, text: string, what: string): Promise<void> {
  const args = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '-f', '-'];
  const { code, stderr } = await cluster.kubectl(args, text);
  if (code !== 0) throw new Error(`${what}: ${stderr}`);
}

/** The registration, and what is of one release only: it lies in no namespace, or in that of somebody else. And the Service that stands in. */
async function removeDeployed(cluster: Cluster): Promise<void> {
  for (const args of [
    ['validatingwebhookconfiguration,clusterrole,clusterrolebinding', 'cilium-bulkhead'],
    ['--namespace', 'kube-system', 'role,rolebinding', 'cilium-bulkhead'],
    ['--namespace', 'cilium-bulkhead', 'service', 'cilium-bulkhead'],
  ]) {
    const { code, stderr } = await cluster.kubectl(['delete', ...args]);
    assert.equal(code, 0, stderr);
  }
}
