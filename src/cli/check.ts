/**
 * `check -f`: judges manifests as the webhook would, in order, each on top of the former ones.
 */
import type { Command } from 'commander';
import { customKindsOf } from '../config/settings.ts';
import { readFiles } from '../sources/files.ts';
import type { CommandContext } from './command-context.ts';
import { Checking } from './checking.ts';
import { CommandError } from './command-error.ts';
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
import { expiredExemptions } from './expired-exemptions.ts';
import { createOutput, type OutputFormat } from './output.ts';
import { progressOn } from './progress.ts';

const EXAMPLE = `
In a pipeline, with the cluster saved as \`audit --help\` shows:
  kubectl kustomize overlays/production | cilium-bulkhead check --cluster cluster.yaml --mode enforce -f -`;

interface CheckOptions extends SourceOptions, ModeOption {
  readonly filename: readonly string[];
  readonly recursive?: boolean;
  readonly namespace?: string;
  readonly verbose?: boolean;
  readonly output: OutputFormat;
  readonly failOn: FailOn;
}

export function checkCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('check')
    .summary('judge manifests before they are applied')
    .description(
      'Judges the objects in manifests as the webhook would, in order. What is admitted is part of the cluster for those ' +
        'that follow; what mode enforce denies is not. An object that the cluster holds already is an update.',
    )
    .addHelpText('after', EXAMPLE)
    .requiredOption('-f, --filename <path...>', 'files or folders of manifests, - for stdin')
    .option('-R, --recursive', 'read folders in folders too')
    .option('-n, --namespace <name>', 'the namespace of objects that name none', 'default')
    .option('-v, --verbose', 'name the files of what is skipped');
  withFailOn(withOutput(withMode(withSource(command)))).action(async (options: CheckOptions) => {
    await runCheck(options, context);
  });
}

async function runCheck(options: CheckOptions, context: CommandContext): Promise<void> {
  const config = await configFrom(options);
  const output = createOutput({ ...context, format: options.output });
  const { store, notes } = await loadModel(options, config, progressOn(context.stderr));
  const customKinds = customKindsOf(config);
  const checking = new Checking(store, config.checks, { rules: config.rules, now: Date.now(), customKinds });
  const files = readFiles(options.filename, {
    recursive: options.recursive === true,
    repeats: 'keep',
    customKinds,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  });
  for await (const event of files) checking.take(event);
  if (checking.problems.length > 0) throw new CommandError(checking.problems);
  const result = checking.result();
  // A pipeline that lost its manifests must not pass.
  if (result.decisions.length === 0) {
    throw new CommandError([checking.skipped.nothingBut('the manifests hold nothing to judge', options.filename)]);
  }
  output.result(result);
  const expired = expiredExemptions(config.rules, Date.now());
  const places = options.verbose === true ? checking.skipped.placeNotes() : [];
  for (const note of [...notes, ...checking.skipped.notes('the manifests'), ...places, ...expired]) output.note(note);
  context.setExitCode(exitCodeFor(result, options.failOn));
}
