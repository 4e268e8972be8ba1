/**
 * Why a command cannot go on: one line for each reason, shown as they are, exit code 2.
 */
export class CommandError extends Error {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join('\n'));
    this.name = 'CommandError';
    this.reasons = reasons;
  }
}
