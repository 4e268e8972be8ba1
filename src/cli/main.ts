/**
 * The program: its commands, and how it ends. One file a command; a new one is a file and a line in the list.
 */
import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit.ts';
import { certsCommand } from './certs.ts';
import { checkCommand } from './check.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError } from './command-error.ts';
import { cleanLines } from './output.ts';
import { EXIT_CLEAN, EXIT_ERROR, type ExitCode } from './exit-codes.ts';
import { explainCommand } from './explain.ts';
import type { TextStream } from './output.ts';
import { serveCommand } from './serve.ts';
import { snapshotCommand } from './snapshot.ts';
import { VERSION } from './version.ts';

const COMMANDS = [serveCommand, checkCommand, auditCommand, explainCommand, snapshotCommand, certsCommand];

const USUAL_WIDTH = 80;

const HELP = `
Exit codes:
  0  clean
  1  findings at or above --fail-on
  2  usage, input or cluster error

Try it on the demo cluster (in a checkout: npm run -s cli -- audit --demo):
  cilium-bulkhead audit --demo
  cilium-bulkhead explain pod vault/vault-0 --demo
  cilium-bulkhead check --demo --mode enforce -f policy.yaml
  cilium-bulkhead serve --demo --mode enforce`;

function program(context: CommandContext): Command {
  const root = new Command('cilium-bulkhead')
    .description("Keeps one tenant's labels and policies from sinking a Cilium cluster.")
    .version(VERSION)
    .showHelpAfterError('(--help tells more)')
    .addHelpText('after', HELP)
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => widthOf(context.stdout),
      getErrHelpWidth: () => widthOf(context.stderr),
    })
    .exitOverride();
  for (const add of COMMANDS) add(root, context);
  for (const command of root.commands) inherit(command, root);
  return root;
}

/** As wide as the terminal; into a pipe or a file, as is usual. */
function widthOf({ isTTY, columns }: TextStream): number {
  return isTTY === true && columns !== undefined ? columns : USUAL_WIDTH;
}

/** commander copies these settings to subcommands only when it makes them itself from a parent that has them. */
function inherit(command: Command, from: Command): void {
  command.copyInheritedSettings(from);
  for (const child of command.commands) inherit(child, command);
}

/** Runs one command line; comes back with what the process exits with. */
export async function run(argv: readonly string[], context: Omit<CommandContext, 'setExitCode'>): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CLEAN;
  const setExitCode = (code: ExitCode): void => {
    exitCode = code;
  };
  try {
    await program({ ...context, setExitCode }).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CLEAN : EXIT_ERROR;
    for (const line of reasonsOf(error)) context.stderr.write(`error: ${cleanLines(line)}\n`);
    return EXIT_ERROR;
  }
}

/** What the person can do something about is a sentence; anything else is a fault of ours, and shows where. */
function reasonsOf(error: unknown): readonly string[] {
  if (error instanceof CommandError) return error.reasons;
  if (!(error instanceof Error)) return [String(error)];
  const isSystemError = 'code' in error || (error.cause instanceof Error && 'code' in error.cause);
  return [isSystemError ? error.message : (error.stack ?? error.message)];
}
