/**
 * `audit`: judges everything that is in the source, and says how full it is.
 */
import type { Command } from 'commander';
import { audit } from '../review/audit.ts';
import { runToEnd } from '../cilium/run-to-end.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodeFor, type FailOn } from './exit-codes.ts';
import { loadModel } from './load-model.ts';
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
  const report = runToEnd(audit(loaded.store.view(), config.checks, { rules: config.rules, today: Date.now() }));
  output.result(report);
  for (const note of loaded.notes) output.note(note);
  context.setExitCode(exitCodeFor(report, options.failOn));
}
