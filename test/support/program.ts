/**
 * The command lines of the programs that are part of working on this repository: the oracle's, the mutation run.
 *
 * `--help` says what a program does, what its options mean and what it exits with. What the person at the keyboard can mend is
 * one line on stderr and exit code 2; anything else is a fault of the program, and shows where.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander';

const EXIT_USAGE = 2;
const MORE = '(--help tells more)';

/** It cannot do its work here, and says what is missing. */
export class CannotRun extends Error {}

interface Introduction {
  /** As it is started by npm. */
  readonly script: string;
  readonly purpose: string;
  /** Exit codes, examples. */
  readonly more: string;
}

export function program({ script, purpose, more }: Introduction): Command {
  return new Command(`npm run ${script} --`)
    .description(purpose)
    .addHelpText('after', `\n${more}`)
    .helpOption('--help', 'this text')
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)} ${MORE}\n`) })
    .exitOverride();
}

export async function runProgram(command: Command): Promise<void> {
  try {
    await command.parseAsync();
  } catch (error) {
    if (error instanceof CannotRun) process.stderr.write(`error: ${oneLine(error.message)}\n`);
    else if (!(error instanceof CommanderError)) throw error;
    if (!(error instanceof CommanderError) || error.exitCode !== 0) process.exitCode = EXIT_USAGE;
  }
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** Reads the value of an option. */
export function wholeNumberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least}.`);
  };
}
