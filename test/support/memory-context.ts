/**
 * What a command is given in a test: streams that keep what is written to them.
 */
import type { CommandContext } from '../../src/cli/command-context.ts';
import type { TextStream } from '../../src/cli/output.ts';

export interface MemoryStream extends TextStream {
  readonly text: () => string;
}

export function memoryStream(terminal: Pick<TextStream, 'isTTY' | 'columns'> = {}): MemoryStream {
  const written: string[] = [];
  return { ...terminal, write: (text) => written.push(text), text: () => written.join('') };
}

export interface MemoryContext extends Omit<CommandContext, 'setExitCode'> {
  readonly stdout: MemoryStream;
  readonly stderr: MemoryStream;
}

/** No signal ever comes, unless `terminated` says so. */
export function memoryContext(over: Partial<MemoryContext> = {}): MemoryContext {
  return {
    stdout: memoryStream(),
    stderr: memoryStream(),
    noColor: true,
    inPod: false,
    terminated: () => Promise.reject(new Error('nothing in this test waits for a signal')),
    ...over,
  };
}
