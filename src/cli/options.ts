/**
 * Options that several commands share, with one wording and one reading.
 */
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { CHECK_IDS } from '../checks/facts/finding-facts.ts';
import { MODES, type CheckSettings, type Mode } from '../checks/settings.ts';
import { parseVersion, profileOf, SUPPORTED_MINORS, type CiliumVersion } from '../cilium/profile.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import { formatProblem, loadConfig } from '../config.ts';
import { DEFAULT_CONFIG, type Config } from '../config/settings.ts';
import { systemErrorText } from '../system-error.ts';
import { CommandError } from './command-error.ts';
import { FAIL_ON, parseFailOn } from './exit-codes.ts';
import { OUTPUT_FORMATS, parseOutputFormat } from './output.ts';

/** A live cluster. */
export interface LiveSourceOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface SourceOptions {
  readonly cluster?: readonly string[];
  readonly demo?: boolean;
  readonly ciliumVersion?: string;
  readonly config?: string;
}

export interface ModeOption {
  readonly mode?: Mode;
}

/** Where the model comes from. */
export function withSource(command: Command): Command {
  return command
    .option(
      '--cluster <path...>',
      'the cluster, as files or folders: YAML, JSON, .gz, what kubectl get -o yaml prints, an unpacked cilium sysdump',
    )
    .option('--demo', 'the demo cluster that comes with the program, in place of --cluster')
    .option(
      '--cilium-version <x.y.z>',
      `the version of Cilium, to the patch, of the minors ${SUPPORTED_MINORS.join(', ')} (default: that of the agents in the cluster)`,
    )
    .option(
      '--config <file>',
      'the configuration: modes, limits, tenants, exemptions (default: every check in mode audit)',
    );
}

/** A live cluster in their place. */
export function withLiveSource(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'a live cluster: how to reach it (default: that of the pod that this runs in)')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one); alone: of that of kubectl');
}

export function withMode(command: Command): Command {
  return command.addOption(
    words(
      new Option(
        '--mode <mode>',
        'one mode for all checks and tenants, in place of those of the configuration; maxMode caps it too',
      ).choices(MODES),
      parseMode,
    ),
  );
}

export function withOutput(command: Command): Command {
  return command.addOption(
    words(
      new Option('-o, --output <format>', 'how the result is written').choices(OUTPUT_FORMATS).default('table'),
      parseOutputFormat,
    ),
  );
}

export function withFailOn(command: Command): Command {
  return command.addOption(
    words(
      new Option('--fail-on <severity>', 'exit with 1 at findings of this severity or above, in any mode')
        .choices(FAIL_ON)
        .default('violation'),
      parseFailOn,
    ),
  );
}

/** The choices are for the help; what is none of them is refused in the words of this program. */
function words<Word>(option: Option, parse: (text: string) => Result<Word, string>): Option {
  return option.argParser((text: string): Word => {
    const word = parse(text);
    if (word.ok) return word.value;
    throw new CommandError([word.error]);
  });
}

function parseMode(text: string): Result<Mode, string> {
  const mode = MODES.find((name) => name === text);
  return mode === undefined ? fail(`--mode must be one of ${MODES.join(', ')} (is ${JSON.stringify(text)})`) : ok(mode);
}

/** The configuration that a command runs with: the file, and what the command line puts over it. */
export async function configFrom(options: SourceOptions & ModeOption): Promise<Config> {
  const config = options.config === undefined ? DEFAULT_CONFIG : await readConfig(options.config);
  return withCommandLine(config, options);
}

export function withCommandLine(config: Config, options: SourceOptions & ModeOption): Config {
  const version = options.ciliumVersion === undefined ? config.cilium.version : versionFrom(options.ciliumVersion);
  const tenants = [...config.rules.tenants].map(([name, own]) => [name, withModes(own, options.mode)] as const);
  return {
    ...config,
    checks: withModes(config.checks, options.mode),
    rules: { ...config.rules, tenants: new Map(tenants) },
    cilium: { ...config.cilium, version },
  };
}

async function readConfig(file: string): Promise<Config> {
  const loaded = loadConfig(await readText(file), file);
  if (loaded.ok) return loaded.value;
  throw new CommandError(loaded.error.map(formatProblem));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError([`${file}: ${systemErrorText(error)}`]);
  }
}

function versionFrom(text: string): CiliumVersion {
  const version = valueOf(parseVersion(text), '--cilium-version');
  valueOf(profileOf(version), '--cilium-version');
  return version;
}

/** The value, or a usage error that names the option. */
function valueOf<Value>(result: Result<Value, { readonly reason: string }>, option: string): Value {
  if (result.ok) return result.value;
  throw new CommandError([`${option}: ${result.error.reason}`]);
}

function withModes(settings: CheckSettings, mode: Mode | undefined): CheckSettings {
  if (mode === undefined) return settings;
  const modes = { ...settings.modes };
  for (const id of CHECK_IDS) modes[id] = mode;
  return { ...settings, modes };
}
