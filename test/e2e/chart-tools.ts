/**
 * What the steps of the chart need beyond the others, and `npm run manifests`: helm, and CRDs of kinds that the chart has objects of.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, crdFolderOf, fetchCrds, pathOf, type CrdSet, type Tool } from './tools.ts';

const MODULE = join(import.meta.dirname, 'charts');
const HELM: Tool = {
  name: 'helm',
  version: '4.3.1',
  module: MODULE,
  package: 'helm.sh/helm/v4/cmd/helm',
  ldflags: '-s -w',
};

const CRDS: readonly CrdSet[] = [
  {
    of: 'cert-manager',
    version: '1.21.2',
    module: 'github.com/cert-manager/cert-manager',
    paths: ['certificates', 'issuers'].map((kind) => `deploy/crds/cert-manager.io_${kind}.yaml`),
  },
  {
    of: 'prometheus-operator',
    version: '0.85.0',
    module: 'github.com/prometheus-operator/prometheus-operator',
    paths: ['example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml'],
  },
];

export function helmPath(): string {
  return pathOf(HELM);
}

export function chartCrdFolders(): readonly string[] {
  return CRDS.map(crdFolderOf);
}

/** Throws where helm is missing and cannot be built. */
export async function buildHelm(say: (line: string) => void, signal: AbortSignal): Promise<void> {
  mkdirSync(dirname(helmPath()), { recursive: true });
  if (!existsSync(helmPath())) await build(HELM, say, signal);
}

/** The same for all that the steps need. */
export async function buildForCharts(say: (line: string) => void, signal: AbortSignal): Promise<void> {
  await buildHelm(say, signal);
  for (const crds of CRDS) fetchCrds(crds, MODULE, say);
}
