/**
 * What a command is given besides its options: streams, and how it is told to stop.
 */
import type { TextStream } from './output.ts';
import type { ExitCode } from './exit-codes.ts';

export interface CommandContext {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly noColor: boolean;
  /** The process runs in a pod. */
  readonly inPod: boolean;
  /** Waits for a signal to stop, and says which; until it is called, signals end the process as usual. */
  readonly terminated: () => Promise<string>;
  /** What the process exits with when the command has come back. */
  readonly setExitCode: (code: ExitCode) => void;
}
