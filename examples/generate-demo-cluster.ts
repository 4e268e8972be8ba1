/**
 * Writes the bulk of examples/demo-cluster/ (namespaces, workloads, pods, identities) from the descriptions in generate/.
 *
 *     node examples/generate-demo-cluster.ts
 *
 * What a reader should study (policies, cilium-config) is written by hand and left alone. The same description gives the
 * same files, byte for byte; a test compares them with what is committed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { IdentitySettings } from '../src/cilium/identity/pod-identity.ts';
import { DEFAULT_SETTINGS_OPTIONS, deriveSettings } from '../src/cluster/settings.ts';
import { decodeObject } from '../src/kubernetes/decode/decode-object.ts';
import { baselineOf, namespaceOf } from './generate/baseline.ts';
import type { FolderDescription, NamespaceDescription } from './generate/description.ts';
import { ciliumObjects, type NamespacePopulation } from './generate/identities.ts';
import { CILIUM_VERSION, platform } from './generate/platform.ts';
import type { KubeObject, PodInstance } from './generate/pods.ts';
import { ci, ml, payments, shop } from './generate/tenants.ts';
import { populate } from './generate/workloads.ts';
import { yamlText } from './generate/yaml-text.ts';

export const DEMO_CLUSTER = join(import.meta.dirname, 'demo-cluster');

const FOLDERS: readonly FolderDescription[] = [platform, shop, payments, ml, ci];

/** The generated files: path below examples/demo-cluster/ -> text. */
export function generateDemoCluster(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const add = (path: string, objects: readonly KubeObject[]): void => {
    if (objects.length > 0) files.set(path, yamlText(objects));
  };
  const populations: NamespacePopulation[] = [];
  for (const { folder, namespaces } of FOLDERS) {
    const populated = namespaces.map(populateNamespace);
    populations.push(...populated);
    add(`${folder}/namespaces.yaml`, namespaces.map(namespaceOf));
    add(`${folder}/baseline-policies.yaml`, namespaces.flatMap(baselineOf));
    add(
      `${folder}/workloads.yaml`,
      populated.flatMap(({ workloads }) => workloads),
    );
    add(
      `${folder}/pods.yaml`,
      populated.flatMap(({ pods }) => pods.map((pod) => pod.object)),
    );
  }
  const cilium = ciliumObjects(populations, identitySettings());
  add('90-cilium/identities.yaml', cilium.identities);
  add('90-cilium/endpoint-slices.yaml', cilium.endpointSlices);
  return files;
}

interface PopulatedNamespace extends NamespacePopulation {
  readonly workloads: readonly KubeObject[];
}

function populateNamespace(namespace: NamespaceDescription): PopulatedNamespace {
  const parts = namespace.workloads.map((workload) => populate(namespace, workload));
  return {
    name: namespace.name,
    labels: { 'kubernetes.io/metadata.name': namespace.name, ...namespace.labels },
    workloads: parts.flatMap((part) => part.workloads),
    pods: parts.flatMap((part): readonly PodInstance[] => part.pods),
    former: parts.flatMap((part) => part.former),
  };
}

/** As the agents of the demo cluster have them: its version, its cilium-config. */
function identitySettings(): IdentitySettings {
  const text = readFileSync(join(DEMO_CLUSTER, '00-platform/cilium-config.yaml'), 'utf8');
  const configMap = decodeObject(parse(text), { offline: true });
  if (!configMap.ok || configMap.value.kind !== 'ConfigMap') throw new Error('cilium-config.yaml is no ConfigMap');
  const agentImages = [`quay.io/cilium/cilium:v${CILIUM_VERSION}`];
  const settings = deriveSettings(1, DEFAULT_SETTINGS_OPTIONS, { configMap: configMap.value, agentImages });
  if (settings.filter.kind !== 'known') throw new Error(settings.filter.reason);
  return { profile: settings.profile, config: settings.config, filter: settings.filter.filter };
}

if (import.meta.main) {
  const files = generateDemoCluster();
  for (const [path, text] of files) {
    const file = join(DEMO_CLUSTER, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  process.stderr.write(`wrote ${files.size} files below ${DEMO_CLUSTER}\n`);
}
