/**
 * What is made from the chart: the manifests of deploy/ and what its overlays change.
 *
 * A file for each template, with the comments of the template, in the format of this repository.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { helmPath } from '../e2e/chart-tools.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const CHART = 'charts/cilium-bulkhead';

const PLAIN = ['namespace.create=true'];
const CERT_MANAGER = ['certificates.mode=cert-manager'];

interface Rendered {
  readonly file: string;
  readonly template: string;
  /** As --set takes them. */
  readonly values: readonly string[];
}

const RENDERED: readonly Rendered[] = [
  ...[
    '00-namespace.yaml',
    '10-rbac.yaml',
    '11-certificates.yaml',
    '20-network-policy.yaml',
    '30-config.yaml',
    '40-deployment.yaml',
    '41-service.yaml',
    '42-pod-disruption-budget.yaml',
    '50-validating-webhook-configuration.yaml',
  ].map((template) => ({ file: `deploy/${template}`, template, values: PLAIN })),
  ...['warn', 'enforce'].map((mode) => ({
    file: `overlays/${mode}/30-config.yaml`,
    template: '30-config.yaml',
    values: [`mode=${mode}`],
  })),
  ...['10-rbac.yaml', '35-certificate.yaml', '40-deployment.yaml', '50-validating-webhook-configuration.yaml'].map(
    (template) => ({ file: `overlays/cert-manager/${template}`, template, values: CERT_MANAGER }),
  ),
];

export const RENDERED_FILES: readonly string[] = RENDERED.map(({ file }) => file);

/** By file, relative to the repository. Throws where helm does not render the chart. */
export async function renderedFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const one of RENDERED) files.set(one.file, await rendered(one));
  return files;
}

async function rendered({ template, values }: Rendered): Promise<string> {
  const args = ['template', 'cilium-bulkhead', join(ROOT, CHART), '--namespace', 'cilium-bulkhead'];
  const set = values.flatMap((value) => ['--set', value]);
  const { status, stdout, stderr } = spawnSync(helmPath(), [...args, ...set, '--show-only', `templates/${template}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`helm cannot render ${template}: ${stderr}`);
  const documents = stdout.split(/^---\n# Source: .*\n/m).filter((text) => text.trim() !== '');
  const text = `# Made from ${CHART} by npm run manifests.\n${documents.map((one) => `${one.trim()}\n`).join('---\n')}`;
  return format(text, { parser: 'yaml', ...prettierOptions() });
}

function prettierOptions(): object {
  return JSON.parse(readFileSync(join(ROOT, '.prettierrc.json'), 'utf8')) as object;
}
