/**
 * Options that several commands share, with one wording and one reading.
 */
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { CHECK_IDS } from '../checks/check.ts';
import { MODES, type CheckSettings, type Mode } from '../checks/settings.ts';
import { parseVersion, profileOf, SUPPORTED_MINORS, type CiliumVersion } from '../cilium/profile.ts';
import type { Result } from '../cilium/result.ts';
import { formatProblem, loadConfig } from '../config.ts';
import { DEFAULT_CONFIG, type Config } from '../config/settings.ts';
import { CommandError } from './command-error.ts';
import { FAIL_ON } from './exit-codes.ts';
import { OUTPUT_FORMATS } from './output.ts';

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
      'files or folders that hold the cluster: YAML, JSON, .gz, an unpacked cilium sysdump',
    )
    .option('--demo', 'the demo cluster that comes with the program')
    .option(
      '--cilium-version <x.y.z>',
      `the version of Cilium, where no agent in the source tells (${SUPPORTED_MINORS.join(', ')})`,
    )
    .option('--config <file>', 'the configuration: modes, limits, system namespaces');
}

export function withMode(command: Command): Command {
  return command.addOption(
    new Option('--mode <mode>', 'one mode for all checks, instead of the configuration').choices(MODES),
  );
}

export function withOutput(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how the result is written').choices(OUTPUT_FORMATS).default('table'),
  );
}

export function withFailOn(command: Command): Command {
  return command.addOption(
    new Option('--fail-on <severity>', 'exit with 1 at findings of this severity or above')
      .choices(FAIL_ON)
      .default('violation'),
  );
}

/** The configuration that a command runs with: the file, and what the command line puts over it. */
export async function configFrom(options: SourceOptions & ModeOption): Promise<Config> {
  const config = options.config === undefined ? DEFAULT_CONFIG : await readConfig(options.config);
  const version = options.ciliumVersion === undefined ? config.cilium.version : versionFrom(options.ciliumVersion);
  return { checks: withModes(config.checks, options.mode), cilium: { ...config.cilium, version } };
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
    throw new CommandError([`${file}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function versionFrom(text: string): CiliumVersion {
  const version = valueOf(parseVersion(text), '--cilium-version');
  valueOf(profileOf(version), '--cilium-version');
  return version;
}

/** The value, or a usage error that names the option. */
export function valueOf<Value>(result: Result<Value, { readonly reason: string }>, option: string): Value {
  if (result.ok) return result.value;
  throw new CommandError([`${option}: ${result.error.reason}`]);
}

function withModes(settings: CheckSettings, mode: Mode | undefined): CheckSettings {
  if (mode === undefined) return settings;
  const modes = { ...settings.modes };
  for (const id of CHECK_IDS) modes[id] = mode;
  return { ...settings, modes };
}
