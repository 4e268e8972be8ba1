/**
 * `audit`: judges everything that is in the source, and says how full it is.
 */
import type { Command } from 'commander';
import { customKindsOf } from '../config/settings.ts';
import { audit } from '../review/audit.ts';
import { unmended, withStoredFixes } from '../review/stored-fixes.ts';
import { runToEnd } from '../cilium/run-to-end.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodeFor, type FailOn } from './exit-codes.ts';
import { loadModel, sourcePaths } from './load-model.ts';
import {
  configFrom,
  withFailOn,
  withMode,
  withOutput,
  withSource,
  type ModeOption,
  type SourceOptions,
} from './options.ts';
import { createOutput, type OutputFormat } from './output.ts';
import { progressOn } from './progress.ts';
import { storedSubmissions } from './stored-submissions.ts';

const EXAMPLE = `
To save a cluster, and to judge it:
  kubectl get -A -o yaml > cluster.yaml \\
    ns,no,po,svc,endpointslices,deploy,rs,sts,ds,controllerrevisions,jobs,cj,netpol,ciliumnetworkpolicies,ccnp,ccg,ciliumid,cep,cn
  kubectl get configmap -n kube-system cilium-config -o yaml > cilium-config.yaml
  cilium-bulkhead audit --cluster cluster.yaml cilium-config.yaml
Add ces where Cilium runs with endpoint slices, clusternetworkpolicies where there is such a CRD.`;

interface AuditOptions extends SourceOptions, ModeOption {
  readonly output: OutputFormat;
  readonly failOn: FailOn;
}

export function auditCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('audit')
    .summary('judge everything that is there')
    .description(
      'Judges what a cluster holds: its policies, identities, policy maps, labels of pods and label filter; and says how ' +
        'many identities there are and how full the policy maps are.',
    )
    .addHelpText('after', EXAMPLE);
  withFailOn(withOutput(withMode(withSource(command)))).action(async (options: AuditOptions) => {
    await runAudit(options, context);
  });
}

async function runAudit(options: AuditOptions, context: CommandContext): Promise<void> {
  const config = await configFrom(options);
  const output = createOutput({ ...context, format: options.output });
  const loaded = await loadModel(options, config, progressOn(context.stderr), 'reported');
  const view = loaded.store.view();
  const judging = { rules: config.rules, today: Date.now() };
  const found = runToEnd(audit(view, config.checks, judging));
  const { objects, rest } = unmended(found);
  const submissions = await storedSubmissions(sourcePaths(options), objects, customKindsOf(config));
  const report = runToEnd(withStoredFixes(found, view, { ...judging, settings: config.checks, submissions }));
  output.result(report);
  for (const note of [...loaded.notes, ...(rest === 0 ? [] : [withoutFix(rest)])]) output.note(note);
  context.setExitCode(exitCodeFor(report, options.failOn));
}

function withoutFix(objects: number): string {
  return `for ${objects} more ${objects === 1 ? 'object' : 'objects'} with violations no fix was looked for: \`check\` finds one for a manifest`;
}
